import Domain
import Testing

@testable import Matching

@Suite struct BellwetherEffectTests {
  private typealias Payment = BellwetherEffect.Payment
  private typealias Firm = BellwetherEffect.Firm
  private typealias Treatment = BellwetherEffect.Treatment

  private func paid(_ day: String, _ amount: Int64) -> Payment { Payment(day: Day(day)!, amount: amount) }

  private func effect(_ firms: [Firm], _ treatments: [Treatment], asOf: String = "2026-06-15") throws
    -> BellwetherEffect
  {
    try BellwetherEffect(firms: firms, treatments: treatments, asOf: Day(asOf)!)
  }

  /// `T` is bought for 100 on 2024-01-10; `A` and `B` are like it.
  private let firms = [
    Firm(
      code: "T", sector: "ai", founded: Day("2022-01-10")!,
      rounds: [
        Payment(day: Day("2023-01-01")!, amount: 50), Payment(day: Day("2024-01-10")!, amount: 400),
        Payment(day: Day("2024-07-10")!, amount: 200), Payment(day: Day("2024-07-11")!, amount: 90),
        Payment(day: Day("2026-01-10")!, amount: 30), Payment(day: Day("2026-01-11")!, amount: 1_000),
      ],
      state: [Payment(day: Day("2024-01-10")!, amount: 100), Payment(day: Day("2024-07-11")!, amount: 40)]),
    Firm(
      code: "A", sector: "ai", founded: Day("2022-01-10")!,
      rounds: [Payment(day: Day("2024-05-01")!, amount: 60)]),
    Firm(
      code: "B", sector: "ai", founded: Day("2020-01-10")!,
      rounds: [Payment(day: Day("2025-05-01")!, amount: 31)]),
    Firm(
      code: "C", sector: "chips", founded: Day("2022-01-10")!,
      rounds: [Payment(day: Day("2024-05-01")!, amount: 7_000)]),
  ]

  @Test func whatFollowsWithinEachWindow() throws {
    let bought = Treatment(
      firm: "T", programme: "P",
      purchases: [
        Payment(day: Day("2024-01-10")!, amount: 100), Payment(day: Day("2024-07-11")!, amount: 40),
      ])
    let found = try effect(firms, [bought])
    let windows = found.all.windows
    #expect(windows.map(\.months) == [6, 12, 24])
    #expect(windows.map(\.firms) == [1, 1, 1])
    // The round on the day of the purchase did not follow it; the one of the window's last day did.
    #expect(windows.map(\.state) == [100, 140, 140])
    #expect(windows.map(\.followed) == [200, 250, 280])
    // A and B, never C: (60 + 0) / 2, the same, (60 + 31) / 2.
    #expect(windows.map(\.matched) == [30, 30, 45])
    #expect(windows.map(\.perUnit) == [2_000_000, 1_785_714, 2_000_000])
    #expect(windows.map(\.matchedPerUnit) == [300_000, 214_285, 321_428])
    #expect(windows.allSatisfy { $0.interval == nil }, "one firm says nothing of the spread")
    #expect(found.all.value == (2_000_000 - 321_428) / 2)
    #expect(found.programmes == [.init(programme: "P", windows: windows)])
  }

  @Test func aWindowCountsWhenItHasPassed() throws {
    let bought = Treatment(firm: "T", programme: "P", purchases: [paid("2024-01-10", 100)])
    #expect(try effect(firms, [bought], asOf: "2026-01-10").all.windows.map(\.firms) == [1, 1, 1])
    let before = try effect(firms, [bought], asOf: "2026-01-09").all
    #expect(before.windows.map(\.firms) == [1, 1, 0])
    #expect(before.value == nil && before.windows[2].perUnit == nil)
    #expect(try effect(firms, [bought], asOf: "2024-01-09").programmes.isEmpty)
  }

  @Test func whoIsHeldByTheStateIsNoMeasure() throws {
    var firms = firms
    firms[1].state = [paid("2025-01-10", 0)]
    let bought = Treatment(firm: "T", programme: "P", purchases: [paid("2024-01-10", 100)])
    // A is held from the end of the second window on.
    #expect(try effect(firms, [bought]).all.windows.map(\.matched) == [30, 0, 31])
    let both = [bought, Treatment(firm: "B", programme: "Q", purchases: [paid("2024-03-01", 10)])]
    let found = try effect(firms, both)
    #expect(found.programmes[0].windows.map(\.matched) == [60, 0, 0])
    #expect(found.programmes[0].windows.map(\.firms) == [1, 0, 0])
    #expect(found.programmes[0].windows.map(\.unmatched) == [0, 1, 1])
    // A firm that did not exist yet is no measure either.
    firms[1].founded = Day("2024-01-11")!
    firms[1].state = []
    #expect(try effect(firms, both).programmes[0].windows.map(\.unmatched) == [1, 1, 1])
  }

  @Test func theFiveNearestCount() throws {
    // N3 … N9 are ever older; N1 and N2 are as far as each other, N1 first by code.
    var firms = (1...9).map { number in
      Firm(
        code: "N\(number)", sector: "ai",
        founded: Day(daysSinceEpoch: Day("2020-01-01")!.daysSinceEpoch - number / 2 * 100),
        rounds: [paid("2024-02-01", Int64(number))])
    }
    firms.append(Firm(code: "T", sector: "ai", founded: Day("2020-01-01")!))
    let bought = Treatment(firm: "T", programme: "P", purchases: [paid("2024-01-10", 1)])
    let found = try effect(firms.reversed(), [bought])
    #expect(found.all.windows[0].matched == (1 + 2 + 3 + 4 + 5) / 5)
    // What was raised before counts as much: with it N9 is nearest.
    firms[8].founded = Day("2020-01-01")!
    for index in 0...7 { firms[index].rounds.append(paid("2023-01-01", 5)) }
    #expect(try effect(firms, [bought]).all.windows[0].matched == (9 + 1 + 2 + 3 + 4) / 5)
  }

  @Test func aFirmOfTwoProgrammesCountsOnceInAll() throws {
    let found = try effect(
      firms,
      [
        Treatment(firm: "T", programme: "Q", purchases: [paid("2024-01-12", 60)]),
        Treatment(firm: "T", programme: "P", purchases: [paid("2024-01-10", 40)]),
      ])
    #expect(found.programmes.map(\.programme) == ["P", "Q"])
    #expect(found.programmes.map(\.windows[0].state) == [40, 60])
    #expect(found.all.windows[0].firms == 1)
    #expect(found.all.windows[0].state == 100)
  }

  @Test func flawsAreNamed() {
    #expect(throws: Flaw("firm A stands twice")) { try effect([firms[1], firms[1]], []) }
    #expect(throws: Flaw("a treatment names firm X, which is not there")) {
      try effect(firms, [Treatment(firm: "X", programme: "P", purchases: [paid("2024-01-10", 1)])])
    }
  }

  @Test func theIntervalHoldsWhatResamplesSay() throws {
    // Four firms of which each has two for one, and no other raises anything: nothing to spread.
    var firms = (0..<4).map {
      Firm(code: "T\($0)", sector: "ai", rounds: [paid("2024-02-01", 20)])
    }
    firms.append(Firm(code: "N", sector: "ai"))
    let bought = (0..<4).map {
      Treatment(firm: "T\($0)", programme: "P", purchases: [paid("2024-01-10", 10)])
    }
    #expect(try effect(firms, bought).all.windows[2].interval == 2_000_000...2_000_000)
    #expect(try effect(firms, bought).all.value == 1_000_000)
    firms[0].rounds = [paid("2024-02-01", 80)]
    firms[1].rounds = []
    let window = try effect(firms, bought).all.windows[2]
    let interval = try #require(window.interval)
    #expect(window.perUnit == 3_000_000)
    #expect(interval.lowerBound < 3_000_000 && 3_000_000 < interval.upperBound)
    #expect(interval.lowerBound >= 0 && interval.upperBound <= 8_000_000)
    #expect(try effect(firms, bought) == effect(firms.reversed(), bought.reversed()))
  }

  // MARK: The same, slowly

  private struct Reference {
    var firms: [Firm]
    var treatments: [Treatment]
    var asOf: Day

    func isHeld(_ firm: Firm, upTo day: Day) -> Bool {
      firm.state.contains { $0.day <= day }
        || treatments.contains { $0.firm == firm.code && $0.purchases.contains { $0.day <= min(day, asOf) } }
    }

    func capital(_ firm: Firm, after day: Day, upTo end: Day) -> Int64 {
      func sum(_ payments: [Payment]) -> Int64 {
        payments.filter { $0.day > day && $0.day <= end }.reduce(0) { $0 + $1.amount }
      }
      return max(0, sum(firm.rounds) - sum(firm.state))
    }

    func part(_ left: Int64?, _ right: Int64?) -> Int64 {
      guard let left, let right else { return 1_000_000 }
      return left == right ? 0 : abs(left - right) * 1_000_000 / (left + right)
    }

    func distance(_ one: Firm, _ other: Firm, on day: Day) -> Int64 {
      func age(_ firm: Firm) -> Int64? {
        firm.founded.map { Int64(max(0, day.daysSinceEpoch - $0.daysSinceEpoch)) }
      }
      func raised(_ firm: Firm) -> Int64 { firm.rounds.filter { $0.day < day }.reduce(0) { $0 + $1.amount } }
      return part(age(one), age(other)) + part(raised(one), raised(other))
    }

    /// Firms, unmatched, state, followed and matched of a window.
    func window(_ months: Int, of programme: String?) -> [Int64] {
      var found: [Int64] = [0, 0, 0, 0, 0]
      for firm in firms {
        let own = treatments.filter {
          $0.firm == firm.code && (programme == nil || $0.programme == programme)
        }
        let purchases = own.flatMap(\.purchases).filter { $0.day <= asOf }
        guard let first = purchases.map(\.day).min() else { continue }
        let end = first.adding(months: months)
        let state = purchases.filter { $0.day <= end }.reduce(0) { $0 + $1.amount }
        guard end <= asOf, state > 0 else { continue }
        let others = firms.filter {
          $0.code != firm.code && firm.sector != nil && $0.sector == firm.sector && !isHeld($0, upTo: end)
            && ($0.founded == nil || $0.founded! <= first)
        }.sorted {
          let (left, right) = (distance(firm, $0, on: first), distance(firm, $1, on: first))
          return left != right ? left < right : $0.code < $1.code
        }.prefix(5)
        guard !others.isEmpty else {
          found[1] += 1
          continue
        }
        found[0] += 1
        found[2] += state
        found[3] += capital(firm, after: first, upTo: end)
        found[4] +=
          others.reduce(0) { $0 + capital($1, after: first, upTo: end) } / Int64(others.count)
      }
      return found
    }
  }

  @Test(arguments: UInt64(0)..<60) func asTheSlowOneFindsIt(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let asOf = Day("2026-06-15")!
    func payments(_ count: Int) -> [Payment] {
      (0..<random.number(0...count)).map { _ in
        Payment(
          day: Day(daysSinceEpoch: asOf.daysSinceEpoch - random.number(-30...1_500)),
          amount: Int64(random.one(of: [0, 1, 2, 3, 1_000, 1_000_000])))
      }
    }
    let firms = (0..<random.number(1...40)).map { number in
      Firm(
        code: "F\(100 + number)", sector: random.maybe(random.one(of: ["ai", "chips"])),
        founded: random.maybe(
          Day(daysSinceEpoch: asOf.daysSinceEpoch - random.number(0...5) * 500)),
        rounds: payments(4), state: random.isOne(in: 4) ? payments(2) : [])
    }
    let treatments = (0..<random.number(0...12)).map { _ in
      Treatment(
        firm: random.one(of: firms).code, programme: random.one(of: ["P", "Q"]), purchases: payments(3))
    }
    let found = try BellwetherEffect(firms: firms, treatments: treatments, asOf: asOf, seed: seed)
    let slow = Reference(firms: firms, treatments: treatments, asOf: asOf)
    for finding in [found.all] + found.programmes {
      for window in finding.windows {
        let figures = [
          Int64(window.firms), Int64(window.unmatched), window.state, window.followed, window.matched,
        ]
        #expect(figures == slow.window(window.months, of: finding.programme))
        if let interval = window.interval {
          #expect(window.firms > 1 && interval.lowerBound <= interval.upperBound)
        }
      }
      if let value = finding.value { #expect((0...1_000_000).contains(value)) }
    }
    let mixed = try BellwetherEffect(
      firms: firms.shuffled(using: &random), treatments: treatments.shuffled(using: &random), asOf: asOf,
      seed: seed)
    #expect(mixed == found)
  }
}
