import Domain

/// The holes in the jungle of funds: what firms ask for and what money there is for them, over stage, top-level sector and
/// class of risk.
///
/// A mandate takes a cell where it names its stage (or no stages), gives weight to a sector at or below its sector (or names
/// no sectors) and does not exclude it, and where the kernel has no veto against its risk. What is not known of a firm is a
/// cell of its own, which only mandates that do not name it take; a risk that is not known is no veto. Ticket, region and
/// single firms are not looked at, so there may be less money for a cell than it seems, and never more.
///
/// A budget is money for every cell that its mandate takes, but it can be spent once. `spread` divides it over them in
/// proportion to what is asked there, so that all spreads together are no more than all budgets.
public struct FundGaps: Sendable, Hashable {
  /// Firms that are alike, and what there is for them. Amounts in whole units of ``FundGaps/currency``.
  public struct Cell: Sendable, Hashable {
    public var stage: Stage?
    /// Code of a top-level sector.
    public var sector: String?
    /// 1…5 for R1…R5.
    public var risk: Int?
    /// Firms with an ask, and what they ask for together.
    public var firms = 0
    public var asked: Int64 = 0
    /// Investors with money whose mandates take the cell.
    public var investors = 0
    /// Of these, those whose budget is not known; nothing is counted for them.
    public var unknownBudgets = 0
    /// All that these have left, whatever else it may be spent on.
    public var budget: Int64 = 0
    /// What falls to the cell where each divides its budget.
    public var spread: Int64 = 0
    /// The ask beyond the spread: the most that can be missing, since investors of unknown budget may carry some.
    public var hole: Int64 { max(0, asked - spread) }
    /// The money that is certainly missing; nil if that depends on an unknown budget.
    public var knownHole: Int64? { unknownBudgets == 0 || hole == 0 ? hole : nil }

    fileprivate init(_ key: Key, _ tree: SectorTree) {
      stage = key.stage < 0 ? nil : Stage(rawValue: UInt8(key.stage))
      sector = key.top < 0 ? nil : tree.codes[Int(key.top)]
      risk = key.risk == 0 ? nil : Int(key.risk)
    }
  }

  fileprivate struct Key: Hashable {
    /// -1 unknown; so is the index of the top-level sector.
    var stage: Int8
    var top: Int32
    /// 0 unknown.
    var risk: Int8
  }

  public let currency: String?
  /// Cells in which something is asked: the largest known hole first, then the unknown ones by what they are at most; then
  /// by stage, sector and risk, the unknown last.
  public private(set) var cells: [Cell]
  /// Firms whose ask cannot be counted, since no exchange rate leads to the currency.
  public private(set) var unconverted = 0

  /// O(firms + investors × cells).
  /// - Parameter currency: What amounts are counted in; nil counts those without a currency.
  public init(_ scorer: Scorer, currency: String?) {
    let snapshot = scorer.snapshot
    self.currency = currency
    let conversions = (-1..<Int32(snapshot.interning.currencies.texts.count)).map {
      snapshot.rates.conversion(from: snapshot.interning.currencies.text($0), to: currency)
    }
    (cells, unconverted) = ([], 0)
    var keys: [Key] = []
    var places: [Key: Int] = [:]
    let tops = snapshot.sectorTops
    let candidates = snapshot.candidates
    for firm in 0..<candidates.count where snapshot.asks(firm) {
      guard let conversion = conversions[Int(candidates.currencies[firm]) + 1] else {
        unconverted += 1
        continue
      }
      let key = Key(
        stage: candidates.stages[firm], top: tops[Int(candidates.sectorLists[firm])],
        risk: candidates.risks[firm])
      let place = places[key] ?? cells.count
      if place == cells.count {
        places[key] = place
        keys.append(key)
        cells.append(Cell(key, snapshot.sectors))
      }
      cells[place].firms += 1
      cells[place].asked = cells[place].asked.addingSaturated(conversion.convert(candidates.asks[firm]))
    }
    for investor in 0..<snapshot.investorCount
    where snapshot.statesMandate(investor: investor) && !snapshot.isInvestorRetired(at: investor)
      && !scorer.hasNoBudget(investor)
    {
      let (budget, currency) = (
        snapshot.investors.budgets[investor], snapshot.investors.currencies[investor]
      )
      let known = budget < 0 ? nil : conversions[Int(currency) + 1]?.convert(budget)
      add(known, to: Self.taken(by: investor, keys, snapshot))
    }
    cells.sort(by: Self.precedes)
  }

  /// Numbers of the cells that a mandate takes.
  private static func taken(by investor: Int, _ keys: [Key], _ snapshot: Snapshot) -> [Int] {
    let (investors, tree) = (snapshot.investors, snapshot.sectors)
    var takesTop = [Bool](repeating: investors.sectors.range(investor).isEmpty, count: tree.count)
    for wanted in investors.sectors[investor] where wanted.millionths > 0 {
      takesTop[tree.top(of: Int(wanted.sector))] = true
    }
    // An excluded sector below the top keeps some firms of the cell away, not all.
    for excluded in investors.excludedSectors[investor] where tree.parents[Int(excluded)] < 0 {
      takesTop[Int(excluded)] = false
    }
    let takesNoTop = investors.sectors.range(investor).isEmpty
    let mask = investors.stages[investor]
    let tolerance = Int(investors.risks[investor])
    let mostRisk = tolerance == 0 ? 5 : tolerance + Pair.riskVeto(investors, investor) - 1
    return keys.indices.filter { place in
      let key = keys[place]
      return (mask == 0 || key.stage >= 0 && mask >> UInt16(key.stage) & 1 == 1)
        && Int(key.risk) <= mostRisk && (key.top < 0 ? takesNoTop : takesTop[Int(key.top)])
    }
  }

  private mutating func add(_ budget: Int64?, to taken: [Int]) {
    let asked = taken.reduce(Int128(0)) { $0 + Int128(cells[$1].asked) }
    for place in taken {
      cells[place].investors += 1
      guard let budget else {
        cells[place].unknownBudgets += 1
        continue
      }
      cells[place].budget = cells[place].budget.addingSaturated(budget)
      guard asked > 0 else { continue }
      let share = Int64(Int128(budget) * Int128(cells[place].asked) / asked)
      cells[place].spread = cells[place].spread.addingSaturated(share)
    }
  }

  private static func precedes(_ left: Cell, _ right: Cell) -> Bool {
    if (left.knownHole ?? 0) != (right.knownHole ?? 0) {
      return (left.knownHole ?? 0) > (right.knownHole ?? 0)
    }
    if left.hole != right.hole { return left.hole > right.hole }
    if left.stage != right.stage {
      return left.stage.map { $0.rawValue } ?? .max < right.stage.map { $0.rawValue } ?? .max
    }
    if left.sector != right.sector {
      guard let one = left.sector, let other = right.sector else { return right.sector == nil }
      return Code.precedes(one, other)
    }
    return left.risk ?? .max < right.risk ?? .max
  }
}
