import Domain

/// Writes the rows of one reply in the connection's format. All rows of a reply have the same columns.
///
/// A row that would be longer than ``Limits/replyLine`` is cut: its longest members are left out until it fits. JSON then
/// names them in a last member, `"cut":["history"]`; in TSV their cells are `\N`.
public struct RowWriter: Sendable {
  public let format: RowFormat
  var wroteHeader = false
  /// Rows that were cut.
  public private(set) var rowsCut = 0

  public init(format: RowFormat) { self.format = format }

  /// Appends `250-` and the row. JSON leaves null members out; TSV writes a header line first.
  public mutating func write(_ row: [JSON.Member], to bytes: inout [UInt8]) {
    let start = bytes.count
    let isFirst = !wroteHeader
    put(row, to: &bytes)
    guard bytes.count - start > ReplyLimit.bytes, ReplyLimit.isExceeded(bytes[start...]) else { return }
    bytes.removeSubrange(start...)
    wroteHeader = !isFirst
    rowsCut += 1
    put(cut(row), to: &bytes)
  }

  /// The row without its longest members, as many as must go.
  private func cut(_ row: [JSON.Member]) -> [JSON.Member] {
    let lengths = row.map { member in
      var bytes: [UInt8] = []
      if format == .json { bytes.append(json: member.name) }
      if format == .json { member.value.write(to: &bytes) } else { Self.writeCell(member.value, to: &bytes) }
      return bytes.count + 2
    }
    var (left, row, names) = (lengths.reduce(64, +), row, [String]())
    for index in row.indices.sorted(by: { (lengths[$0], $1) > (lengths[$1], $0) })
    where left > ReplyLimit.bytes {
      left -= lengths[index]
      left += row[index].name.utf8.count + 3
      names.append(row[index].name)
      row[index].value = .null
    }
    return format == .json ? row + [.init("cut", .array(names.map { .string($0) }))] : row
  }

  private mutating func put(_ row: [JSON.Member], to bytes: inout [UInt8]) {
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
