import Testing

@testable import Domain

/// What fills an upload row of the longest kind is refused as soon as it is seen to be no value.
@Suite struct LongValueTests {
  private func refusal(_ noun: Noun, _ field: String, _ text: String) -> String? {
    do throws(FieldType.Rejection) {
      _ = try noun.field(field)!.type.read(text)
      return nil
    } catch { return error.reason }
  }

  /// Each currency at an end was once taken off by a look at the whole text: eight seconds for one row.
  @Test(arguments: ["元", "$", "¥", "1元", "人民币"])
  func amountsOfManyCurrencies(_ mark: String) {
    let text = String(repeating: mark, count: Limits.uploadRow / mark.utf8.count)
    for _ in 0..<1_000 { #expect(Amount(text) == nil) }
    #expect(AmountRange(text) == nil)
    #expect(refusal(.firm, "ask", text)?.utf8.count ?? 0 < 400)
  }

  @Test(arguments: [("excluded_firms", 256), ("sectors", 64), ("regions", 64)])
  func listsOfTooManyItems(_ field: String, _ limit: Int) {
    let items = (0..<10_000).map { "x\($0)" }
    let said = refusal(.investor, field, items.joined(separator: ","))
    #expect(
      said?.hasPrefix("names 10000 ") == true && said?.hasSuffix("at most \(limit)") == true, "\(said ?? "")")
    #expect(refusal(.investor, field, items[..<limit].joined(separator: ",")) == nil)
  }

  /// A character may have any number of marks on it.
  @Test func refusalsAreShort() {
    let text = "a" + String(repeating: "\u{301}", count: 10_000)
    #expect(refusal(.firm, "stage", text)?.utf8.count ?? .max < 400)
    #expect(shown("short") == "short")
    #expect(shown(String(repeating: "é", count: 60)).count == 60)
    #expect(shown(String(repeating: "é", count: 61)) == String(repeating: "é", count: 57) + "…")
  }
}
