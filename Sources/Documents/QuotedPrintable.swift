/// Quoted-printable (RFC 2045, 6.7): text as lines of ASCII that are mostly readable.
enum QuotedPrintable {
  /// Octets of a line, the `=` at its end included.
  private static let lineLength = 76

  /// The encoding of a text whose lines end in LF. Linear in its length.
  static func encoding(of text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(line).joined(separator: "\n")
  }

  private static func line(_ text: Substring) -> String {
    let octets = Array(text.utf8)
    var (result, length) = ("", 0)
    for (index, octet) in octets.enumerated() {
      let isLast = index + 1 == octets.count
      // Mail programs take blanks off the end of a line.
      let isPlain = (33...126).contains(octet) && octet != UInt8(ascii: "=") || octet == 32 && !isLast
      if length + (isPlain ? 1 : 3) > (isLast ? lineLength : lineLength - 1) {
        result += "=\n"
        length = 0
      }
      // A line of a single dot ends what sendmail reads, and mailboxes begin a message with "From ".
      let isTaken = length == 0 && (octet == UInt8(ascii: ".") || octet == UInt8(ascii: "F"))
      let next = isPlain && !isTaken ? String(Unicode.Scalar(octet)) : escape(octet)
      result += next
      length += next.utf8.count
    }
    return result
  }

  /// `=E7`
  static func escape(_ octet: UInt8) -> String {
    "=" + (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
  }
}
