import NIOCore

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Cuts what a connection receives into lines, one at a time and only when asked, because what a line may
/// hold depends on what came of the line before it. Octets wait as they came until then.
///
/// A line ends in LF; one CR before it belongs to the line end. A line over the limit is passed over
/// without being kept.
struct LineFramer {
  /// What was cut off.
  enum Frame: Equatable {
    /// A line, without its line end.
    case line([UInt8])
    /// A line that was longer than the limit and is gone.
    case oversize
    /// A line that has gone on for longer than anyone should read it; it is not over yet.
    case endless
  }

  /// Octets of one line that are passed over before it counts as endless.
  let endlessLine: Int
  /// Octets received and not yet looked at.
  private var waiting = ByteBuffer()
  /// The beginning of a line whose end has not come; its octets are no longer in `waiting`.
  private var partial: [UInt8] = []
  /// Octets of the line that is being passed over; nil when none is.
  private var passedOver: Int?

  /// The first octets of the connection, at most 16: they tell which protocol the other end speaks.
  private(set) var opening: [UInt8] = []
  /// Lines cut off so far.
  private(set) var linesCut = 0

  init(endlessLine: Int) { self.endlessLine = endlessLine }

  /// Whether a line has begun and not ended. Octets nobody has asked about yet count as begun.
  var isInsideLine: Bool { !partial.isEmpty || passedOver != nil || waiting.readableBytes > 0 }
  /// Whether the line that has begun is over the limit already.
  var isPassingOver: Bool { passedOver != nil }
  /// Octets that are held.
  var heldBytes: Int { partial.count + waiting.readableBytes }

  /// Takes octets as they came. Costs no copy when nothing waits.
  mutating func append(_ bytes: inout ByteBuffer) {
    if opening.count < 16 { opening += bytes.readableBytesView.prefix(16 - opening.count) }
    if waiting.readableBytes == 0 {
      swap(&waiting, &bytes)
    } else {
      waiting.discardReadBytes()
      waiting.writeBuffer(&bytes)
    }
  }

  /// Cuts off the next line, of at most `limit` octets; nil when its end has not come.
  mutating func next(limit: Int) -> Frame? {
    let count = waiting.readableBytes
    guard count > 0 else { return nil }
    guard let length = lengthOfFirstLine() else {
      return passOverOrKeep(count, limit)
    }
    defer { release() }
    linesCut += 1
    if passedOver != nil {
      passedOver = nil
      waiting.moveReaderIndex(forwardBy: length + 1)
      return .oversize
    }
    guard partial.count + length <= limit + 1 else {
      partial = []
      waiting.moveReaderIndex(forwardBy: length + 1)
      return .oversize
    }
    var line = take(length)
    waiting.moveReaderIndex(forwardBy: 1)
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return line.count <= limit ? .line(line) : .oversize
  }

  /// Shows line after line as it lies here, as long as all of it does, it is within the limit and `body` takes it; what
  /// is taken is cut off.
  mutating func offer(limit: Int, _ body: (UnsafeRawBufferPointer) -> Bool) {
    guard partial.isEmpty, passedOver == nil else { return }
    var (lines, taken) = (0, 0)
    waiting.withUnsafeReadableBytes { octets in
      guard let start = octets.baseAddress else { return }
      while let end = memchr(start + taken, 10, octets.count - taken) {
        var length = UnsafeRawPointer(end) - start - taken
        let next = taken + length + 1
        if length > 0, octets[taken + length - 1] == UInt8(ascii: "\r") { length -= 1 }
        guard length <= limit, body(UnsafeRawBufferPointer(start: start + taken, count: length)) else {
          return
        }
        (lines, taken) = (lines + 1, next)
      }
    }
    guard lines > 0 else { return }
    waiting.moveReaderIndex(forwardBy: taken)
    linesCut += lines
    release()
  }

  /// Whether so much waits that no more should be read: this many lines, or this many octets.
  /// Looks at no more than `lines` line ends.
  func isFull(lines: Int, bytes: Int) -> Bool {
    guard waiting.readableBytes < bytes else { return true }
    return waiting.withUnsafeReadableBytes { octets in
      guard var position = octets.baseAddress else { return false }
      let end = position + octets.count
      for _ in 0..<lines {
        guard let found = memchr(position, 10, end - position) else { return false }
        position = UnsafeRawPointer(found) + 1
      }
      return true
    }
  }

  /// Forgets everything that is held.
  mutating func discard() {
    waiting = ByteBuffer()
    partial = []
    passedOver = nil
  }

  private func lengthOfFirstLine() -> Int? {
    waiting.withUnsafeReadableBytes { octets in
      guard let start = octets.baseAddress, let end = memchr(start, 10, octets.count) else { return nil }
      return UnsafeRawPointer(end) - start
    }
  }

  /// The first `length` octets that wait, after what was kept of the line: one copy of each octet.
  private mutating func take(_ length: Int) -> [UInt8] {
    var line: [UInt8] = []
    swap(&line, &partial)
    waiting.withUnsafeReadableBytes { line.append(contentsOf: $0[..<length]) }
    waiting.moveReaderIndex(forwardBy: length)
    return line
  }

  private mutating func passOverOrKeep(_ count: Int, _ limit: Int) -> Frame? {
    defer { release() }
    // One octet more than the limit may still be the CR of a line end.
    if passedOver == nil, partial.count + count <= limit + 1 {
      partial = take(count)
      return nil
    }
    let passed = (passedOver ?? partial.count) + count
    partial = []
    waiting.moveReaderIndex(forwardBy: count)
    passedOver = passed
    return passed > endlessLine ? .endless : nil
  }

  /// Lets go of the buffer that was read into, so that an idle connection holds none.
  private mutating func release() {
    if waiting.readableBytes == 0 { waiting = ByteBuffer() }
  }
}
