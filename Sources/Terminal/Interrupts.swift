import Glibc
import Synchronization

/// Where the signal handler writes. It is a plain number, since a handler may touch nothing that could be in the
/// middle of being made.
private nonisolated(unsafe) var bell: Int32 = -1

/// What becomes of Ctrl-C and SIGTERM. The handler only rings a bell; a thread of its own hears it, so that what it does is not
/// bound by the rules of signal handlers.
///
/// Blocking the signals and waiting for them would not do: while the program waits, libdispatch keeps the main thread
/// in sigsuspend with no signal blocked, and the kernel would hand every signal to that thread.
enum Interrupts {
  private static let action = Mutex<(body: @Sendable () -> Void, isForTermination: Bool)?>(nil)
  private static let temporaryFile = Mutex<String?>(nil)

  /// Takes SIGINT and SIGTERM from now on, and ignores SIGPIPE: a reader that has gone shows as an error of
  /// the write. A signal that was ignored, as of a job in the background, stays so.
  static func install() {
    signal(SIGPIPE, SIG_IGN)
    // Whoever started the program may have had them blocked, and the thread below inherits what is.
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    bell = ends[1]
    var thread = pthread_t()
    let started = pthread_create(
      &thread, nil,
      { argument in
        Interrupts.wait(Int32(Int(bitPattern: argument)))
        return nil
      }, UnsafeMutableRawPointer(bitPattern: Int(ends[0])))
    guard started == 0 else { return }
    pthread_detach(thread)
    for number in [SIGINT, SIGTERM] where !isIgnored(number) {
      signal(number) { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(bell, &byte, 1)
        errno = saved
      }
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var now = sigaction()
    sigaction(number, nil, &now)
    return unsafeBitCast(now.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func wait(_ ear: Int32) {
    var byte: UInt8 = 0
    while true {
      let count = read(ear, &byte, 1)
      guard count == 1 else {
        if count < 0, errno == EINTR { continue }
        return
      }
      if let action = action.withLock({ $0 }), Int32(byte) == SIGINT || action.isForTermination {
        action.body()
      } else {
        die(of: Int32(byte))
      }
    }
  }

  /// Ends the process as the signal would have, leaving neither half a file nor half a line behind.
  private static func die(of number: Int32) {
    if let path = temporaryFile.withLock({ $0 }) { unlink(path) }
    if isatty(2) == 1 { _ = "\r\u{1B}[K".withCString { write(2, $0, 4) } }
    signal(number, SIG_DFL)
    raise(number)
  }

  /// What Ctrl-C does from now on, and SIGTERM where that is said; nil: it ends the process.
  static func set(_ new: (@Sendable () -> Void)?, isForTermination: Bool = false) {
    action.withLock { $0 = new.map { ($0, isForTermination) } }
  }

  /// The file that an interrupted process removes.
  static func setTemporaryFile(_ path: String?) { temporaryFile.withLock { $0 = path } }
}
