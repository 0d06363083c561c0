/// One row, written field by field straight into octets: for rows that are sent by the thousand, where making a
/// ``JSON/Member`` of each field would take longer than sending it. Field names need no escapes.
public struct RowFields {
  fileprivate enum Part { case json, tsvNames, tsvCells }

  private let part: Part
  fileprivate var bytes: [UInt8] = []
  private var isFirst = true

  fileprivate init(_ part: Part) { self.part = part }

  public mutating func integer(_ name: StaticString, _ value: Int64?) {
    guard begin(name, isNull: value == nil), let value else { return }
    bytes.append(decimal: value)
  }

  public mutating func integer(_ name: StaticString, _ value: Int) { integer(name, Int64(value)) }

  public mutating func text(_ name: StaticString, _ value: String?) {
    guard begin(name, isNull: value == nil), var value else { return }
    value.withUTF8 { write($0) }
  }

  /// A text as UTF-8; an empty one is null.
  public mutating func text(_ name: StaticString, utf8 value: ArraySlice<UInt8>) {
    guard begin(name, isNull: value.isEmpty) else { return }
    value.withUnsafeBufferPointer { write($0) }
  }

  /// A text without quotes, backslashes and control characters, as `body` appends it.
  public mutating func text(_ name: StaticString, plain body: (inout [UInt8]) -> Void) {
    guard begin(name, isNull: false) else { return }
    if part == .json { bytes.append(UInt8(ascii: "\"")) }
    body(&bytes)
    if part == .json { bytes.append(UInt8(ascii: "\"")) }
  }

  /// A list of codes.
  public mutating func codes(_ name: StaticString, _ values: some Sequence<String>) {
    guard begin(name, isNull: false) else { return }
    if part == .json { bytes.append(UInt8(ascii: "[")) }
    var isFirst = true
    for value in values {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      if part == .json { bytes.append(UInt8(ascii: "\"")) }
      bytes.append(contentsOf: value.utf8)
      if part == .json { bytes.append(UInt8(ascii: "\"")) }
    }
    if part == .json { bytes.append(UInt8(ascii: "]")) }
  }

  /// Fields of a row of JSON, to be kept and put into rows.
  public static func json(_ body: (inout RowFields) -> Void) -> [UInt8] {
    var fields = RowFields(.json)
    body(&fields)
    return fields.bytes
  }

  /// Whether a value follows.
  private mutating func begin(_ name: StaticString, isNull: Bool) -> Bool {
    if part == .json, isNull { return false }
    if !isFirst { bytes.append(part == .json ? UInt8(ascii: ",") : 9) }
    isFirst = false
    let letters = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    switch part {
    case .json:
      bytes.append(UInt8(ascii: "\""))
      bytes.append(contentsOf: letters)
      bytes.append(UInt8(ascii: "\""))
      bytes.append(UInt8(ascii: ":"))
      return true
    case .tsvNames:
      bytes.append(contentsOf: letters)
      return false
    case .tsvCells:
      if isNull { bytes.append(contentsOf: #"\N"#.utf8) }
      return !isNull
    }
  }

  private mutating func write(_ utf8: UnsafeBufferPointer<UInt8>) {
    guard part == .json else { return bytes.append(tsv: utf8) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(escaped: utf8)
    bytes.append(UInt8(ascii: "\""))
  }
}

extension RowWriter {
  /// Appends `250-` and the row whose fields `body` writes; with the first row in TSV a line of their names.
  /// - Parameter body: May be called twice.
  public mutating func write(to bytes: inout [UInt8], _ body: (inout RowFields) -> Void) {
    if format == .json { return Self.line(RowFields(.json), open: "{", close: "}", &bytes, body) }
    if !wroteHeader {
      wroteHeader = true
      Self.line(RowFields(.tsvNames), open: "", close: "", &bytes, body)
    }
    Self.line(RowFields(.tsvCells), open: "", close: "", &bytes, body)
  }

  private static func line(
    _ fields: consuming RowFields, open: StaticString, close: StaticString, _ bytes: inout [UInt8],
    _ body: (inout RowFields) -> Void
  ) {
    var fields = fields
    swap(&fields.bytes, &bytes)
    fields.bytes.append(contentsOf: "250-".utf8)
    fields.bytes.append(contentsOf: UnsafeBufferPointer(start: open.utf8Start, count: open.utf8CodeUnitCount))
    body(&fields)
    fields.bytes.append(
      contentsOf: UnsafeBufferPointer(start: close.utf8Start, count: close.utf8CodeUnitCount))
    fields.bytes.append(10)
    swap(&fields.bytes, &bytes)
  }
}
