import Domain
import Matching
import Store
import Wire

/// A stake of the state as HANDOVER LIST shows it: whether its time has come, who could buy it, and in which tranches.
struct StakeSale: Sendable {
  private let stake: CapitalStore.Stake
  private let name: String
  private let handOver: HandOver
  private let plan: TranchePlan
  private let earliest: Day
  /// Those that are shown.
  private let buyers: [(code: String, name: String, kind: String, score: Int32, holds: Int64?)]

  /// - Parameter known: By code of an investor, what it is known to hold.
  init(
    _ stake: CapitalStore.Stake, known: [String: Int64], _ command: HandOverList, _ served: Served
  ) throws {
    let snapshot = served.snapshot
    guard let firm = snapshot.candidate(code: stake.firm, kind: .firm) else {
      throw StoreError.unexpectedResult(reason: "stake \(stake.code) is of a firm that is not there")
    }
    do throws(Flaw) {
      handOver = try HandOver(
        HandOver.Stake(
          firm: firm, held: stake.held, floor: stake.floor, price: stake.price, currency: stake.currency),
        conditions: Self.conditions(of: stake), served.scorer)
    } catch { throw StoreError.unexpectedResult(reason: error.sentence) }
    self.stake = stake
    name = snapshot.candidateName(at: firm)
    earliest = max(stake.holdUntil, stake.today)
    var holdings: [Int32: Int64] = [:]
    for (code, percent) in known {
      if let investor = snapshot.investor(code: code) {
        holdings[snapshot.investorID(at: investor)] = percent
      }
    }
    plan = handOver.plan(
      served.scorer, from: earliest, months: command.months, buyers: command.buyers, known: holdings,
      besides: stake.besides)
    buyers = handOver.buyers.prefix(command.buyers).compactMap { buyer in
      snapshot.investor(id: buyer.investor).map { investor in
        let row = snapshot.investorRow(at: investor)
        return (row.code, row.name, row.kind, buyer.score, holdings[row.id])
      }
    }
  }

  // MARK: Conditions

  private static func conditions(of stake: CapitalStore.Stake) -> [HandOver.Condition] {
    [
      .init(
        name: .period, isMet: stake.isHeldLong,
        fact: stake.isHeldLong
          ? "to be held until \(stake.holdUntil), which is past" : "to be held until \(stake.holdUntil)"),
      .init(name: .prospects, isMet: stake.isClear, fact: prospects(of: stake)),
      .init(name: .interest, isMet: stake.isWanted, fact: interest(in: stake)),
    ]
  }

  private static func prospects(of stake: CapitalStore.Stake) -> String {
    if let review = stake.negativeReview {
      return "review \(review) (\(stake.negativeKind ?? "")) is negative and fresh"
    }
    if let review = stake.positiveReview { return "review \(review) (commercial) is positive and fresh" }
    if let round = stake.round, round.isRecent {
      return "private money in the round \(round.kind) of \(round.date)"
    }
    if let stage = stake.stage, stake.isClear { return "stage \(stage.name)" }
    return
      "no fresh positive commercial review, no private round within 24 months, and not at series_b or later"
  }

  private static func interest(in stake: CapitalStore.Stake) -> String {
    if let round = stake.round, round.isSincePurchase {
      return "private money in the round \(round.kind) of \(round.date), after the first purchase"
    }
    if let holder = stake.holder { return "\(holder.investor) holds it since \(holder.since)" }
    if let introduction = stake.introduction {
      return "introduction \(introduction.id) of \(introduction.investor) is at \(introduction.state)"
    }
    return
      "no private round or holding since the first purchase, and no introduction of a private investor that is mutual"
  }

  // MARK: Rows

  /// The stake, its buyers by rank, and the tranches by day.
  var rows: [[JSON.Member]] {
    [row("stake", stakeValues)]
      + buyers.enumerated().map { rank, buyer in
        row(
          "buyer",
          [
            "rank": JSON(rank + 1), "investor": .string(buyer.code), "name": .string(buyer.name),
            "kind": .string(buyer.kind), "score": JSON(Int(buyer.score)), "held": percent(buyer.holds),
          ])
      }
      + plan.tranches.enumerated().map { place, tranche in
        row(
          "tranche",
          [
            "number": JSON(place + 1), "date": .string("\(tranche.day)"), "investor": .string(tranche.buyer),
            "percent": percent(tranche.percent), "amount": JSON(Int(tranche.amount)),
            // The plan counts what other stakes hold as well.
            "left": percent(tranche.left - stake.besides), "ends_with": .string(tranche.end.rawValue),
            "passes": tranche.passes.isEmpty ? .null : .array(tranche.passes.map { percent($0) }),
          ])
      }
  }

  private var stakeValues: [String: JSON] {
    var values: [String: JSON] = [
      "programme": .string(stake.programme), "firm": .string(stake.firm), "name": .string(name),
      "ready": .bool(handOver.isReady), "held": percent(stake.held), "floor": percent(stake.floor),
      "percent": percent(handOver.stake.forSale), "price": JSON(stake.price.map { Int($0) }),
      "amount": JSON(handOver.stake.value.map { Int($0) }), "currency": .string(stake.currency),
      "cost": JSON(Int(stake.cost)), "date": .string("\(earliest)"),
      "unplaced": plan.unplaced == 0 ? .null : percent(plan.unplaced),
      "unplaced_why": JSON(plan.reason?.rawValue),
    ]
    for condition in handOver.conditions {
      values[condition.name.rawValue] = .bool(condition.isMet)
      values["\(condition.name.rawValue)_why"] = .string(condition.fact)
    }
    return values
  }

  /// All rows of a reply have the same columns.
  private static let columns = [
    "programme", "firm", "number", "rank", "investor", "name", "kind", "score", "date", "percent", "amount",
    "currency", "price", "cost", "held", "floor", "left", "ends_with", "passes", "ready", "period",
    "period_why", "prospects", "prospects_why", "interest", "interest_why", "unplaced", "unplaced_why",
  ]

  private func row(_ row: String, _ values: [String: JSON]) -> [JSON.Member] {
    [.init("row", .string(row)), .init("stake", .string(stake.code))]
      + Self.columns.map { .init($0, values[$0] ?? .null) }
  }

  /// Millionths of a percent as percent.
  private func percent(_ millionths: Int64?) -> JSON {
    millionths.map { .number(Decimal6.text(Int($0))) } ?? .null
  }
}
