import Domain
import Synchronization

/// An immutable picture of the registry at one moment, by column, for scoring.
///
/// Candidates (firms and projects) stand in order of code, bytewise, then firms before projects; investors
/// in order of code. An index says where a row stands in one snapshot and is the order of ties; an id says
/// which row it is in all of them. About 110 octets a candidate, its texts included.
public final class Snapshot: Sendable {
  /// The day whose exchange rates hold, on which a holding is current or not, and evidence counts or not.
  public let asOf: Day
  public let sectors: SectorTree
  public let rates: ExchangeRates
  let candidates: CandidateColumns
  let investors: InvestorColumns
  let interning: Interning
  let positions: Positions
  /// Pieces of evidence of each candidate that count on the day.
  let evidenceCounts: [UInt16]
  let candidateIDs: IDOrder
  let investorIDs: IDOrder
  /// By fold of a word: whether it is the country of some candidate or investor. A mandate's region that
  /// is one of them is a country known of the investor, whatever row says so.
  let isCountry: [Bool]
  /// Tells snapshots apart.
  let number: Int
  private static let lastNumber = Atomic(0)
  /// What it differs in from the snapshot it was made from; nil where rows have moved, and for one that was built anew.
  let step: Step?

  struct Step: Sendable {
    /// The number of the snapshot before.
    var from: Int
    /// Indices of the candidates whose own rows, evidence or holders may be others, rising.
    var candidates: [Int]
  }

  /// Indices of the candidates that may be others than in the snapshot before, where this one was made from that.
  func step(from before: Snapshot) -> [Int]? { step?.from == before.number ? step?.candidates : nil }

  init(
    asOf: Day, sectors: SectorTree, rates: ExchangeRates, candidates: CandidateColumns,
    investors: InvestorColumns, interning: Interning, positions: Positions,
    evidenceCounts: [UInt16], candidateIDs: IDOrder, investorIDs: IDOrder, step: Step? = nil
  ) {
    number = Self.lastNumber.add(1, ordering: .relaxed).newValue
    self.step = step
    self.asOf = asOf
    self.sectors = sectors
    self.rates = rates
    self.candidates = candidates
    self.investors = investors
    self.interning = interning
    self.positions = positions
    self.evidenceCounts = evidenceCounts
    self.candidateIDs = candidateIDs
    self.investorIDs = investorIDs
    var isCountry = [Bool](repeating: false, count: interning.words.foldCount)
    // A place that no row has any more may still be interned, so the rows are asked.
    var isPlaceUsed = [Bool](repeating: false, count: interning.places.all.count)
    for place in candidates.places { isPlaceUsed[Int(place)] = true }
    for (place, isUsed) in zip(interning.places.all, isPlaceUsed) where isUsed && place.country >= 0 {
      isCountry[Int(interning.words.fold(place.country))] = true
    }
    for country in investors.countries where country >= 0 {
      isCountry[Int(interning.words.fold(country))] = true
    }
    self.isCountry = isCountry
  }

  /// Whether another one has what facets and blocks say by number (sectors, their lists, places, currencies) under the same
  /// numbers.
  func isContinued(by other: Snapshot) -> Bool {
    sectors.codes == other.sectors.codes && interning.isContinued(by: other.interning)
  }

  /// The words that are the country of some candidate or investor, upper and lower case being one. A mandate that
  /// names one says something of all other countries, so lists depend on this set as a whole.
  public var countries: Set<String> {
    Set(interning.words.foldNumbers.filter { isCountry[Int($0.value)] }.keys)
  }

  // MARK: Candidates

  public var candidateCount: Int { candidates.count }

  /// Candidates that are not retired. O(candidates).
  public var openCandidateCount: Int { (0..<candidateCount).count { !isCandidateRetired(at: $0) } }

  /// Investors that are not retired. O(investors).
  public var openInvestorCount: Int { (0..<investorCount).count { !isInvestorRetired(at: $0) } }

  /// Index of the candidate of this id. O(log n).
  public func candidate(id: Int32) -> Int? { candidateIDs.index(of: id, in: candidates.ids) }

  /// Indices of the candidates of this code: none, one, or a firm and then a project. O(log n).
  public func candidates(code: String) -> Range<Int> { candidates.codes.equalRange(code) }

  /// O(log n).
  public func candidate(code: String, kind: CandidateRow.Kind) -> Int? {
    candidates(code: code).first { candidates.kind($0) == kind }
  }

  public func candidateID(at index: Int) -> Int32 { candidates.ids[index] }
  public func candidateVersion(at index: Int) -> Int32 { candidates.versions[index] }
  public func candidateCode(at index: Int) -> String { candidates.codes.text(index) }
  public func candidateKind(at index: Int) -> CandidateRow.Kind { candidates.kind(index) }
  public func candidateName(at index: Int) -> String { candidates.names.text(index) }
  public func candidateStage(at index: Int) -> Stage? {
    Stage(number: Int(candidates.stages[index]) + 1)
  }
  public func candidateTRL(at index: Int) -> Int? {
    candidates.trls[index] == 0 ? nil : Int(candidates.trls[index])
  }
  public func isCandidateRetired(at index: Int) -> Bool { candidates.flags[index].contains(.retired) }

  // What a deal list shows, without making rows of it. UTF-8; empty for none.
  public func candidateCodeUTF8(at index: Int) -> ArraySlice<UInt8> { candidates.codes[index] }
  public func candidateNameUTF8(at index: Int) -> ArraySlice<UInt8> { candidates.names[index] }
  public func candidateNameZhUTF8(at index: Int) -> ArraySlice<UInt8> { candidates.namesZh[index] }
  public func candidateRegion(at index: Int) -> String? { interning.words.text(place(at: index).region) }
  public func candidateCity(at index: Int) -> String? { interning.words.text(place(at: index).city) }
  public func candidateAsk(at index: Int) -> Int64? {
    candidates.asks[index] < 0 ? nil : candidates.asks[index]
  }
  public func candidateCurrency(at index: Int) -> String? {
    interning.currencies.text(candidates.currencies[index])
  }
  /// Codes, the primary one first.
  public func candidateSectors(at index: Int) -> some Sequence<String> {
    sectorList(at: index).lazy.map { self.sectors.codes[Int($0)] }
  }

  private func place(at index: Int) -> Places.Place { interning.places.all[Int(candidates.places[index])] }

  /// Whether one of the candidate's sectors is this one (an index of ``sectors``) or lies below it.
  public func candidate(at index: Int, isInSector sector: Int) -> Bool {
    let subtree = sectors.subtree(of: sector)
    return sectorList(at: index).contains { subtree.contains(Int($0)) }
  }

  /// The candidate as the registry spells it.
  public func candidateRow(at index: Int) -> CandidateRow {
    let place = place(at: index)
    let words = interning.words
    return CandidateRow(
      id: candidates.ids[index], kind: candidates.kind(index), code: candidateCode(at: index),
      version: candidates.versions[index], isRetired: isCandidateRetired(at: index),
      name: candidateName(at: index), nameZh: candidates.namesZh.optionalText(index),
      stage: candidateStage(at: index), sectors: sectorList(at: index).map { sectors.codes[Int($0)] },
      trl: known(candidates.trls[index]), risk: known(candidates.risks[index]),
      region: words.text(place.region), city: words.text(place.city), country: words.text(place.country),
      ask: candidates.asks[index] < 0 ? nil : candidates.asks[index],
      currency: interning.currencies.text(candidates.currencies[index]),
      round: words.text(candidates.rounds[index]), record: candidates.record(index),
      signal: candidates.signal(index))
  }

  /// Code of the top-level sector of its primary one.
  public func topSector(of candidate: Int) -> String? {
    sectorList(at: candidate).first.map { sectors.codes[sectors.top(of: Int($0))] }
  }

  /// By number of a list of sectors, the top-level sector of the first one; -1 for none.
  var sectorTops: [Int32] {
    let lists = interning.sectorLists.all
    return (0..<lists.count).map { list in lists[list].first.map { Int32(sectors.top(of: Int($0))) } ?? -1 }
  }

  func sectorList(at index: Int) -> ArraySlice<UInt16> {
    interning.sectorLists.all[Int(candidates.sectorLists[index])]
  }

  private func known(_ number: Int8) -> Int? { number == 0 ? nil : Int(number) }

  // MARK: Investors

  public var investorCount: Int { investors.count }

  /// Index of the investor of this id. O(log n).
  public func investor(id: Int32) -> Int? { investorIDs.index(of: id, in: investors.ids) }

  /// O(log n).
  public func investor(code: String) -> Int? { investors.codes.equalRange(code).first }

  /// Ids and indices, in order of ids.
  var investorsByID: [(id: Int32, index: Int)] {
    investorIDs.indices.map { (investors.ids[Int($0)], Int($0)) }
  }

  public func investorID(at index: Int) -> Int32 { investors.ids[index] }
  public func investorVersion(at index: Int) -> Int32 { investors.versions[index] }
  public func investorCode(at index: Int) -> String { investors.codes.text(index) }
  public func investorCodeUTF8(at index: Int) -> ArraySlice<UInt8> { investors.codes[index] }
  public func investorName(at index: Int) -> String { investors.names.text(index) }
  /// Id of the house it belongs to.
  public func investorParent(at index: Int) -> Int32? {
    investors.parents[index] < 0 ? nil : investors.parents[index]
  }
  /// Ids of the firms that an investor has refused, or that have refused it, rising.
  public func declinedFirms(of index: Int) -> [Int32] { Array(investors.declinedFirms[index]) }

  /// Whether refusals are all that has changed of an investor since another snapshot: its mandate and its holdings are
  /// the same, and no refusal was taken back.
  public func differsOnlyInRefusals(_ id: Int32, from before: Snapshot) -> Bool {
    guard let now = investor(id: id), let then = before.investor(id: id),
      // Of most that have changed this is all that is looked at.
      investors.declinedFirms[now].count > before.investors.declinedFirms[then].count
    else { return false }
    var (row, old) = (investorRow(at: now), before.investorRow(at: then))
    guard Set(row.declinedFirms).isStrictSuperset(of: old.declinedFirms) else { return false }
    (row.declinedFirms, row.version) = (old.declinedFirms, old.version)
    func holdings(_ snapshot: Snapshot, _ index: Int) -> [Int32: Bool] {
      let held = snapshot.positions.ofInvestor[index].map {
        (snapshot.candidateID(at: $0.firm), $0.isCurrent)
      }
      return Dictionary(held) { $0 || $1 }
    }
    return row == old && holdings(self, now) == holdings(before, then)
  }

  public func isInvestorRetired(at index: Int) -> Bool { investors.flags[index].contains(.retired) }

  /// Whether the same investors have the same houses as in another snapshot. At once where one was made from the other
  /// and they have.
  public func hasHouses(of other: Snapshot) -> Bool {
    investors.ids == other.investors.ids && investors.parents == other.investors.parents
  }

  /// Indices of all investors below a house (funds, and funds of funds), in order. O(investors · levels).
  public func funds(ofHouse house: Int) -> [Int] {
    var houses: Set<Int32> = [investors.ids[house]]
    var found: Set<Int> = []
    while true {
      let below = investors.parents.indices.filter { index in
        houses.contains(investors.parents[index]) && !found.contains(index) && index != house
      }
      guard !below.isEmpty else { return found.sorted() }
      found.formUnion(below)
      houses = Set(below.map { investors.ids[$0] })
    }
  }

  /// The investor as the registry spells it.
  public func investorRow(at index: Int) -> InvestorRow {
    let words = interning.words
    func amount(_ value: Int64) -> Int64? { value < 0 ? nil : value }
    func percent(_ value: Int8) -> Int? { value < 0 ? nil : Int(value) }
    let flags = investors.flags[index]
    return InvestorRow(
      id: investors.ids[index], code: investorCode(at: index), version: investors.versions[index],
      isRetired: flags.contains(.retired), name: investorName(at: index),
      nameZh: investors.namesZh.optionalText(index), kind: words.text(investors.kinds[index]) ?? "",
      parent: investorParent(at: index),
      stages: Stage.allCases.filter { investors.stages[index] >> UInt16($0.rawValue) & 1 == 1 },
      sectors: investors.sectors[index].map {
        FieldValue.Weight(code: sectors.codes[Int($0.sector)], millionths: Int($0.millionths))
      },
      excludedSectors: investors.excludedSectors[index].map { sectors.codes[Int($0)] },
      excludedFirms: excludedFirms(at: index), declinedFirms: Array(investors.declinedFirms[index]),
      risk: known(investors.risks[index]), riskVeto: known(investors.riskVetoes[index]),
      ticketMin: amount(investors.ticketMins[index]),
      ticketMax: amount(investors.ticketMaxes[index]),
      currency: interning.currencies.text(investors.currencies[index]),
      regions: investors.regions[index].compactMap { words.text($0) },
      city: words.text(investors.cities[index]), country: words.text(investors.countries[index]),
      lead: flags.contains(.leads) ? true : flags.contains(.follows) ? false : nil,
      budgetLeft: amount(investors.budgets[index]), localQuota: percent(investors.localQuotas[index]),
      concentrationCap: percent(investors.concentrationCaps[index]))
  }

  func excludedFirms(at index: Int) -> [String] {
    investors.excludedFirms[index].split(separator: UInt8(ascii: "\n")).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
