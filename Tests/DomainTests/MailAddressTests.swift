import Domain
import Testing

@Suite struct MailAddressTests {
  @Test(arguments: ["a@b", "li.wei+deals@example.org", "o'hara@x-1.example", "x@localhost"])
  func plainOnesAreTaken(_ text: String) {
    #expect(MailAddress(text)?.description == text)
    #expect(MailAddress(text)?.domain == String(text.split(separator: "@")[1]))
  }

  @Test(
    arguments: [
      "", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a,b@c", "a\n@b", "a@b\r\nBcc: x", "<a@b>", "\"a\"@b",
      "a@[1.2.3.4]",
      ".a@b", "a.@b", "a..c@b", "a@b.", "a@.b", "李@example.org", "a@例子.中国", "a@b_c",
      String(repeating: "a", count: 65) + "@b", "a@" + String(repeating: "b", count: 253), "e\u{301}@b",
    ])
  func othersAreNot(_ text: String) { #expect(MailAddress(text) == nil) }
}
