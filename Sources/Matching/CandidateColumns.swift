import Domain

/// Firms and projects by column, in order of code (bytewise) and kind.
struct CandidateColumns: Sendable {
  var ids: [Int32] = []
  var versions: [Int32] = []
  var codes = TextColumn()
  var names = TextColumn()
  var namesZh = TextColumn()
  var flags: [Flags] = []
  /// -1 unknown.
  var stages: [Int8] = []
  /// 0 unknown.
  var trls: [Int8] = []
  /// 0 unknown.
  var risks: [Int8] = []
  /// Numbers in ``SectorLists``.
  var sectorLists: [UInt32] = []
  /// Numbers in ``Places``.
  var places: [UInt32] = []
  /// In whole units of the currency, -1 for none.
  var asks: [Int64] = []
  /// Numbers of currencies, also where there is no ask.
  var currencies: [Int32] = []
  /// Numbers of words.
  var rounds: [Int32] = []
  /// Millionths, -1 for none; so are signals.
  var records: [Int32] = []
  var signals: [Int32] = []

  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    static let project = Flags(rawValue: 1)
    static let retired = Flags(rawValue: 2)
  }

  var count: Int { ids.count }

  func kind(_ index: Int) -> CandidateRow.Kind { flags[index].contains(.project) ? .project : .firm }

  /// The stage it scores with: a project has none of its own and stands before its first money.
  func scoredStage(_ index: Int) -> Stage? {
    Stage(number: scoredStageNumber(index))
  }

  /// That stage, as ``Stage/init(number:)`` takes it.
  func scoredStageNumber(_ index: Int) -> Int {
    let own = Int(stages[index]) + 1
    return flags[index].contains(.project) ? Int(Stage.preSeed.rawValue) + 1 : own
  }

  /// The track record of its institute; nil for none.
  func record(_ index: Int) -> Int? { records[index] < 0 ? nil : Int(records[index]) }

  /// The effect of the state capital in it; nil for none.
  func signal(_ index: Int) -> Int? { signals[index] < 0 ? nil : Int(signals[index]) }

  /// Appends rows, which must come in order.
  mutating func append(_ rows: [CandidateRow], sectors: SectorTree, interning: inout Interning) throws(Flaw) {
    var list: [UInt16] = []
    for row in rows {
      try Self.check(row)
      ids.append(row.id)
      versions.append(row.version)
      codes.append(row.code.utf8)
      names.append(row.name.utf8)
      namesZh.append(row.nameZh)
      var flags: Flags = row.kind == .project ? .project : []
      if row.isRetired { flags.insert(.retired) }
      self.flags.append(flags)
      stages.append(row.stage.map { Int8($0.rawValue) } ?? -1)
      trls.append(Int8(row.trl ?? 0))
      risks.append(Int8(row.risk ?? 0))
      list.removeAll(keepingCapacity: true)
      for code in row.sectors {
        guard let sector = sectors.index(of: code) else {
          throw Flaw("\(row.kind.name) \(row.code) names sector \(code), which does not exist")
        }
        list.append(UInt16(sector))
      }
      sectorLists.append(interning.sectorLists.number(list))
      places.append(
        interning.places.number(
          .init(
            region: interning.words.number(row.region), city: interning.words.number(row.city),
            country: interning.words.number(row.country))))
      currencies.append(interning.currencies.number(row.currency))
      rounds.append(interning.words.number(row.round))
      asks.append(row.ask ?? -1)
      records.append(Int32(row.record ?? -1))
      signals.append(Int32(row.signal ?? -1))
    }
  }

  private static func check(_ row: CandidateRow) throws(Flaw) {
    guard row.sectors.count <= Limits.candidateSectors else {
      throw Flaw("\(row.kind.name) \(row.code) has \(row.sectors.count) sectors")
    }
    guard (1...9).contains(row.trl ?? 1), (1...5).contains(row.risk ?? 1),
      (0...Limits.amount).contains(row.ask ?? 0)
    else { throw Flaw("\(row.kind.name) \(row.code) has a trl, risk or ask out of range") }
    guard [row.record, row.signal].allSatisfy({ (0...1_000_000).contains($0 ?? 0) }) else {
      throw Flaw("\(row.kind.name) \(row.code) has a record or signal out of range")
    }
  }

  /// Appends entries of other columns that share this one's interning and asks.
  mutating func append(_ range: Range<Int>, of other: CandidateColumns) {
    ids.append(contentsOf: other.ids[range])
    versions.append(contentsOf: other.versions[range])
    codes.append(range, of: other.codes)
    names.append(range, of: other.names)
    namesZh.append(range, of: other.namesZh)
    flags.append(contentsOf: other.flags[range])
    stages.append(contentsOf: other.stages[range])
    trls.append(contentsOf: other.trls[range])
    risks.append(contentsOf: other.risks[range])
    sectorLists.append(contentsOf: other.sectorLists[range])
    places.append(contentsOf: other.places[range])
    asks.append(contentsOf: other.asks[range])
    currencies.append(contentsOf: other.currencies[range])
    rounds.append(contentsOf: other.rounds[range])
    records.append(contentsOf: other.records[range])
    signals.append(contentsOf: other.signals[range])
  }

  /// Puts the entries of other columns that share this one's interning in the places of some of these. Columns in which
  /// nothing changes stay shared with the snapshot they come from.
  mutating func replace(_ places: [Int], by other: CandidateColumns) {
    ids.replace(places, by: other.ids)
    versions.replace(places, by: other.versions)
    codes.replace(places, by: other.codes)
    names.replace(places, by: other.names)
    namesZh.replace(places, by: other.namesZh)
    flags.replace(places, by: other.flags)
    stages.replace(places, by: other.stages)
    trls.replace(places, by: other.trls)
    risks.replace(places, by: other.risks)
    sectorLists.replace(places, by: other.sectorLists)
    self.places.replace(places, by: other.places)
    asks.replace(places, by: other.asks)
    currencies.replace(places, by: other.currencies)
    rounds.replace(places, by: other.rounds)
    records.replace(places, by: other.records)
    signals.replace(places, by: other.signals)
  }

  /// Reserves room, so that no column is copied while it grows nor holds more than it needs.
  mutating func reserve(_ count: Int, codeBytes: Int, nameBytes: Int, nameZhBytes: Int) {
    ids.reserveCapacity(count)
    versions.reserveCapacity(count)
    codes.reserve(entries: count, items: codeBytes)
    names.reserve(entries: count, items: nameBytes)
    namesZh.reserve(entries: count, items: nameZhBytes)
    flags.reserveCapacity(count)
    stages.reserveCapacity(count)
    trls.reserveCapacity(count)
    risks.reserveCapacity(count)
    sectorLists.reserveCapacity(count)
    places.reserveCapacity(count)
    asks.reserveCapacity(count)
    currencies.reserveCapacity(count)
    rounds.reserveCapacity(count)
    records.reserveCapacity(count)
    signals.reserveCapacity(count)
  }
}
