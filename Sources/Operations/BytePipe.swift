import Dispatch
import Synchronization

/// Octets on their way from a database thread, which may wait, to a task, which must not. At most a few
/// chunks wait at a time, so that a slow reader slows the writer down and not fills the memory.
final class BytePipe: Sendable {
  struct Chunk: Sendable {
    var bytes: [UInt8] = []
    var rows = 0
  }

  let chunks: AsyncStream<Chunk>
  private let continuation: AsyncStream<Chunk>.Continuation
  /// libdispatch ends the process when a semaphore is freed below the value it was made with, and a pipe whose
  /// reader has left is; so it is made empty and filled.
  private let room = DispatchSemaphore(value: 0)
  private let isAbandoned = Mutex(false)
  private let pending = Mutex(Chunk())

  /// Chunks that may wait.
  private static let places = 8
  private static let size = 65_536
  /// A reader that takes nothing for so long is given up.
  private static let patience = DispatchTimeInterval.seconds(60)

  init() {
    (chunks, continuation) = AsyncStream.makeStream()
    for _ in 0..<Self.places { room.signal() }
  }

  /// Adds a row that `body` appends; waits while the reader is behind.
  func write(_ body: (inout [UInt8]) -> Void) throws {
    let full = pending.withLock { chunk -> Chunk? in
      body(&chunk.bytes)
      chunk.rows += 1
      guard chunk.bytes.count >= Self.size else { return nil }
      defer { chunk = Chunk() }
      return chunk
    }
    guard let full else { return }
    guard room.wait(timeout: .now() + Self.patience) == .success, !isAbandoned.withLock({ $0 }) else {
      throw CancellationError()
    }
    continuation.yield(full)
  }

  /// Says that a chunk was taken.
  func taken() { room.signal() }

  /// Ends the stream after what is left.
  func finish() {
    let rest = pending.withLock { $0 }
    if rest.rows > 0 { continuation.yield(rest) }
    continuation.finish()
  }

  /// Says that nobody reads any more.
  func abandon() {
    isAbandoned.withLock { $0 = true }
    room.signal()
  }
}
