import Dispatch
import Glibc
import Synchronization

@testable import LineServer

/// A client with nothing between the test and its socket, so that a test can send half a line, close one
/// side, not read, or vanish. Its calls block on threads of Dispatch, never on those of the tests, and end
/// with an error after two minutes.
final class TestClient: Sendable {
  struct Failure: Error { var reason: String }

  let descriptor: Int32
  /// What has come and no test has asked for yet.
  private let received = Mutex<ArraySlice<UInt8>>([])
  /// Concurrent, since one side of a connection must not wait for the other.
  private let queue = DispatchQueue(label: "test client", attributes: .concurrent)

  /// Connects to where a server listens.
  /// - Parameter source: the address over TCP that it comes from.
  init(_ address: BoundAddress, from source: String? = nil, receiveBuffer: Int32? = nil) throws {
    switch address {
    case .unix(let path):
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var name = sockaddr_un()
      name.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
      try connect(&name)
    case .tcp(_, let port), .tls(_, let port):
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      if var receiveBuffer {
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
      }
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      if let source { try bind(source, &name) }
      name.sin_port = in_port_t(UInt16(port)).bigEndian
      name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      try connect(&name)
    }
    var limit = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  private func bind(_ source: String, _ name: inout sockaddr_in) throws {
    name.sin_addr.s_addr = inet_addr(source)
    let result = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(reason: "bind: \(String(cString: strerror(errno)))") }
  }

  private func connect<Name>(_ name: inout Name) throws {
    let result = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Name>.size))
      }
    }
    guard result == 0 else { throw Failure(reason: "connect: \(String(cString: strerror(errno)))") }
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws {
    try await onThread { descriptor in
      var sent = 0
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Failure(reason: "send: \(String(cString: strerror(errno)))") }
        sent += count
      }
    }
  }

  /// Closes the sending side.
  func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes with a reset, as a machine does whose process died with data unread.
  func vanish() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    // The descriptor itself is closed once, in deinit.
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Reads until this many lines have come, or the server has closed.
  func lines(_ count: Int) async throws -> [String] {
    try await onThread { [self] descriptor in
      try received.withLock { received in
        var lines: [String] = []
        while lines.count < count {
          if let end = received.firstIndex(of: 10) {
            lines.append(String(decoding: received[..<end], as: UTF8.self))
            received = received[(end + 1)...]
          } else if try !Self.receive(descriptor, &received) {
            break
          }
        }
        return lines
      }
    }
  }

  /// Reads until the server closes; the lines of it.
  func rest() async throws -> [String] {
    let bytes = try await restBytes()
    return bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
  }

  func restBytes() async throws -> [UInt8] {
    try await onThread { [self] descriptor in
      try received.withLock { received in
        while try Self.receive(descriptor, &received) {}
        defer { received = [] }
        return Array(received)
      }
    }
  }

  /// - Returns: false when the server has closed.
  private static func receive(_ descriptor: Int32, _ received: inout ArraySlice<UInt8>) throws -> Bool {
    let count = try withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { chunk in
      let count = recv(descriptor, chunk.baseAddress, chunk.count, 0)
      guard count >= 0 else { throw Failure(reason: "recv: \(String(cString: strerror(errno)))") }
      received += chunk[..<count]
      return count
    }
    return count > 0
  }

  /// Waits until the kernel takes nothing more from this side, because the server does not read: it has to
  /// be seen so often in a row that a server that merely lags is not taken for one that has paused.
  func waitUntilFull() async {
    var timesFull = 0
    while timesFull < 5_000 {
      var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      timesFull = Glibc.poll(&poll, 1, 0) == 0 ? timesFull + 1 : 0
      await Task.yield()
    }
  }

  private func onThread<Value: Sendable>(
    _ body: @escaping @Sendable (Int32) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { [self] in continuation.resume(with: Result { try body(descriptor) }) }
    }
  }
}
