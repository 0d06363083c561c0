/// A message of mail as somebody at a terminal reads it: who, to whom, about what, when, and the text in plain.
struct MailText {
  var lines: [String]

  /// Nil for what is no message with a plain part in quoted-printable, as DIGEST writes it.
  init?(_ message: [String]) {
    guard let blank = message.firstIndex(of: "") else { return nil }
    var headers: [(name: String, value: String)] = []
    for line in message[..<blank] {
      if line.first == " ", !headers.isEmpty {
        headers[headers.count - 1].value += line
      } else if let colon = line.firstIndex(of: ":") {
        headers.append((String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " })))
      }
    }
    guard let type = headers.first(where: { $0.name == "Content-Type" })?.value,
      let mark = type.firstRange(of: "boundary=\"")
    else { return nil }
    let boundary = "--" + String(type[mark.upperBound...].prefix { $0 != "\"" })
    for part in message[blank...].split(separator: boundary) {
      guard part.contains(where: { $0.hasPrefix("Content-Type: text/plain") }),
        let start = part.firstIndex(of: "")
      else { continue }
      let text = Self.decoded(part[part.index(after: start)...].joined(separator: "\n"))
      lines = headers.filter { ["From", "To", "Subject", "Date"].contains($0.name) }.map {
        "\($0.name + ":" + String(repeating: " ", count: max(0, 8 - $0.name.count)))\(Self.words($0.value))"
      }
      lines += [""] + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      while lines.last == "" { lines.removeLast() }
      return
    }
    return nil
  }

  /// The text of quoted-printable (RFC 2045, 6.7).
  static func decoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "=") else {
        bytes.append(byte)
        continue
      }
      if rest.first == 13 { rest.removeFirst() }
      if rest.first == 10 {
        rest.removeFirst()
      } else if let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A header with its encoded words of encoding Q read (RFC 2047).
  static func words(_ value: String) -> String {
    var text = ""
    var wasEncoded = false
    for word in value.split(separator: " ", omittingEmptySubsequences: true) {
      let parts = word.split(separator: "?", omittingEmptySubsequences: false)
      let isEncoded =
        parts.count == 5 && parts[0] == "=" && parts[4] == "=" && parts[1].lowercased() == "utf-8"
        && parts[2].lowercased() == "q"
      // Blanks between two encoded words are none of the text.
      if !text.isEmpty, !(isEncoded && wasEncoded) { text += " " }
      text += isEncoded ? decoded(String(parts[3]).replacing("_", with: " ")) : String(word)
      wasEncoded = isEncoded
    }
    return text
  }
}
