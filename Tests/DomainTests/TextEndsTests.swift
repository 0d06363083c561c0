import Domain
import Testing

@Suite struct TextEndsTests {
  /// What sheets leave behind names is not part of them.
  @Test(arguments: [
    "Kedao", " Kedao ", "Kedao\u{A0}", "\u{FEFF}Kedao", "Kedao\u{200B}\u{200B}", "\u{2060}Kedao\u{3000}",
    "Kedao\u{200E}",
    "\u{AD}Kedao\u{202F}",
  ])
  func namesLoseWhatCannotBeSeen(_ text: String) throws {
    #expect(try FieldType.text(200).read(text) == .text("Kedao"))
    #expect(try FieldType.names(5).read(text) == .list(["Kedao"]))
    #expect(try FieldType.choice(["Kedao"]).read(text) == .text("Kedao"))
  }

  /// Within a name they may be what joins its letters.
  @Test func theMiddleStays() throws {
    #expect(try FieldType.text(200).read("می\u{200C}خواهم") == .text("می\u{200C}خواهم"))
    #expect(throws: FieldType.Rejection.self) { try FieldType.text(200).read("a\u{202E}b") }
    #expect(throws: FieldType.Rejection("is empty")) {
      try FieldType.text(200).read("\u{200B}\u{A0}")
    }
    #expect(throws: FieldType.Rejection.self) { try FieldType.text(200).read("\u{1}Kedao") }
  }

  @Test(arguments: [
    "ann@example.org", "li.wei+deals@example.org", "李伟@例子.中国", "x@localhost", "ann@example.org\u{A0}",
    "ann＠example.org",
  ])
  func mailAddressesAreTaken(_ text: String) throws { _ = try FieldType.email.read(text) }

  @Test(arguments: [
    ("nonsense", "it has no @"), ("a@b@c.de", "more than one @"),
    ("@example.org", "nothing stands before the @"),
    ("ann@", "nothing stands behind the @"), ("ann @example.org", "a blank"),
    ("ann@example..org", "a dot behind the @"),
    ("ann.@example.org", "a dot before the @"), ("Ann <ann@example.org>", "a blank"),
    ("<ann@example.org>", "\"<\""),
    ("ann@example", "\"example\" lacks an ending like .org"), ("ann@-example.org", "no name of a host"),
    ("ann;bob@example.org", "\";\""), ("ann@ex\u{200B}ample.org", "U+200B"),
  ])
  func othersAreRefusedByName(_ text: String, _ reason: String) {
    let refusal = #expect(throws: FieldType.Rejection.self) { try FieldType.email.read(text) }
    #expect(refusal?.reason.contains(reason) == true, "\(refusal?.reason ?? "")")
  }
}
