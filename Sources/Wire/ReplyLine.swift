import Domain

/// A line of a reply, read by a client.
public enum ReplyLine: Sendable, Hashable {
  /// `150-{…}`: how far the command has come; never data.
  case progress(String)
  /// `250-…`: a row or a line of a document, as it stands after the dash.
  case row(String)
  /// `650-{…}`: a notice of WATCH.
  case notice(String)
  /// The line that ends the reply. The symbol is kept, since a newer daemon may have more codes.
  case last(Last)

  /// A last line as it was read.
  public struct Last: Sendable, Hashable {
    public var code: Int
    public var symbol: String
    public var attributes: [Attribute]
    public var sentence: String?

    public subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// The exit status that it means: sysexits.h by way of docs/PROTOCOL.md.
    public var exitStatus: Int32 {
      if let known = ReplyCode(rawValue: code) { return known.exitStatus }
      switch code / 100 {
      case 2, 3: return 0
      case 4: return 75
      default: return code / 10 == 53 ? 77 : 65
      }
    }
  }

  /// Reads a line without its LF; nil when it is no line of a reply.
  public init?(parsing line: String) {
    let bytes = Array(line.utf8)
    guard bytes.count >= 4, let code = Int(String(decoding: bytes[0..<3], as: UTF8.self)), code >= 100 else {
      return nil
    }
    if bytes[3] == UInt8(ascii: "-") {
      let rest = String(decoding: bytes[4...], as: UTF8.self)
      switch code {
      case 150: self = .progress(rest)
      case 650: self = .notice(rest)
      default: self = .row(rest)
      }
      return
    }
    guard bytes[3] == UInt8(ascii: " ") else { return nil }
    let (head, sentence) = Self.parted(bytes[4...])
    guard let request = try? RequestLine(parsing: Array(head)), let symbol = request.positional.first else {
      return nil
    }
    self = .last(Last(code: code, symbol: symbol, attributes: request.named, sentence: sentence))
  }

  /// Parts the sentence off at the first `: ` outside quotes.
  private static func parted(_ bytes: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, String?) {
    var (inQuotes, escaped) = (false, false)
    for index in bytes.indices {
      let byte = bytes[index]
      if inQuotes {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inQuotes = false
        }
      } else if byte == UInt8(ascii: "\"") {
        inQuotes = true
      } else if byte == UInt8(ascii: ":"), index + 1 < bytes.endIndex, bytes[index + 1] == UInt8(ascii: " ") {
        return (bytes[..<index], String(decoding: bytes[(index + 2)...], as: UTF8.self))
      }
    }
    return (bytes, nil)
  }
}
