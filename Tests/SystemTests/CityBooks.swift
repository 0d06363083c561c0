import Domain

/// The state's books as they must be, worked out from what was asked for and from nothing that the daemon
/// says.
///
/// Percents are counted in tenths.
struct CityBooks {
  struct Programme {
    let fund: String
    let sector: String
    let budget: Int
    let lossTolerance: Int
    /// Percent of the budget that may go elsewhere than to firms of the province; nil where nobody asks.
    let elsewhereAtMost: Int?
    let holdMonths: Int
    var cash: Int
    var committed = 0
    var result = 0
    var invested = 0
    var returned = 0
    var lost = 0
    /// Ever committed to firms elsewhere.
    var elsewhere = 0

    init(
      fund: String, sector: String, budget: Int, lossTolerance: Int, elsewhereAtMost: Int?, holdMonths: Int
    ) {
      (self.fund, self.sector, self.budget, cash) = (fund, sector, budget, budget)
      (self.lossTolerance, self.elsewhereAtMost, self.holdMonths) = (
        lossTolerance, elsewhereAtMost, holdMonths
      )
    }

    /// Whether it may bear one more loss and buy on.
    func bears(_ loss: Int) -> Bool { (lost + loss) * 100 <= lossTolerance * budget }

    func mayCommit(_ amount: Int, elsewhere isElsewhere: Bool) -> Bool {
      guard amount <= cash, bears(0) else { return false }
      guard isElsewhere, let most = elsewhereAtMost else { return true }
      return (elsewhere + amount) * 100 <= most * budget
    }
  }

  struct Stake {
    let programme: String
    let firm: String
    let committed: Int
    let agreed: Day
    let floor: Int
    var drawn = 0
    var held = 0
    /// Of what is held.
    var cost = 0
    var returned = 0
    var lost = 0
    var isClosed = false

    var left: Int { isClosed ? 0 : committed - drawn }
  }

  private(set) var programmes: [String: Programme] = [:]
  private(set) var stakes: [String: Stake] = [:]
  /// What was paid and received in each year.
  private(set) var years: [Int: (invested: Int, returned: Int)] = [:]

  mutating func open(_ code: String, _ programme: Programme) { programmes[code] = programme }

  mutating func commit(_ code: String, _ stake: Stake, elsewhere: Bool) {
    stakes[code] = stake
    programmes[stake.programme]!.cash -= stake.committed
    programmes[stake.programme]!.committed += stake.committed
    if elsewhere { programmes[stake.programme]!.elsewhere += stake.committed }
  }

  mutating func buy(_ code: String, percent: Int, for amount: Int, on day: Day) {
    let programme = stakes[code]!.programme
    stakes[code]!.drawn += amount
    stakes[code]!.cost += amount
    stakes[code]!.held += percent
    programmes[programme]!.committed -= amount
    programmes[programme]!.invested += amount
    years[day.components.year, default: (0, 0)].invested += amount
  }

  /// Gives away a part, for an amount or for nothing.
  mutating func give(_ code: String, percent: Int, for amount: Int, on day: Day) {
    var stake = stakes[code]!
    let cost = percent == stake.held ? stake.cost : stake.cost * percent / stake.held
    let loss = max(0, cost - amount)
    stake.held -= percent
    stake.cost -= cost
    stake.returned += amount
    stake.lost += loss
    stakes[code] = stake
    programmes[stake.programme]!.cash += amount
    programmes[stake.programme]!.result += cost - amount
    programmes[stake.programme]!.returned += amount
    programmes[stake.programme]!.lost += loss
    years[day.components.year, default: (0, 0)].returned += amount
  }

  mutating func close(_ code: String) {
    let stake = stakes[code]!
    programmes[stake.programme]!.committed -= stake.left
    programmes[stake.programme]!.cash += stake.left
    stakes[code]!.isClosed = true
  }

  /// What is held by a programme, at cost.
  func cost(of programme: String) -> Int {
    stakes.values.reduce(0) { $0 + ($1.programme == programme ? $1.cost : 0) }
  }

  /// Programme, account, balance; in order.
  var accounts: [String] {
    programmes.flatMap { code, programme in
      [
        "\(code) appropriation \(-programme.budget)", "\(code) cash \(programme.cash)",
        "\(code) committed \(programme.committed)", "\(code) result \(programme.result)",
        "\(code) stakes \(cost(of: code))",
      ]
    }.sorted()
  }

  /// Stake, drawn, held in tenths of a percent, cost, returned, lost; in order.
  var positions: [String] {
    stakes.map { code, stake in
      "\(code) \(stake.drawn) \(stake.held) \(stake.cost) \(stake.returned) \(stake.lost)"
    }.sorted()
  }
}
