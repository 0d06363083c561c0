/// An address that mail can be sent to from everywhere: `local@domain` of RFC 5322 in its plain form, of ASCII. It needs
/// no quotes in a header and can hold nothing that a header would be read differently by.
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  /// Nil for anything else: quoted local parts, addresses of machines in brackets, letters beyond ASCII.
  public init?(_ text: String) {
    let halves = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard halves.count == 2, text.utf8.count <= 254, halves[0].count <= 64,
      Self.isDotted(halves[0], Self.isOfLocalPart), Self.isDotted(halves[1], Self.isOfHost)
    else { return nil }
    description = text
  }

  /// The reason why a text is no mail address, in a few words; nil for one that is. Letters beyond ASCII are taken on both
  /// sides (RFC 6531), though digests leave such addresses out. O(length).
  static func problem(of text: String) -> String? {
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    if let odd = text.unicodeScalars.first(where: { isOdd($0) }) {
      return odd.properties.isWhitespace
        ? "it holds a blank"
        : "it holds \"\(odd.isASCII ? String(odd) : "U+" + String(odd.value, radix: 16, uppercase: true))\""
    }
    guard halves.count == 2 else { return halves.count == 1 ? "it has no @" : "it has more than one @" }
    guard text.utf8.count <= 254, halves[0].utf8.count <= 64 else { return "it is too long" }
    for (half, side) in zip(halves, ["before", "behind"]) {
      let parts = half.split(separator: ".", omittingEmptySubsequences: false)
      if parts.contains(where: \.isEmpty) {
        return half.isEmpty ? "nothing stands \(side) the @" : "a dot \(side) the @ has nothing beside it"
      }
    }
    let labels = halves[1].split(separator: ".")
    if labels.contains(where: {
      $0.hasPrefix("-") || $0.hasSuffix("-") || $0.utf8.count > 63 || $0.contains("_")
    }) {
      return "\"\(halves[1])\" is no name of a host"
    }
    if labels.count == 1, halves[1] != "localhost" { return "\"\(halves[1])\" lacks an ending like .org" }
    return nil
  }

  /// Whether a character may stand on neither side of an address.
  private static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return scalar != "@" && scalar != "." && !isOfLocalPart(UInt8(scalar.value))
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .decimalNumber:
      return false
    default: return true
    }
  }

  /// What stands behind the `@`.
  public var domain: String { String(description.split(separator: "@")[1]) }

  private static func isDotted(_ text: Substring.UTF8View, _ isOfPart: (UInt8) -> Bool) -> Bool {
    text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.allSatisfy(isOfPart)
    }
  }

  private static func isOfHost(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20)
    }
  }

  /// `atext` of RFC 5322.
  private static func isOfLocalPart(_ octet: UInt8) -> Bool {
    isOfHost(octet) || "!#$%&'*+/=?^_`{|}~".utf8.contains(octet)
  }
}
