import Domain
import Testing

@testable import Matching

@Suite struct ExchangeRatesTests {
  private func rate(_ from: String, _ to: String, _ millionths: Int64, _ date: String) -> RateRow {
    RateRow(from: from, to: to, millionths: millionths, date: Day(date)!)
  }

  private func convert(
    _ amount: Int64, _ from: String?, _ to: String?, _ rows: [RateRow], asOf: String = "2026-06-15"
  ) throws -> Int64? {
    // The order of rows must not matter.
    let found = try [rows, rows.reversed()].map {
      try ExchangeRates($0, asOf: Day(asOf)!).conversion(from: from, to: to)?.convert(amount)
    }
    #expect(found[0] == found[1])
    return found[0]
  }

  @Test func theLatestRateUpToTheDayHolds() throws {
    let rows = [
      rate("USD", "CNY", 7_000_000, "2026-01-01"), rate("USD", "CNY", 7_100_000, "2026-06-15"),
      rate("USD", "CNY", 7_200_000, "2026-06-16"),
    ]
    #expect(try convert(100, "USD", "CNY", rows) == 710)
    #expect(try convert(100, "USD", "CNY", rows, asOf: "2026-06-14") == 700)
    #expect(try convert(100, "USD", "CNY", rows, asOf: "2026-06-16") == 720)
    #expect(try convert(100, "USD", "CNY", rows, asOf: "2025-12-31") == nil)
  }

  @Test func anInverseRateServesToo() throws {
    let rows = [rate("USD", "CNY", 8_000_000, "2026-01-01")]
    #expect(try convert(800, "CNY", "USD", rows) == 100)
    // 12 / 8 = 1.5 is rounded up, 11 / 8 = 1.375 down.
    #expect(try convert(12, "CNY", "USD", rows) == 2)
    #expect(try convert(11, "CNY", "USD", rows) == 1)
  }

  @Test func ofRateAndInverseTheLaterHolds() throws {
    let old = rate("USD", "CNY", 8_000_000, "2026-01-01")
    #expect(try convert(100, "USD", "CNY", [old, rate("CNY", "USD", 100_000, "2026-02-01")]) == 1_000)
    #expect(try convert(100, "USD", "CNY", [old, rate("CNY", "USD", 100_000, "2025-02-01")]) == 800)
    let sameDay = [old, rate("CNY", "USD", 100_000, "2026-01-01")]
    #expect(try convert(100, "USD", "CNY", sameDay) == 800)
    #expect(try convert(100, "CNY", "USD", sameDay) == 10)
  }

  @Test func oneCurrencyBetweenIsEnoughAndTheMost() throws {
    let rows = [
      rate("EUR", "USD", 1_250_000, "2026-01-01"), rate("USD", "CNY", 8_000_000, "2026-01-01"),
      rate("JPY", "CNY", 50_000, "2026-01-01"),
    ]
    #expect(try convert(100, "EUR", "CNY", rows) == 1_000)
    #expect(try convert(1_000, "CNY", "EUR", rows) == 100)
    #expect(try convert(160, "JPY", "USD", rows) == 1)
    #expect(try convert(100, "EUR", "JPY", rows) == nil)
  }

  @Test func ofTwoWaysTheFresherHolds() throws {
    let rows = [
      rate("EUR", "GBP", 1_000_000, "2026-05-01"), rate("GBP", "CNY", 9_000_000, "2026-01-01"),
      rate("EUR", "USD", 1_000_000, "2026-02-01"), rate("USD", "CNY", 8_000_000, "2026-03-01"),
    ]
    #expect(try convert(1, "EUR", "CNY", rows) == 8)
    let equal = rows.map { rate($0.from, $0.to, $0.millionths, "2026-01-01") }
    #expect(try convert(1, "EUR", "CNY", equal) == 9)
  }

  @Test func noCurrencyMeetsOnlyItself() throws {
    let rows = [rate("USD", "CNY", 8_000_000, "2026-01-01")]
    #expect(try convert(5, nil, nil, rows) == 5)
    #expect(try convert(5, nil, "CNY", rows) == nil)
    #expect(try convert(5, "CNY", nil, rows) == nil)
    #expect(try convert(5, "XXX", "XXX", rows) == 5)
  }

  @Test func hugeAmountsStopAtACeiling() throws {
    let rows = [
      rate("AAA", "BBB", .max, "2026-01-01"), rate("BBB", "CCC", .max, "2026-01-01"),
      rate("AAA", "DDD", 1, "2026-01-01"),
    ]
    #expect(try convert(Limits.amount, "AAA", "CCC", rows) == 1_000_000_000_000_000_000)
    #expect(try convert(Limits.amount, "AAA", "BBB", rows) == 1_000_000_000_000_000_000)
    #expect(try convert(Limits.amount, "CCC", "AAA", rows) == 0)
    #expect(try convert(Limits.amount, "AAA", "DDD", rows) == 1_000_000_000)
  }

  @Test func aRateOfNothingIsAFlaw() {
    #expect(throws: Flaw.self) {
      try ExchangeRates([rate("AAA", "BBB", 0, "2026-01-01")], asOf: Day("2026-06-15")!)
    }
  }
}
