import Domain

/// Writes the rows of one reply in the connection's format. All rows of a reply have the same columns.
public struct RowWriter: Sendable {
  public let format: RowFormat
  var wroteHeader = false

  public init(format: RowFormat) { self.format = format }

  /// Appends `250-` and the row. JSON leaves null members out; TSV writes a header line first.
  public mutating func write(_ row: [JSON.Member], to bytes: inout [UInt8]) {
    switch format {
    case .json:
      bytes.append(contentsOf: "250-".utf8)
      JSON.object(row.filter { $0.value != .null }).write(to: &bytes)
      bytes.append(10)
    case .tsv:
      if !wroteHeader {
        wroteHeader = true
        bytes.append(contentsOf: "250-".utf8)
        for (index, member) in row.enumerated() {
          if index > 0 { bytes.append(9) }
          bytes.append(contentsOf: member.name.utf8)
        }
        bytes.append(10)
      }
      bytes.append(contentsOf: "250-".utf8)
      for (index, member) in row.enumerated() {
        if index > 0 { bytes.append(9) }
        Self.writeCell(member.value, to: &bytes)
      }
      bytes.append(10)
    }
  }

  private static func writeCell(_ value: JSON, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(contentsOf: #"\N"#.utf8)
    case .string(var text): text.withUTF8 { bytes.append(tsv: $0) }
    case .array(let items) where items.allSatisfy({ $0.text != nil }):
      writeCell(.string(items.map { $0.text! }.joined(separator: ",")), to: &bytes)
    default:
      var json: [UInt8] = []
      value.write(to: &json)
      writeCell(.string(String(decoding: json, as: UTF8.self)), to: &bytes)
    }
  }
}

extension [UInt8] {
  /// Appends UTF-8 as a cell of TSV.
  mutating func append(tsv utf8: UnsafeBufferPointer<UInt8>) {
    for byte in utf8 {
      switch byte {
      case 9: append(contentsOf: #"\t"#.utf8)
      case 10: append(contentsOf: #"\n"#.utf8)
      case UInt8(ascii: "\\"): append(contentsOf: #"\\"#.utf8)
      default: append(byte)
      }
    }
  }
}

extension FieldValue {
  /// The value as a member of a row.
  public var json: JSON {
    switch self {
    case .text(let text): .string(text)
    case .integer(let value): .integer(value)
    case .flag(let value): .bool(value)
    case .list(let items): .array(items.map { .string($0) })
    case .amount(let amount): .integer(amount.units)
    case .weights, .range: .string(spelling)
    }
  }
}
