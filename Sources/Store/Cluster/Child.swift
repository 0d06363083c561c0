import CLinux
import Glibc

/// A process started by this one.
///
/// Its process id is never signalled after the process has been reaped, so that no stranger is ever hit.
final class Child: Sendable {
  /// How a process ended.
  enum Exit: Sendable, Hashable, CustomStringConvertible {
    case status(Int32)
    case signal(Int32)

    var description: String {
      switch self {
      case .status(let status): "exit status \(status)"
      case .signal(let signal): "signal \(signal) (\(String(cString: strsignal(signal))))"
      }
    }
  }

  let pid: pid_t
  private let exit: Monitor<Exit?>

  private init(pid: pid_t, exit: Monitor<Exit?>) {
    self.pid = pid
    self.exit = exit
  }

  /// Starts a process in a process group of its own, so that a Ctrl-C on the terminal is the daemon's alone.
  ///
  /// It inherits nothing but `output`: no other file, no ignored or blocked signal, no variable.
  ///
  /// - Parameters:
  ///   - arguments: The program's path, then its arguments.
  ///   - output: Where its standard output and error go.
  ///   - onExit: Called once, on another thread, when it has ended.
  static func spawn(
    _ arguments: [String], environment: [String] = [], output: Int32,
    onExit: @escaping @Sendable () -> Void = {}
  ) throws(StoreError) -> Child {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    // A data directory must not depend on where the daemon was started, nor keep that file system busy.
    posix_spawn_file_actions_addchdir_np(&actions, "/")

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let argumentPointers = arguments.map { strdup($0) } + [nil]
    let environmentPointers = environment.map { strdup($0) } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var pid: pid_t = 0
    let failure = posix_spawn(
      &pid, arguments[0], &actions, &attributes, argumentPointers, environmentPointers)
    guard failure == 0 else {
      throw .unavailable(reason: "\(arguments[0]) could not be started: \(errorText(failure))")
    }
    let exit = Monitor<Exit?>(nil)
    let child = Child(pid: pid, exit: exit)
    do {
      try startThread(name: "store-child") {
        child.awaitEnd()
        onExit()
      }
    } catch {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
      throw error
    }
    return child
  }

  /// How it ended, nil while it runs.
  var ending: Exit? { exit.withLock { $0 } }

  /// Sends a signal, unless the process has ended.
  func signal(_ number: Int32) {
    exit.withLock { exit in
      if exit == nil { kill(pid, number) }
    }
  }

  /// Blocks until the process has ended, or until the deadline: then nil.
  func waitForEnd(until deadline: ContinuousClock.Instant) -> Exit? {
    exit.wait(until: deadline) { $0 }
  }

  private func awaitEnd() {
    // First wait without reaping: until it is reaped under the lock, the id still belongs to it.
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    exit.withLock { exit in
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
      exit = status & 0x7F == 0 ? .status(status >> 8 & 0xFF) : .signal(status & 0x7F)
    }
  }
}

extension Child {
  /// Runs a short-lived program and returns how it ended and the first 64 KiB of what it said.
  static func run(_ arguments: [String], environment: [String] = [], time: Duration) throws -> (Exit, String)
  {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw StoreError.unavailable(reason: "no pipe for \(arguments[0]): \(errorText(errno))")
    }
    defer { close(ends[0]) }
    let child: Child
    do {
      defer { close(ends[1]) }
      child = try spawn(arguments, environment: environment, output: ends[1])
    }
    let deadline = ContinuousClock.now + time
    let output = readAll(ends[0], until: deadline)
    guard let exit = child.waitForEnd(until: deadline) else {
      child.signal(SIGKILL)
      throw StoreError.unavailable(reason: "\(arguments[0]) did not end in time")
    }
    return (exit, output)
  }

  private static func readAll(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 16 {
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = poll(&ready, 1, deadline.millisecondsLeft)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      let length = read(descriptor, &buffer, buffer.count)
      guard length > 0 else { break }
      bytes.append(contentsOf: buffer[..<length])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
