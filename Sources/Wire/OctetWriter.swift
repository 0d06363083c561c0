/// Writes octets into memory of a known size, for replies that are sent by the hundred thousand: nothing is allocated,
/// moved or counted on the way. Ends the program where they do not fit, so its user looks beforehand.
public struct OctetWriter {
  @usableFromInline let room: UnsafeMutableRawBufferPointer
  @usableFromInline var written = 0

  public init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

  /// Octets that are written.
  public var count: Int { written }

  /// Appends what `body` writes to the memory behind.
  /// - Parameter body: Gives how many octets it wrote, at most `limit`.
  @inlinable @inline(__always)
  public mutating func append(atMost limit: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
    precondition(limit <= room.count - written, "There is no room for what is written.")
    written += body(room.baseAddress! + written)
  }

  @inlinable @inline(__always)
  public mutating func append(_ octets: UnsafeBufferPointer<UInt8>) {
    guard let start = octets.baseAddress else { return }
    append(atMost: octets.count) {
      $0.copyMemory(from: start, byteCount: octets.count)
      return octets.count
    }
  }

  @inlinable @inline(__always)
  public mutating func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends the digits of a number.
  @inlinable @inline(__always)
  public mutating func append(decimal value: Int) {
    if value < 0 { append("-") }
    let magnitude = value.magnitude
    var (length, power) = (1, UInt(10))
    // 10^19 is the last power that fits.
    while magnitude >= power {
      length += 1
      if length == 20 { break }
      power *= 10
    }
    append(atMost: length) { start in
      var (rest, place) = (magnitude, length)
      repeat {
        place -= 1
        start.storeBytes(of: UInt8(truncatingIfNeeded: 48 + rest % 10), toByteOffset: place, as: UInt8.self)
        rest /= 10
      } while place > 0
      return length
    }
  }
}
