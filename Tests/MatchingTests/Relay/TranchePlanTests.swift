import Domain
import Testing

@testable import Matching

@Suite struct TranchePlanTests {
  private typealias Buyer = TranchePlan.Buyer
  private let million: Int64 = 1_000_000
  private let day = Day("2026-08-31")!

  /// Percents in whole ones, ten units for each.
  private func plan(_ held: Int64, _ floor: Int64, _ buyers: [Buyer], price: Int64? = 10) -> TranchePlan {
    TranchePlan(held: held * million, floor: floor * million, price: price, buyers: buyers, from: day)
  }

  @Test func oneBuyerAfterTheOther() {
    let plan = plan(
      30, 10,
      [
        Buyer(code: "A", ticketMin: 30, ticketMax: 80), Buyer(code: "B", ticketMax: 500, budget: 70),
        Buyer(code: "C"),
      ])
    #expect(plan.tranches.map(\.buyer) == ["A", "B", "C"])
    #expect(plan.tranches.map(\.percent) == [8 * million, 7 * million, 5 * million])
    #expect(plan.tranches.map(\.amount) == [80, 70, 50])
    #expect(plan.tranches.map(\.left) == [22 * million, 15 * million, 10 * million])
    #expect(plan.tranches.map(\.end) == [.ticket, .budget, .floor])
    #expect(plan.tranches.map(\.day.description) == ["2026-08-31", "2027-02-28", "2027-08-31"])
    #expect(plan.tranches.flatMap(\.passes).isEmpty)
    #expect((plan.unplaced, plan.unplacedAmount, plan.reason) == (0, 0, nil))
  }

  @Test func nobodyIsCarriedAcrossAThreshold() {
    let plan = plan(80, 0, [Buyer(code: "A", holds: 30 * million), Buyer(code: "B", holds: 50 * million)])
    // A up to 33.33 percent in all. B stands at 50, and one millionth more would be control.
    #expect(plan.tranches.map(\.buyer) == ["A"])
    #expect(plan.tranches[0].percent == 3_330_000)
    #expect(plan.tranches[0].end == .control)
    #expect((plan.unplaced, plan.reason) == (80 * million - 3_330_000, .control))
    // Who is above all of them already is kept by none.
    #expect(self.plan(40, 35, [Buyer(code: "A", holds: 51 * million)]).reason == nil)
  }

  @Test func theSellerGoesBelowItsThresholdsLast() {
    let plan = plan(
      55, 30,
      [Buyer(code: "A", ticketMax: 100), Buyer(code: "B", ticketMin: 60), Buyer(code: "C", ticketMax: 50)])
    // What A has left goes below 50 percent first, then B buys down to a third; so little as is left, only C can buy.
    #expect(plan.tranches.map(\.buyer) == ["A", "A", "B", "C"])
    #expect(plan.tranches.map(\.percent) == [4_999_999, 5_000_001, 11_669_999, 3_330_001])
    #expect(plan.tranches.map(\.end) == [.threshold, .ticket, .threshold, .floor])
    #expect(plan.tranches.map(\.passes) == [[], [50_000_000], [], [33_330_000]])
    #expect(plan.unplaced == 0)
    // A floor above the threshold never makes anybody pass it.
    #expect(self.plan(55, 51, [Buyer(code: "A")]).tranches.flatMap(\.passes).isEmpty)
    #expect(self.plan(55, 50, [Buyer(code: "A")]).tranches.map(\.passes) == [[], [50_000_000]])
  }

  @Test func whatIsLeftHasAReason() {
    #expect(plan(30, 10, []).reason == .noBuyers)
    #expect(plan(30, 10, [Buyer(code: "A")], price: nil).reason == .noPrice)
    #expect(plan(30, 10, [Buyer(code: "A")], price: 0).reason == .noPrice)
    #expect(plan(30, 10, [Buyer(code: "A", ticketMax: 60)]).reason == .money)
    #expect(plan(30, 10, [Buyer(code: "A", ticketMin: 500)]).reason == .smallestTicket)
    #expect(plan(30, 10, [Buyer(code: "A", ticketMax: 60)]).unplacedAmount == 140)
    #expect(plan(10, 10, []).reason == nil)
    #expect(plan(5, 10, []).unplaced == 0)
  }

  @Test(arguments: UInt64(0)..<200) func rulesHoldForAnyBuyers(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let held = Int64(random.number(0...100_000_000))
    let floor = Int64(random.number(0...100_000_000))
    let price = Int64(random.one(of: [1, 3, 999, 1_000_003, 1_000_000_000_000]))
    let whole = TranchePlan.amount(100_000_000, at: price)
    func amount() -> Int64? { random.maybe(Int64(random.number(0...Int(whole)))) }
    let buyers = (0..<random.number(0...8)).map { number in
      let ends = [amount(), amount()].compactMap { $0 }.sorted()
      return Buyer(
        code: "B\(number)", ticketMin: ends.count == 2 ? ends[0] / 4 : nil, ticketMax: ends.last,
        budget: amount(), holds: Int64(random.isOne(in: 2) ? 0 : random.number(0...60_000_000)))
    }
    func plan() -> TranchePlan {
      TranchePlan(held: held, floor: floor, price: price, buyers: buyers, from: day, months: 3)
    }
    let found = plan()
    #expect(found == plan())
    let sold = found.tranches.reduce(0) { $0 + $1.percent }
    #expect(sold + found.unplaced == max(0, held - floor))
    #expect((found.reason == nil) == (found.unplaced == 0))
    let paid = found.tranches.reduce(0) { $0 + $1.amount }
    #expect(paid + (found.unplacedAmount ?? 0) == TranchePlan.amount(max(0, held - floor), at: price))
    var left = held
    for (number, tranche) in found.tranches.enumerated() {
      #expect(tranche.day == day.adding(months: 3 * number))
      #expect(tranche.percent > 0 && tranche.left == left - tranche.percent)
      let passed = TranchePlan.thresholds.filter { left > $0 && tranche.left <= $0 }
      #expect(tranche.passes == passed.reversed())
      if let lowest = passed.first {
        // Nobody could have bought what lies above: who still has money and room wants more than that.
        for buyer in buyers {
          let before = found.tranches[..<number].filter { $0.buyer == buyer.code }
          let spare = room(buyer, price, before.reduce(0) { $0 + $1.percent })
          let most = min(spare, left - lowest - 1)
          #expect(passed.count > 1 || most < least(buyer, price))
        }
      }
      left = tranche.left
    }
    for buyer in buyers {
      let own = found.tranches.filter { $0.buyer == buyer.code }
      let (bought, spent) = (own.reduce(0) { $0 + $1.percent }, own.reduce(0) { $0 + $1.amount })
      #expect(own.allSatisfy { $0.amount >= buyer.ticketMin ?? 0 })
      #expect(spent <= buyer.ticketMax ?? .max)
      #expect(spent <= buyer.budget ?? .max)
      for threshold in TranchePlan.thresholds {
        #expect(buyer.holds > threshold || buyer.holds + bought <= threshold)
      }
    }
  }

  /// What a buyer could still take, and the least it takes, by trial.
  private func room(_ buyer: Buyer, _ price: Int64, _ bought: Int64) -> Int64 {
    let money = min(buyer.ticketMax ?? .max, buyer.budget ?? .max)
    var most = money == .max ? Int64.max : Int64(clamping: Int128(money) * 1_000_000 / Int128(price))
    if let next = TranchePlan.thresholds.first(where: { $0 >= buyer.holds }) {
      most = min(most, next - buyer.holds)
    }
    return most == .max ? .max : most - bought
  }

  private func least(_ buyer: Buyer, _ price: Int64) -> Int64 {
    let exact = Int128(buyer.ticketMin ?? 0) * 1_000_000
    return Int64(clamping: max(1, (exact + Int128(price) - 1) / Int128(price)))
  }
}
