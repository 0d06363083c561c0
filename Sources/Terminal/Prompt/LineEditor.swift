@preconcurrency import CEdit
import Glibc
import Synchronization

/// The line editor of the prompt: libedit, with history and completion. There is one in a process, since
/// libedit keeps its state in globals.
final class LineEditor {
  enum Input: Equatable {
    case line(String)
    /// Ctrl-C.
    case interrupted
    /// Ctrl-D on an empty line, or the terminal has gone.
    case ended
  }

  private let historyPath: String?
  private let wake: (read: Int32, write: Int32)

  /// Lines of history that are kept.
  private static let historyLength: Int32 = 1_000

  /// - Parameter complete: the words that may stand for the partial one behind those before it.
  init(environment: [String: String], complete: @escaping @Sendable ([String], String) -> [String]) {
    EditorState.setCompletion(complete)
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    wake = (ends[0], ends[1])
    historyPath = Self.historyPath(environment)
    rl_readline_name = UnsafePointer(strdup("bellwether"))
    rl_initialize()
    using_history()
    stifle_history(Self.historyLength)
    if let historyPath { read_history(historyPath) }
    rl_basic_word_break_characters = UnsafePointer(strdup(" "))
    rl_attempted_completion_function = { text, start, _ in completed(text, start) }
  }

  /// `$XDG_STATE_HOME/bellwether/history`, its folder made if need be; nil when there is no home.
  private static func historyPath(_ environment: [String: String]) -> String? {
    let state =
      environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.local/state" : nil }
    guard let state else { return nil }
    let folder = state + "/bellwether"
    for (index, character) in folder.enumerated() where character == "/" && index > 0 {
      mkdir(String(folder.prefix(index)), 0o700)
    }
    mkdir(folder, 0o700)
    return folder + "/history"
  }

  /// Remembers a line, for now and for later sessions. A line that carries a secret is not remembered.
  func remember(_ line: String) {
    guard line.split(separator: " ").first?.lowercased() != "auth" else { return }
    add_history(line)
    guard let historyPath else { return }
    let mask = umask(0o077)
    write_history(historyPath)
    umask(mask)
    chmod(historyPath, 0o600)
  }

  /// Reads a line; the terminal is in its usual mode before and after.
  func read(prompt: String) -> Input {
    let wake = wake
    Interrupts.set { _ = [UInt8(0)].withUnsafeBytes { Glibc.write(wake.write, $0.baseAddress!, 1) } }
    defer { Interrupts.set(nil) }
    drainWake()
    EditorState.finish(with: nil)
    rl_callback_handler_install(prompt) { line in
      EditorState.finish(with: .some(line.map { String(cString: $0) }))
      free(line)
      rl_callback_handler_remove()
    }
    while true {
      var waits = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waits, 2, -1) >= 0 else {
        if errno == EINTR { continue }
        rl_callback_handler_remove()
        return .ended
      }
      if waits[1].revents != 0 {
        rl_callback_handler_remove()
        _ = "^C\n".withCString { Glibc.write(1, $0, 3) }
        return .interrupted
      }
      if waits[0].revents & Int16(POLLIN) != 0 {
        rl_callback_read_char()
        if let finished = EditorState.finished { return finished.map { .line($0) } ?? end() }
      } else if waits[0].revents != 0 {
        rl_callback_handler_remove()
        return .ended
      }
    }
  }

  private func end() -> Input {
    _ = "\n".withCString { Glibc.write(1, $0, 1) }
    return .ended
  }

  private func drainWake() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while Glibc.read(wake.read, &bytes, bytes.count) > 0 {}
  }
}

/// What the callbacks of libedit, which carry no context, hand over: the line that was finished, itself nil
/// for the end of input.
private enum EditorState {
  private static let state = Mutex<String??>(nil)
  static var finished: String?? { state.withLock { $0 } }
  static func finish(with line: String??) { state.withLock { $0 = line } }

  private static let completion = Mutex<@Sendable ([String], String) -> [String]>({ _, _ in [] })
  static func setCompletion(_ complete: @escaping @Sendable ([String], String) -> [String]) {
    completion.withLock { $0 = complete }
  }
  static func completions(after words: [String], partial: String) -> [String] {
    completion.withLock { $0 }(words, partial)
  }
}

/// Candidates in the form that libedit takes and frees: what replaces the word, then each candidate, then NULL.
/// Of a single candidate there are two for it to be taken as complete.
private func completed(
  _ text: UnsafePointer<CChar>?, _ start: Int32
) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
  rl_attempted_completion_over = 1
  guard let text, let buffer = rl_line_buffer else { return nil }
  let before = String(
    decoding: UnsafeRawBufferPointer(start: buffer, count: min(Int(start), strlen(buffer))), as: UTF8.self)
  let found = EditorState.completions(
    after: before.split(separator: " ").map(String.init), partial: String(cString: text))
  if found == Completion.files {
    rl_attempted_completion_over = 0
    return nil
  }
  guard let first = found.first else { return nil }
  let common = found.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
  let matches = [common] + found
  // A key waits for its value right behind the equals sign.
  rl_completion_append_character = found.count == 1 && first.hasSuffix("=") ? 0 : Int32(UInt8(ascii: " "))
  let size = (matches.count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
  guard let memory = malloc(size) else { return nil }
  let list = memory.bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: matches.count + 1)
  for (index, match) in matches.enumerated() { list[index] = strdup(match) }
  list[matches.count] = nil
  return list
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
