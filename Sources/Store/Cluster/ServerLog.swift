import Glibc

/// The file into which a private cluster's server writes, bounded in size.
final class ServerLog: Sendable {
  private let path: String
  private let olderPath: String
  private let largest: Int
  let descriptor: Int32

  /// - Parameter largest: In bytes; beyond it the log moves to `postgres.log.1`.
  init(_ directory: StateDirectory, largest: Int = 8 << 20) throws(StoreError) {
    path = directory.log
    olderPath = directory.olderLog
    self.largest = largest
    // Appending, so that emptying the file under a running server leaves no hole.
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard descriptor >= 0 else {
      throw .misconfigured(reason: "\(path) cannot be opened: \(errorText(errno))")
    }
  }

  deinit { close(descriptor) }

  /// How long the log is now.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Copies a log that has grown too large aside and empties it, which works while the server writes.
  func rotateIfLarge() {
    guard size > largest else { return }
    let older = open(olderPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard older >= 0 else { return }
    defer { close(older) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // A log that grew wildly is not kept wildly: its end tells the most.
    var offset = max(0, size - largest)
    while true {
      let length = pread(descriptor, &buffer, buffer.count, off_t(offset))
      guard length > 0, write(older, buffer, length) == length else { break }
      offset += length
    }
    ftruncate(descriptor, 0)
  }

  /// The last lines written since the log had a given size, for an error message.
  func tail(since start: Int, lines count: Int = 5) -> String {
    let from = max(start, size - 4096)
    var buffer = [UInt8](repeating: 0, count: 4096)
    let length = pread(descriptor, &buffer, buffer.count, off_t(from))
    guard length > 0 else { return "it wrote nothing to \(path)" }
    let lines = String(decoding: buffer[..<length], as: UTF8.self).split(separator: "\n").suffix(count)
    return lines.joined(separator: " | ")
  }
}
