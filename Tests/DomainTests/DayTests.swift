import Domain
import Testing

@Suite struct DayTests {
  @Test(arguments: [
    ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-08-31", 6, "2027-02-28"),
    ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -1, "2025-12-15"), ("2026-03-31", -13, "2025-02-28"),
    ("2026-06-15", 24, "2028-06-15"), ("2026-06-15", 0, "2026-06-15"),
  ])
  func monthsAreAdded(from: String, months: Int, to: String) throws {
    #expect(try #require(Day(from)).adding(months: months).description == to)
  }
}
