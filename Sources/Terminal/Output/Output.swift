import Glibc

/// Standard output or standard error: octets are gathered and written in large pieces.
final class Output {
  private let descriptor: Int32
  private var bytes: [UInt8] = []
  let isTerminal: Bool
  /// Whether escape sequences for colour may be written.
  let isColored: Bool

  private static let pieceSize = 65_536

  /// When colour is wanted.
  enum Color: String, CaseIterable { case auto, always, never }

  init(descriptor: Int32, color: Color = .auto, environment: [String: String] = [:]) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    switch color {
    case .always: isColored = true
    case .never: isColored = false
    case .auto:
      isColored =
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }

  /// Cells a line of the terminal has, nil where output is no terminal and nobody says (`$COLUMNS`).
  func width(_ environment: [String: String]) -> Int? {
    var size = winsize()
    if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return Int(size.ws_col)
    }
    if let columns = environment["COLUMNS"].flatMap(Int.init), columns > 0 { return columns }
    return isTerminal ? 80 : nil
  }

  func write(_ text: String) throws { try write(text.utf8) }

  func write(line: String) throws { try write(line + "\n") }

  func write(_ more: some Sequence<UInt8>) throws {
    bytes.append(contentsOf: more)
    if bytes.count >= Self.pieceSize { try flush() }
  }

  /// Writes what has been gathered.
  /// - Throws: ``ReaderGone`` when nobody reads any more, and a failure when the disk is full or the like.
  func flush() throws {
    defer { bytes.removeAll(keepingCapacity: true) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count >= 0 {
        written += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, -1)
      case EPIPE: throw ReaderGone()
      default:
        throw Failure(
          status: ExitStatus.cannotCreate,
          message: "cannot write the output: \(String(cString: strerror(errno)))")
      }
    }
  }
}

/// Escape sequences of terminals (ECMA-48).
enum Paint: String {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case yellow = "33"

  func callAsFunction(_ text: String, if isColored: Bool) -> String {
    isColored ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
