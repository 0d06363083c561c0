import CLinux
import Glibc

/// Runs the jobs of one actor, in order, on a thread of its own.
///
/// libpq blocks its thread while PostgreSQL thinks. On the shared pool of Swift's concurrency, which has one
/// thread a core, a few slow queries would hold up everything else in the process.
final class ThreadExecutor: SerialExecutor {
  private struct Queue {
    var jobs: [UnownedJob] = []
    var isStopped = false
  }

  private let queue = Monitor(Queue())

  /// - Throws: `StoreError.unavailable` when the system gives no more threads.
  init(name: String) throws(StoreError) {
    // The thread owns the executor until `stop()`, not the other way round.
    try startThread(name: name) { [self] in serve() }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.withLock { $0.jobs.append(job) }
  }

  /// Lets the thread end once it has run what is queued. The owning actor calls this when it goes away.
  func stop() {
    queue.withLock { $0.isStopped = true }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  private func serve() {
    // What is read and decoded here takes long; those who wait for an answer from memory go first. It is a wish: where it
    // is not granted, all are equal.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
    while true {
      let jobs = queue.wait { queue -> [UnownedJob]? in
        if queue.jobs.isEmpty && !queue.isStopped { return nil }
        defer { queue.jobs.removeAll() }
        return queue.jobs
      }
      guard let jobs, !jobs.isEmpty else { return }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
  }
}

/// Starts a detached thread with every signal blocked, so that the signals of the daemon reach the thread
/// that handles them.
///
/// - Throws: `StoreError.unavailable` when the system gives no more threads.
public func startThread(name: String, _ body: @escaping @Sendable () -> Void) throws(StoreError) {
  final class Start {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  // Enough for OpenSSL and Kerberos below libpq and for decoding above it; memory is taken only as it is
  // touched.
  pthread_attr_setstacksize(&attributes, 1 << 20)

  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

  let start = Unmanaged.passRetained(Start(name: name, body: body))
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, &attributes,
    { argument in
      let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
      // The kernel keeps 15 bytes of a thread's name.
      pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
      start.body()
      return nil
    }, start.toOpaque())
  guard failure == 0 else {
    start.release()
    throw .unavailable(reason: "no thread for \(name) could be started: \(errorText(failure))")
  }
}

/// What the C library says of an error number.
func errorText(_ number: Int32) -> String {
  String(cString: strerror(number))
}
