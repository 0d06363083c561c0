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
