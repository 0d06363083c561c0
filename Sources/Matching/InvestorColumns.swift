import Domain

/// Investors and their mandates by column, in order of code (bytewise).
struct InvestorColumns: Sendable {
  var ids: [Int32] = []
  var versions: [Int32] = []
  var codes = TextColumn()
  var names = TextColumn()
  var namesZh = TextColumn()
  var flags: [Flags] = []
  /// Numbers of words.
  var kinds: [Int32] = []
  /// Ids, -1 for none.
  var parents: [Int32] = []
  /// One bit a stage.
  var stages: [UInt16] = []
  var sectors = Ragged<WeightedSector>()
  var excludedSectors = Ragged<UInt16>()
  /// Codes, each ended by a line feed, which no code holds.
  var excludedFirms = TextColumn()
  /// Ids of firms, rising.
  var declinedFirms = Ragged<Int32>()
  /// 0 unknown.
  var risks: [Int8] = []
  /// 0 not given.
  var riskVetoes: [Int8] = []
  /// -1 for none; so are all amounts and percents below.
  var ticketMins: [Int64] = []
  var ticketMaxes: [Int64] = []
  var budgets: [Int64] = []
  /// Numbers of currencies.
  var currencies: [Int32] = []
  /// Numbers of words.
  var regions = Ragged<Int32>()
  var cities: [Int32] = []
  var countries: [Int32] = []
  var localQuotas: [Int8] = []
  var concentrationCaps: [Int8] = []

  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    static let retired = Flags(rawValue: 1)
    static let leads = Flags(rawValue: 2)
    static let follows = Flags(rawValue: 4)
    /// State capital itself, which no state capital draws.
    static let state = Flags(rawValue: 8)
  }

  struct WeightedSector: Sendable, Equatable {
    var sector: UInt16
    var millionths: Int32
  }

  var count: Int { ids.count }

  /// Appends rows, which must come in order.
  mutating func append(_ rows: [InvestorRow], sectors: SectorTree, interning: inout Interning) throws(Flaw) {
    for row in rows {
      try Self.check(row)
      ids.append(row.id)
      versions.append(row.version)
      codes.append(row.code.utf8)
      names.append(row.name.utf8)
      namesZh.append(row.nameZh)
      var flags: Flags = row.isRetired ? .retired : []
      if let leads = row.lead { flags.insert(leads ? .leads : .follows) }
      if row.kind == "state_fund" || row.kind == "sub_fund" { flags.insert(.state) }
      self.flags.append(flags)
      kinds.append(interning.words.number(row.kind))
      parents.append(row.parent ?? -1)
      stages.append(row.stages.reduce(0) { $0 | 1 << UInt16($1.rawValue) })
      try appendSectors(row, sectors)
      excludedFirms.append(row.excludedFirms.map { $0 + "\n" }.joined().utf8)
      declinedFirms.append(row.declinedFirms)
      risks.append(Int8(row.risk ?? 0))
      riskVetoes.append(Int8(row.riskVeto ?? 0))
      ticketMins.append(row.ticketMin ?? -1)
      ticketMaxes.append(row.ticketMax ?? -1)
      budgets.append(row.budgetLeft ?? -1)
      currencies.append(interning.currencies.number(row.currency))
      regions.append(row.regions.map { interning.words.number($0) }.filter { $0 >= 0 })
      cities.append(interning.words.number(row.city))
      countries.append(interning.words.number(row.country))
      localQuotas.append(Int8(row.localQuota ?? -1))
      concentrationCaps.append(Int8(row.concentrationCap ?? -1))
    }
  }

  private mutating func appendSectors(_ row: InvestorRow, _ tree: SectorTree) throws(Flaw) {
    func index(_ code: String) throws(Flaw) -> UInt16 {
      guard let sector = tree.index(of: code) else {
        throw Flaw("investor \(row.code) names sector \(code), which does not exist")
      }
      return UInt16(sector)
    }
    var weighted: [WeightedSector] = []
    for weight in row.sectors {
      weighted.append(.init(sector: try index(weight.code), millionths: Int32(weight.millionths)))
    }
    sectors.append(weighted)
    var excluded: [UInt16] = []
    for code in row.excludedSectors { excluded.append(try index(code)) }
    excludedSectors.append(excluded)
  }

  private static func check(_ row: InvestorRow) throws(Flaw) {
    let amounts = [row.ticketMin, row.ticketMax, row.budgetLeft]
    guard (1...5).contains(row.risk ?? 1), (1...5).contains(row.riskVeto ?? 1),
      (0...100).contains(row.localQuota ?? 0), (0...100).contains(row.concentrationCap ?? 0),
      amounts.allSatisfy({ (0...Limits.amount).contains($0 ?? 0) }),
      row.ticketMin ?? 0 <= row.ticketMax ?? .max,
      row.sectors.allSatisfy({ (0...1_000_000).contains($0.millionths) })
    else {
      throw Flaw("investor \(row.code) has a risk, risk_veto, amount, percent or weight out of range")
    }
  }

  /// Puts the entries of other columns that share this one's interning in the places of some of these. Columns in which
  /// nothing changes stay shared with the snapshot they come from.
  mutating func replace(_ places: [Int], by other: InvestorColumns) {
    ids.replace(places, by: other.ids)
    versions.replace(places, by: other.versions)
    codes.replace(places, by: other.codes)
    names.replace(places, by: other.names)
    namesZh.replace(places, by: other.namesZh)
    flags.replace(places, by: other.flags)
    kinds.replace(places, by: other.kinds)
    parents.replace(places, by: other.parents)
    stages.replace(places, by: other.stages)
    sectors.replace(places, by: other.sectors)
    excludedSectors.replace(places, by: other.excludedSectors)
    excludedFirms.replace(places, by: other.excludedFirms)
    declinedFirms.replace(places, by: other.declinedFirms)
    risks.replace(places, by: other.risks)
    riskVetoes.replace(places, by: other.riskVetoes)
    ticketMins.replace(places, by: other.ticketMins)
    ticketMaxes.replace(places, by: other.ticketMaxes)
    budgets.replace(places, by: other.budgets)
    currencies.replace(places, by: other.currencies)
    regions.replace(places, by: other.regions)
    cities.replace(places, by: other.cities)
    countries.replace(places, by: other.countries)
    localQuotas.replace(places, by: other.localQuotas)
    concentrationCaps.replace(places, by: other.concentrationCaps)
  }

  /// Appends entries of other columns that share this one's interning.
  mutating func append(_ range: Range<Int>, of other: InvestorColumns) {
    ids.append(contentsOf: other.ids[range])
    versions.append(contentsOf: other.versions[range])
    codes.append(range, of: other.codes)
    names.append(range, of: other.names)
    namesZh.append(range, of: other.namesZh)
    flags.append(contentsOf: other.flags[range])
    kinds.append(contentsOf: other.kinds[range])
    parents.append(contentsOf: other.parents[range])
    stages.append(contentsOf: other.stages[range])
    sectors.append(range, of: other.sectors)
    excludedSectors.append(range, of: other.excludedSectors)
    excludedFirms.append(range, of: other.excludedFirms)
    declinedFirms.append(range, of: other.declinedFirms)
    risks.append(contentsOf: other.risks[range])
    riskVetoes.append(contentsOf: other.riskVetoes[range])
    ticketMins.append(contentsOf: other.ticketMins[range])
    ticketMaxes.append(contentsOf: other.ticketMaxes[range])
    budgets.append(contentsOf: other.budgets[range])
    currencies.append(contentsOf: other.currencies[range])
    regions.append(range, of: other.regions)
    cities.append(contentsOf: other.cities[range])
    countries.append(contentsOf: other.countries[range])
    localQuotas.append(contentsOf: other.localQuotas[range])
    concentrationCaps.append(contentsOf: other.concentrationCaps[range])
  }
}
