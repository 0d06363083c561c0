/// Writes rows in the text format of COPY: fields between tabs, rows on lines, `\N` for NULL.
///
/// Valid only inside the closure of `copyIn`.
public final class CopyWriter {
  private let buffer: CopyBuffer
  private var isAtRowStart = true

  init(_ buffer: CopyBuffer) { self.buffer = buffer }

  /// A text. Tabs, line ends and backslashes are escaped.
  ///
  /// - Throws: `StoreError.invalidValue` for a NUL character, which PostgreSQL's text cannot hold.
  public func field(_ text: String) throws {
    var text = text
    try text.withUTF8 { try field(UnsafeRawBufferPointer($0)) }
  }

  /// A text or NULL.
  public func field(_ text: String?) throws {
    if let text { try field(text) } else { try null() }
  }

  /// Text as UTF-8 bytes, escaped like a string. The server refuses what is not UTF-8.
  public func field(_ bytes: UnsafeRawBufferPointer) throws {
    try beginField()
    var start = 0
    for index in 0..<bytes.count {
      let byte = bytes[index]
      // One test lets nearly every byte pass: what needs care is below 14, or a backslash.
      guard byte < 0x0E || byte == UInt8(ascii: "\\") else { continue }
      let escape: UInt8
      switch byte {
      case 0: throw StoreError.invalidValue(reason: "a text has a NUL character")
      case UInt8(ascii: "\\"): escape = byte
      case UInt8(ascii: "\n"): escape = UInt8(ascii: "n")
      case UInt8(ascii: "\r"): escape = UInt8(ascii: "r")
      case UInt8(ascii: "\t"): escape = UInt8(ascii: "t")
      default: continue
      }
      try buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
      try buffer.append(UInt8(ascii: "\\"))
      try buffer.append(escape)
      start = index + 1
    }
    try buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
  }

  public func field(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try field($0) }
  }

  public func null() throws {
    try beginField()
    try buffer.append(UInt8(ascii: "\\"))
    try buffer.append(UInt8(ascii: "N"))
  }

  public func int(_ value: Int) throws {
    try beginField()
    try buffer.appendDigits(of: value)
  }

  public func int(_ value: Int?) throws {
    if let value { try int(value) } else { try null() }
  }

  public func bool(_ value: Bool) throws {
    try beginField()
    try buffer.append(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
  }

  /// A `bigint[]` or `integer[]`.
  public func intArray(_ values: some Sequence<Int>) throws {
    try beginField()
    try buffer.append(UInt8(ascii: "{"))
    var isFirst = true
    for value in values {
      if !isFirst { try buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      try buffer.appendDigits(of: value)
    }
    try buffer.append(UInt8(ascii: "}"))
  }

  /// A `text[]`.
  public func textArray(_ values: [String]) throws {
    try field(ArrayText.encode(values))
  }

  public func endRow() throws {
    try buffer.append(UInt8(ascii: "\n"))
    isAtRowStart = true
  }

  func finish() { precondition(isAtRowStart, "A row was begun and not ended with endRow().") }

  private func beginField() throws {
    if !isAtRowStart { try buffer.append(UInt8(ascii: "\t")) }
    isAtRowStart = false
  }
}

@available(*, unavailable)
extension CopyWriter: Sendable {}
