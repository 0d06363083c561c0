import Glibc

/// Gathers what COPY sends, 64 KiB at a time.
final class CopyBuffer {
  private static let capacity = 1 << 16

  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
  private var used = 0
  private let send: (UnsafeRawBufferPointer) throws -> Void

  init(send: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.send = send }

  deinit { buffer.deallocate() }

  func append(_ byte: UInt8) throws {
    if used == buffer.count { try flush() }
    buffer[used] = byte
    used += 1
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while rest.count > buffer.count - used {
      let part = buffer.count - used
      copy(UnsafeRawBufferPointer(rebasing: rest[..<part]))
      rest = UnsafeRawBufferPointer(rebasing: rest[part...])
      try flush()
    }
    copy(rest)
  }

  /// The octets of a number, the high one first.
  func append(bigEndian number: some FixedWidthInteger) throws {
    let octets = MemoryLayout.size(ofValue: number)
    if used + octets > buffer.count { try flush() }
    buffer.storeBytes(of: number.bigEndian, toByteOffset: used, as: type(of: number))
    used += octets
  }

  /// Decimal digits.
  func appendDigits(of value: Int) throws {
    if used + 20 > buffer.count { try flush() }
    var rest = value.magnitude
    if value < 0 {
      buffer[used] = UInt8(ascii: "-")
      used += 1
    }
    let start = used
    repeat {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
      buffer[used] = UInt8(ascii: "0") + UInt8(remainder)
      used += 1
      rest = quotient
    } while rest > 0
    // The digits came out last first.
    var low = start
    var high = used - 1
    while low < high {
      buffer.swapAt(low, high)
      low += 1
      high -= 1
    }
  }

  /// Sends what is there.
  func flush() throws {
    guard used > 0 else { return }
    let full = UnsafeRawBufferPointer(rebasing: buffer[..<used])
    used = 0
    try send(full)
  }

  private func copy(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, let target = buffer.baseAddress else { return }
    memcpy(target + used, source, bytes.count)
    used += bytes.count
  }
}
