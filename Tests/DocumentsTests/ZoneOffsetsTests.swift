import Domain
import Testing

@testable import Documents

@Suite struct ZoneOffsetsTests {
  @Test func transitionsStandInOrderAndChangeSomething() {
    let zone = ZoneOffsets(
      name: "x", initial: 0,
      transitions: [.init(at: 30, offset: 0), .init(at: 20, offset: 60), .init(at: 10, offset: 0)])
    #expect(zone.transitions == [.init(at: 20, offset: 60), .init(at: 30, offset: 0)])
    #expect([19, 20, 29, 30].map(zone.offset) == [0, 60, 60, 0])
    // What is told from -30 to 30 is told again from 30 to 90.
    #expect([-31, -30, 29, 30, 89, 90].map(zone.isTwofold) == [false, true, true, true, true, false])
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00", "19700101T000000"), (-1, "1969-12-31T23:59:59", "19691231T235959"),
      (-86_400, "1969-12-31T00:00:00", "19691231T000000"),
      (951_782_399, "2000-02-28T23:59:59", "20000228T235959"),
    ])
  func wallTimesAreWritten(_ seconds: Int, _ extended: String, _ basic: String) {
    let time = WallTime(secondsSinceEpoch: seconds)
    #expect(time.extended == extended && time.basic == basic)
  }

  @Test(arguments: [(0, "+0000"), (28_800, "+0800"), (-12_600, "-0330"), (20_700, "+0545"), (-1, "-000001")])
  func offsetsAreWritten(_ seconds: Int, _ text: String) {
    #expect(WallTime.offset(seconds) == text)
  }
}
