import Glibc
import Wire

/// What `watch --exec` runs for each event.
struct EventCommand {
  let text: String
  let console: Console

  private static let tries = 5
  private static let firstPause = Duration.seconds(1)

  /// Runs it until it ends well.
  /// - Parameter json: the event as it came.
  /// - Returns: false where it was not run to a good end, since the program is to end.
  /// - Throws: a failure with status 75 that names the event, when it has failed several times.
  func run(_ event: JSON, _ json: [UInt8], unless ending: Ending) async throws -> Bool {
    let number = event["seq"]?.int ?? 0
    var pause = Self.firstPause
    for attempt in 1...Self.tries {
      if ending.isWanted { return false }
      guard let fault = try runOnce(event, json, ending) else { return true }
      if attempt == Self.tries {
        throw Failure(
          status: ExitStatus.tryAgain,
          message: "the command \(fault) for event \(number), \(attempt) times; watch begins with it again "
            + "after --since \(number - 1)")
      }
      try console.complain("the command \(fault) for event \(number); trying again in \(pause.short)")
      try await ending.sleep(for: pause)
      pause = pause * 2
    }
    return false
  }

  /// - Returns: how it ended, where it did not end well.
  private func runOnce(_ event: JSON, _ json: [UInt8], _ ending: Ending) throws(Failure) -> String? {
    let child = try spawn(event, json)
    ending.setChild(child.process)
    defer { ending.setChild(nil) }
    Self.write(json + [10], to: child.input)
    var status: Int32 = 0
    while waitpid(child.process, &status, 0) < 0, errno == EINTR {}
    // The macros of wait(2).
    let signal = status & 0x7F
    if signal != 0 { return "was ended by signal \(signal)" }
    return status == 0 ? nil : "ended with status \(status >> 8 & 0xFF)"
  }

  /// Starts it in a group of its own, so that Ctrl-C does not end it half-way.
  private func spawn(_ event: JSON, _ json: [UInt8]) throws(Failure) -> (process: pid_t, input: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Self.cannot("make a pipe", errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
      close(ends[0])
    }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    // This program ignores it.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    let arguments = ["/bin/sh", "-c", text]
    let words = arguments.map { strdup($0) } + [nil]
    let variables = environment(event).map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var process = pid_t()
    let result = posix_spawn(&process, "/bin/sh", &actions, &attributes, words, variables)
    guard result == 0 else {
      close(ends[1])
      throw Self.cannot("run /bin/sh", result)
    }
    return (process, ends[1])
  }

  private func environment(_ event: JSON) -> [String: String] {
    var variables = Client.environment
    variables["BELLWETHER_SEQ"] = event["seq"]?.line
    variables["BELLWETHER_INTRODUCTION"] = event["introduction"]?.line
    variables["BELLWETHER_ACTION"] = event["action"]?.text
    variables["BELLWETHER_STATE"] = event["state"]?.text
    return variables
  }

  /// Writes what it will take of this, and closes.
  private static func write(_ bytes: [UInt8], to input: Int32) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(input, $0.baseAddress! + written, $0.count - written) }
      // It need not read any of it.
      guard count > 0 || errno == EINTR else { break }
      written += max(count, 0)
    }
    close(input)
  }

  private static func cannot(_ what: String, _ number: Int32) -> Failure {
    Failure(status: ExitStatus.tryAgain, message: "cannot \(what): \(String(cString: strerror(number)))")
  }
}
