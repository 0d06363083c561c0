import Domain
import Testing

@testable import Documents

/// Messages by the letter of RFC 5322, 2045 and 2047; SystemTests has another program read them.
@Suite struct MailMessageTests {
  private static let address = MailAddress("desk@example.org")!

  private func message(
    subject: String = "s", to: [Mailbox] = [], text: String = "t", html: String = "h"
  ) -> [Substring] {
    MailMessage(
      from: Mailbox("Bellwether", Self.address), to: to, subject: subject, date: 0, text: text, html: html
    ).description.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// A header field, its lines joined.
  private func field(_ name: String, of head: some Collection<Substring>) throws -> String {
    let rest = head.drop { !$0.hasPrefix(name + ":") }
    let lines = [try #require(rest.first)] + rest.dropFirst().prefix { $0.hasPrefix(" ") }
    return String(lines.joined().dropFirst(name.count + 2))
  }

  /// Words of a header that are plain, or encoded all of them.
  private func read(_ words: String) -> String {
    guard words.hasPrefix("=?UTF-8?Q?") else { return words }
    return words.split(separator: " ").map { word in
      #expect(word.hasPrefix("=?UTF-8?Q?") && word.hasSuffix("?=") && word.utf8.count <= 75)
      let octets = unquoted(word.dropFirst(10).dropLast(2).replacing("_", with: " "))
      // No character is broken.
      return String(validating: octets, as: UTF8.self) ?? "broken"
    }.joined()
  }

  private func unquoted(_ text: some StringProtocol) -> [UInt8] {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == UInt8(ascii: "=") else {
        octets.append(octet)
        continue
      }
      if rest.first == 10 {
        rest.removeFirst()
      } else {
        octets.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)!)
        rest = rest.dropFirst(2)
      }
    }
    return octets
  }

  @Test func aWholeMessage() {
    let mail = MailMessage(
      from: Mailbox("Bellwether", Self.address),
      to: [
        Mailbox("李伟", MailAddress("li@example.org")!), Mailbox("Ann O'Hara", MailAddress("ann@example.org")!),
        Mailbox("", MailAddress("x@example.org")!),
      ], subject: "2 new", date: 1_795_642_620, text: "Good day\n", html: "<p>科</p>\n")
    #expect(
      mail.description == """
        From: "Bellwether" <desk@example.org>
        To: =?UTF-8?Q?=E6=9D=8E=E4=BC=9F?= <li@example.org>,
         "Ann O'Hara" <ann@example.org>,
         <x@example.org>
        Subject: 2 new
        Date: Wed, 25 Nov 2026 21:37:00 +0000
        Message-ID: <digest.44172335f80d38cd@example.org>
        Auto-Submitted: auto-generated
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary="=_bellwether"

        --=_bellwether
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Good day

        --=_bellwether
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <p>=E7=A7=91</p>

        --=_bellwether--
        """)
  }

  @Test func theMessageIDIsOfWhatIsSaidAndToWhom() {
    func id(_ subject: String, _ date: Int) -> String? {
      MailMessage(
        from: Mailbox("", Self.address), to: [], subject: subject, date: date, text: "", html: ""
      ).description.split(separator: "\n").first { $0.hasPrefix("Message-ID:") }.map(String.init)
    }
    #expect(id("a", 0) == id("a", 86_400) && id("a", 0) != id("b", 0))
  }

  @Test(
    arguments: [
      "合肥科道量子种子基金合伙企业（有限合伙）第二期产业引导专项子基金", "x\r\nBcc: all@example.org\r\n\r\nbody", "=?UTF-8?Q?x?=",
      "\"quoted\\\" <other@example.org>, \"", String(repeating: "long ", count: 400),
      String(repeating: "x", count: 2_000), "👩‍🚀" + String(repeating: "e\u{301}\u{327}", count: 200),
      "\u{2028}\u{0}",
      " ", ".", "From here",
    ])
  func noNameIsMoreThanAName(_ name: String) throws {
    let lines = message(subject: name, to: [Mailbox(name, Self.address), Mailbox(name, Self.address)])
    let head = lines.prefix { !$0.isEmpty }
    #expect(lines.allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { (32..<127).contains($0) } })
    #expect(
      head.filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } } == [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
      ])
    #expect(try read(field("Subject", of: head)) == name.onOneLine)
    let recipients = try field("To", of: head).split(separator: " ").filter { $0.contains("@") }
    #expect(recipients == ["<desk@example.org>,", "<desk@example.org>"])
  }

  @Test(
    arguments: [
      "", "\n\n", ".\n..\n.", "From me\nFrom you", "a = b\t\u{0}\r\n--=_bellwether--\n--=_bellwether",
      "ends in a blank \n ",
      String(repeating: "科", count: 500), String(repeating: ".", count: 500),
      String(repeating: "From ", count: 99),
      String(repeating: "x", count: 76) + "\n" + String(repeating: "x", count: 77),
      String(repeating: "x", count: 75) + " ", String(repeating: "x", count: 74) + "é",
    ])
  func everyTextIsReadAsItWas(_ text: String) throws {
    let lines = message(text: text, html: text)
    #expect(lines.allSatisfy { $0.utf8.count <= 76 || $0.hasPrefix("Content-") })
    #expect(lines.allSatisfy { $0 != "." && !$0.hasPrefix("From ") && $0.last != " " })
    let marks = lines.indices.filter { lines[$0].hasPrefix("--=_bellwether") }
    #expect(marks.count == 3)
    for (start, end) in zip(marks, marks.dropFirst()) {
      let part = lines[(start + 4)..<end].joined(separator: "\n")
      #expect(unquoted(part) == Array(text.utf8))
    }
  }

  @Test(arguments: [(0, "Thu, 1 Jan 1970 00:00:00 +0000"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000")])
  func datesAreWritten(_ seconds: Int, _ text: String) { #expect(MailMessage.text(of: seconds) == text) }
}
