import Glibc

/// A value behind a mutex, and threads that wait until it says something.
///
/// `Synchronization.Mutex` has no condition variable, and the threads of this target (one a connection, one
/// for the private cluster) have to sleep until something happens.
final class Monitor<Value>: @unchecked Sendable {
  private var value: Value
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    // Deadlines must not move when somebody sets the wall clock.
    let failures =
      pthread_mutex_init(mutex, nil) | pthread_condattr_init(&attributes)
      | pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) | pthread_cond_init(condition, &attributes)
    precondition(failures == 0, "A mutex could not be made; this happens only when memory has run out.")
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Reads or changes the value, then wakes every waiting thread to look again.
  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return try body(&value)
  }

  /// Sleeps until `body` gives a result, or until the deadline: then nil.
  func wait<Result>(
    until deadline: ContinuousClock.Instant? = nil, _ body: (inout Value) throws -> Result?
  ) rethrows -> Result? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = try body(&value) {
        pthread_cond_broadcast(condition)
        return result
      }
      guard let deadline else {
        pthread_cond_wait(condition, mutex)
        continue
      }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return nil }
      var until = timespec()
      clock_gettime(CLOCK_MONOTONIC, &until)
      let (seconds, attoseconds) = left.components
      // A year is as good as for ever, and cannot overflow.
      until.tv_sec += Int(min(seconds, 31_536_000))
      until.tv_nsec += Int(attoseconds / 1_000_000_000)
      if until.tv_nsec >= 1_000_000_000 {
        until.tv_sec += 1
        until.tv_nsec -= 1_000_000_000
      }
      pthread_cond_timedwait(condition, mutex, &until)
    }
  }
}
