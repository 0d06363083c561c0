import Foundation
import Testing

/// A blocking connection to the daemon, as plain as can be, so that it hides nothing.
class LineClient {
  struct Failure: Error, CustomStringConvertible { var description: String }

  let descriptor: Int32
  private var buffer: [UInt8] = []

  init(socket path: String) throws {
    descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    precondition(bytes.count < 108)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      // deinit runs for an object whose init throws once all is set, and closes the descriptor.
      let problem = String(cString: strerror(errno))
      throw Failure(description: "cannot connect to \(path): \(problem)")
    }
    limitWaiting()
  }

  /// Connects to a port of the loopback interface.
  /// - Parameters:
  ///   - source: where it comes from, any address of that interface.
  ///   - receiveBuffer: octets that the kernel holds for it, about.
  init(port: UInt16, from source: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws {
    descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
    }
    // Without it a port is taken when the source is named, not when both ends are known, and they run out.
    var late: Int32 = 1
    // From linux/in.h.
    let bindAddressNoPort: Int32 = 24
    setsockopt(
      descriptor, Int32(IPPROTO_IP), bindAddressNoPort, &late,
      socklen_t(MemoryLayout<Int32>.size))
    guard call(Foundation.bind, source, 0) == 0, call(Foundation.connect, "127.0.0.1", port) == 0 else {
      throw Failure(description: "cannot connect to port \(port): \(String(cString: strerror(errno)))")
    }
    limitWaiting()
  }

  private func call(
    _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ host: String, _ port: UInt16
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr(host)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private func limitWaiting() {
    // No test may hang for ever on a line that does not come.
    var limit = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func greeting() throws -> String {
    let line = try readLine()
    guard let line, line.hasPrefix("220 ") else {
      throw Failure(description: "no greeting: \(line ?? "nothing")")
    }
    return line
  }

  func send(_ line: String) throws { try send(bytes: Array("\(line)\n".utf8)) }

  func send(bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      sent += try bytes[sent...].withUnsafeBytes { try sendSome($0) }
    }
  }

  /// Sends some of these octets, at least one.
  func sendSome(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    let count = Foundation.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    guard count > 0 else { throw Failure(description: "cannot send: \(String(cString: strerror(errno)))") }
    return count
  }

  /// Waits for octets; 0 at the end.
  func receiveSome(_ room: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = recv(descriptor, room.baseAddress, room.count, 0)
    guard count >= 0 else { throw Failure(description: "cannot read: \(String(cString: strerror(errno)))") }
    return count
  }

  /// Ends this side; replies still come.
  func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next line without its LF, nil at the end.
  func readLine() throws -> String? {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeSubrange(...end)
        return line
      }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = try chunk.withUnsafeMutableBytes { try receiveSome($0) }
      if count == 0 { return nil }
      buffer += chunk[..<count]
    }
  }

  /// Lines up to the last one of a reply.
  func reply() throws -> [String] {
    var lines: [String] = []
    while let line = try readLine() {
      lines.append(line)
      let bytes = Array(line.utf8)
      if bytes.count > 3, bytes[3] == UInt8(ascii: " ") { return lines }
    }
    throw Failure(description: "the connection ended inside a reply: \(lines)")
  }

  /// Sends a request and reads its reply.
  func ask(_ line: String) throws -> [String] {
    try send(line)
    return try reply()
  }

  /// Makes a token; gives what AUTH TOKEN takes.
  func newToken(_ words: String) throws -> String {
    let row = try ask("TOKEN ADD \(words)").first ?? ""
    let beginning = "250-{\"token\":\""
    guard row.hasPrefix(beginning) else { throw Failure(description: "no token but \(row)") }
    return String(row.dropFirst(beginning.count).dropLast(2))
  }

  /// Sends an upload whole and reads the reply after 354.
  func upload(_ request: String, _ rows: [String]) throws -> [String] {
    try send(bytes: Array(([request] + rows + ["."]).map { $0 + "\n" }.joined().utf8))
    let first = try reply()
    guard first.last?.hasPrefix("354 ") == true else { return first }
    return try reply()
  }
}

/// Checks how the last line of a reply begins.
func check(
  _ client: LineClient, _ request: String, _ beginning: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let last = try client.ask(request).last ?? ""
  #expect(last.hasPrefix(beginning), "\(request): \(last)", sourceLocation: sourceLocation)
}
