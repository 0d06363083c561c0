import Domain
import Testing

@testable import Matching

@Suite struct HouseListTests {
  @Test func everyCandidateOnceWithItsBestScore() throws {
    var rows = SnapshotBuilder()
    // Ids run against codes, so that ties show which of the two decides.
    rows.candidates = (1...4).map {
      CandidateRow(id: Int32(10 - $0), kind: .firm, code: "F\($0)", name: "F")
    }
    rows.investors = (1...3).map { InvestorRow(id: Int32(10 - $0), code: "I\($0)", name: "I") }
    let snapshot = try rows.build(asOf: Day("2026-06-15")!)
    let (f1, f2, f3, f4): (Int32, Int32, Int32, Int32) = (9, 8, 7, 6)
    let (i1, i2, i3): (Int32, Int32, Int32) = (9, 8, 7)
    let lists = [
      HouseList.FundList(
        fund: i3, deals: [Deal(candidate: f3, score: 700), Deal(candidate: f1, score: 500)]),
      HouseList.FundList(
        fund: i2,
        deals: [
          Deal(candidate: f2, score: 700), Deal(candidate: f1, score: 600), Deal(candidate: f4, score: 1),
        ]),
      HouseList.FundList(
        fund: i1, deals: [Deal(candidate: f3, score: 700), Deal(candidate: 99, score: 999)]),
    ]
    let merged = [
      HouseDeal(candidate: f2, score: 700, fund: i2), HouseDeal(candidate: f3, score: 700, fund: i1),
      HouseDeal(candidate: f1, score: 600, fund: i2), HouseDeal(candidate: f4, score: 1, fund: i2),
    ]
    #expect(HouseList.merge(lists, in: snapshot) == merged)
    #expect(HouseList.merge(lists.reversed(), in: snapshot) == merged)
    #expect(HouseList.merge(lists, in: snapshot, limit: 2) == Array(merged.prefix(2)))
    #expect(HouseList.merge([], in: snapshot).isEmpty)
  }
}
