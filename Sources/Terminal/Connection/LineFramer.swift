import Domain
import Glibc
import NIOCore

/// Parts the octets of a connection into lines. Linear in what arrives, however it is cut up.
struct LineFramer {
  private var bytes: [UInt8] = []
  /// Where the next line starts.
  private var start = 0
  /// Up to where there is known to be no LF.
  private var searched = 0

  /// Octets that have arrived and belong to no whole line yet.
  var pendingCount: Int { bytes.count - start }

  mutating func append(_ buffer: ByteBuffer) {
    if start > 0 {
      bytes.removeSubrange(..<start)
      searched -= start
      start = 0
    }
    bytes.append(contentsOf: buffer.readableBytesView)
  }

  /// The next whole line without its LF, or nil until more has arrived. A CR before that is the line's own: documents have it.
  /// - Throws: a failure when a line is longer than the protocol allows.
  mutating func next() throws(Failure) -> ArraySlice<UInt8>? {
    let found: Int? = bytes.withUnsafeBufferPointer { buffer in
      guard searched < buffer.count, let base = buffer.baseAddress else { return nil }
      guard let hit = memchr(base + searched, 10, buffer.count - searched) else { return nil }
      return UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
    guard let found else {
      searched = bytes.count
      guard pendingCount <= Limits.replyLine + 1 else {
        throw Failure(
          status: ExitStatus.unavailable,
          message: "a line of the reply is longer than \(Limits.replyLine) octets; this is no bellwetherd")
      }
      return nil
    }
    defer {
      start = found + 1
      searched = start
    }
    return bytes[start..<found]
  }
}
