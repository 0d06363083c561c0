import Domain

/// Somebody in a header of mail: a name to show, and an address.
public struct Mailbox: Sendable, Hashable {
  public var name: String
  public var address: MailAddress

  public init(_ name: String, _ address: MailAddress) {
    self.name = name
    self.address = address
  }
}

/// A message of mail that says the same in plain text and in HTML (RFC 5322, multipart/alternative of RFC 2046), ready for
/// `sendmail -t`.
///
/// It is all ASCII. Its lines end in LF, as sendmail takes them, and have at most 78 octets, with a long address at most
/// 258; none is a single dot, and none begins with `From `. Whatever names and words hold, they are no more than the words
/// of their header. The same content gives the same octets but for the date.
public struct MailMessage: Sendable, CustomStringConvertible {
  public var from: Mailbox
  /// With nobody there is an empty group, for which no mail server finds a recipient.
  public var to: [Mailbox]
  public var subject: String
  /// Seconds since 1970, UTC.
  public var date: Int
  public var text: String
  public var html: String
  /// Header fields of one's own, for programs; their values are of ASCII and short.
  public var notes: [(name: StaticString, value: String)] = []

  public init(from: Mailbox, to: [Mailbox], subject: String, date: Int, text: String, html: String) {
    self.from = from
    self.to = to
    self.subject = subject
    self.date = date
    self.text = text
    self.html = html
  }

  /// Every `=` of a part is followed by a digit or ends its line, so that this can stand in none (RFC 2045, 6.7).
  private static let boundary = "=_bellwether"

  /// The message, without LF behind its last line. Linear in its length.
  public var description: String {
    let recipients = to.isEmpty ? "undisclosed-recipients:;" : to.map(\.header).joined(separator: ",\n ")
    var lines = [
      "From: \(from.header)", "To: \(recipients)", "Subject: \(HeaderText.unstructured(subject))",
      "Date: \(Self.text(of: date))", "Message-ID: <\(fingerprint)@\(from.address.domain)>",
      "Auto-Submitted: auto-generated",
    ]
    for note in notes { lines.append("\(note.name): \(HeaderText.unstructured(note.value))") }
    lines += [
      "MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=\"\(Self.boundary)\"", "",
    ]
    for (type, content) in [("plain", text), ("html", html)] {
      lines += [
        "--\(Self.boundary)", "Content-Type: text/\(type); charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable", "", QuotedPrintable.encoding(of: content),
      ]
    }
    return (lines + ["--\(Self.boundary)--"]).joined(separator: "\n")
  }

  /// What makes the Message-ID: the same words to the same people, sent twice, are shown once by many programs. The
  /// hash of Fowler, Noll and Vo (FNV-1a, 64 bits).
  private var fingerprint: String {
    let parts = [from.header, subject, text, html] + to.map(\.header)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for octet in parts.joined(separator: "\0").utf8 { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01B3 }
    return "digest." + String(hash, radix: 16)
  }

  /// `Wed, 25 Nov 2026 21:37:00 +0000`
  static func text(of seconds: Int) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400)
    let (year, month, day) = Day(daysSinceEpoch: days).components
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    // 1 January 1970 was a Thursday.
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
    let time = [second / 3_600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(weekday), \(day) \(months[month - 1]) \(year) \(time.joined(separator: ":")) +0000"
  }
}

extension Mailbox {
  /// `"Li Wei" <li@example.org>`
  var header: String {
    let address = "<\(address)>"
    let name = HeaderText.phrase(name)
    if name.isEmpty { return address }
    return name.utf8.count + address.utf8.count > 66 ? "\(name)\n \(address)" : "\(name) \(address)"
  }
}
