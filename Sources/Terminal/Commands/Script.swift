import Domain
import Glibc
import Wire

/// Requests from standard input, one a line, answered one after another. All are asked; the status is that of
/// the first that failed.
struct Script {
  private let client: Client

  init(_ client: Client) { self.client = client }

  func run() async throws -> Int32 {
    try await client.connected { connection in
      var input = LineReader(descriptor: 0)
      var (status, number) = (ExitStatus.done, 0)
      while let bytes = try input.next() {
        number += 1
        let line = try Self.text(bytes, number)
        let outcome: Int32
        do {
          outcome = try await answer(line, &input, &number, on: connection)
        } catch let failure as Failure where failure.status != ExitStatus.tryAgain {
          try client.console.complain("line \(number): \(failure.message)")
          outcome = failure.status
        }
        if status == 0 { status = outcome }
        if connection.isLost { break }
      }
      return status
    }
  }

  private static func text(_ bytes: [UInt8], _ number: Int) throws(Failure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .data("line \(number) of standard input is not UTF-8")
    }
    return text
  }

  private func answer(
    _ line: String, _ input: inout LineReader, _ number: inout Int, on connection: Connection
  ) async throws -> Int32 {
    // A line that does not parse is the daemon's to refuse.
    let request = (try? RequestLine(parsing: Array(line.utf8))) ?? RequestLine(positional: [])
    if request.positional.isEmpty, request.named.isEmpty, line.utf8.allSatisfy({ $0 == 32 }) { return 0 }
    if let local = try Local(request.words, typed: true) {
      return try await local.run(client, on: connection)
    }
    try await connection.send(line: line)
    if CommandTable.spec(of: request.positional)?.takesUpload == true {
      while let row = try input.next() {
        number += 1
        try await connection.send(row + [10])
        if row == [UInt8(ascii: ".")] { break }
      }
    }
    return try await client.show(request, from: connection).exitStatus
  }
}

/// The lines of a file descriptor.
struct LineReader {
  private let descriptor: Int32
  private var bytes: [UInt8] = []
  private var start = 0
  private var hasEnded = false

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next line without its LF or CRLF; nil at the end. A last line without LF counts.
  mutating func next() throws(Failure) -> [UInt8]? {
    var searched = start
    while true {
      if let end = bytes[searched...].firstIndex(of: 10) {
        var line = Array(bytes[start..<end])
        if line.last == 13 { line.removeLast() }
        start = end + 1
        return line
      }
      guard bytes.count - start <= Limits.uploadRow + 2 else {
        throw .data("a line of standard input is longer than \(Limits.uploadRow) octets")
      }
      if hasEnded {
        defer { start = bytes.count }
        return start < bytes.count ? Array(bytes[start...]) : nil
      }
      bytes.removeSubrange(..<start)
      start = 0
      searched = bytes.count
      try fill()
    }
  }

  private mutating func fill() throws(Failure) {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &piece, piece.count)
    if count < 0 {
      guard errno == EINTR else {
        throw .data("cannot read standard input: \(String(cString: strerror(errno)))")
      }
    } else if count == 0 {
      hasEnded = true
    } else {
      bytes.append(contentsOf: piece[..<count])
    }
  }
}

extension RequestLine {
  /// The arguments as words of a command line.
  var words: [String] { positional + named.map { "\($0.name)=\($0.value)" } }
}
