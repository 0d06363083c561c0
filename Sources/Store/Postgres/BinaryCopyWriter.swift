/// Writes rows of integers in the binary format of COPY (https://www.postgresql.org/docs/15/sql-copy.html, Binary
/// Format; the layout of arrays is that of `array_send`).
///
/// Valid only inside the closure of `copyInBinary`.
public final class BinaryCopyWriter {
  private let buffer: CopyBuffer
  private let columns: Int
  /// Fields that the row under way still needs.
  private var missing = 0

  private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n\0".utf8)
  /// Of type `integer`.
  private static let integerOID: UInt32 = 23

  init(_ buffer: CopyBuffer, columns: Int) throws {
    self.buffer = buffer
    self.columns = columns
    try Self.signature.withUnsafeBytes { try buffer.append($0) }
    // Flags, and the length of more to come in the header.
    try buffer.append(bigEndian: UInt32(0))
    try buffer.append(bigEndian: UInt32(0))
  }

  /// An `integer`.
  public func int(_ value: Int32) throws {
    try beginField()
    try number(value)
  }

  /// An `integer[]` of one dimension.
  public func intArray(_ values: some Collection<Int32>) throws {
    try beginField()
    let count = values.count
    try buffer.append(bigEndian: Int32(count == 0 ? 12 : 20 + 8 * count))
    // Dimensions, whether there are NULLs, and the type of the elements.
    try buffer.append(bigEndian: Int32(count == 0 ? 0 : 1))
    try buffer.append(bigEndian: Int32(0))
    try buffer.append(bigEndian: Self.integerOID)
    guard count > 0 else { return }
    // The length of the dimension, and its first index.
    try buffer.append(bigEndian: Int32(count))
    try buffer.append(bigEndian: Int32(1))
    for value in values { try number(value) }
  }

  func finish() throws {
    precondition(missing == 0, "A row was begun and has not all its fields.")
    try buffer.append(bigEndian: Int16(-1))
  }

  private func beginField() throws {
    if missing == 0 {
      try buffer.append(bigEndian: Int16(columns))
      missing = columns
    }
    missing -= 1
  }

  /// A number after its length.
  private func number(_ value: Int32) throws {
    try buffer.append(bigEndian: UInt64(4) << 32 | UInt64(UInt32(bitPattern: value)))
  }
}

@available(*, unavailable)
extension BinaryCopyWriter: Sendable {}
