import Glibc
import Synchronization

/// What becomes of Ctrl-C. A thread of its own takes the signal, so that what it does is not bound by the
/// rules of signal handlers.
enum Interrupts {
  private static let action = Mutex<(@Sendable () -> Void)?>(nil)
  private static let temporaryFile = Mutex<String?>(nil)

  /// Takes SIGINT and SIGTERM from now on, and ignores SIGPIPE: a reader that has gone shows as an error of
  /// the write. It is called before there are other threads, which inherit what is blocked.
  static func install() {
    signal(SIGPIPE, SIG_IGN)
    var blocked = signals
    pthread_sigmask(SIG_BLOCK, &blocked, nil)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { _ in
        Interrupts.wait()
        return nil
      }, nil)
    pthread_detach(thread)
  }

  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
  }

  private static func wait() {
    while true {
      var (number, set) = (Int32(0), signals)
      guard sigwait(&set, &number) == 0 else { continue }
      if number == SIGINT, let action = action.withLock({ $0 }) {
        action()
      } else {
        die(of: number)
      }
    }
  }

  /// Ends the process as the signal would have, leaving neither half a file nor half a line behind.
  private static func die(of number: Int32) {
    if let path = temporaryFile.withLock({ $0 }) { unlink(path) }
    if isatty(2) == 1 { _ = "\r\u{1B}[K".withCString { write(2, $0, 4) } }
    signal(number, SIG_DFL)
    var set = signals
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
  }

  /// What Ctrl-C does from now on; nil: it ends the process.
  static func set(_ new: (@Sendable () -> Void)?) { action.withLock { $0 = new } }

  /// The file that an interrupted process removes.
  static func setTemporaryFile(_ path: String?) { temporaryFile.withLock { $0 = path } }
}
