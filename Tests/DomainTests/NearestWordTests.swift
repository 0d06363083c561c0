import Testing

@testable import Domain

@Suite struct NearestWordTests {
  private let words = ["deals", "backers", "explain", "firm", "min_score", "series_a", "series_b", "seed"]

  @Test(
    arguments: [
      ("deasl", ["deals"]), ("DEAL", ["deals"]), ("bakcers", ["backers"]), ("frim", ["firm"]),
      ("min-scor", ["min_score"]),
      ("serie_a", ["series_a"]), ("series", ["series_a", "series_b"]), ("expl", ["explain"]),
      ("sed", ["seed"]),
      ("bread", []), ("x", []), ("", []), ("frobnicate", []), ("量子", []),
    ] as [(String, [String])]) func findsWhatWasMeant(typed: String, meant: [String])
  {
    #expect(NearestWord.nearest(to: typed, among: words) == meant)
  }

  @Test func saysIt() {
    #expect(NearestWord.hint(for: "frim", among: words) == "; did you mean firm?")
    #expect(NearestWord.hint(for: "zzz", among: words) == "")
  }
}
