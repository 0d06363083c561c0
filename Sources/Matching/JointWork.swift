import Dispatch
import Synchronization

/// Parts that are made by all threads that need them: each takes one after the other until none is left, and waits for
/// those that others are at.
final class JointWork<Part: Sendable>: Sendable {
  private let count: Int
  private let make: @Sendable (Int) -> Part
  private let next = Atomic(0)
  private let made: Mutex<[Part?]>
  private let isDone = DispatchGroup()

  /// - Parameter make: Makes the part of a number below the count, once, on any thread.
  init(count: Int, make: @escaping @Sendable (Int) -> Part) {
    self.count = count
    self.make = make
    made = Mutex(Array(repeating: nil, count: count))
  }

  /// Takes part, and gives all parts in their order.
  func finish() -> [Part] {
    while true {
      // Before it takes a part, so that whoever finds none left waits for it.
      isDone.enter()
      defer { isDone.leave() }
      let number = next.add(1, ordering: .acquiringAndReleasing).oldValue
      guard number < count else { break }
      let part = make(number)
      made.withLock { $0[number] = part }
    }
    isDone.wait()
    return made.withLock { $0.map { $0! } }
  }

  /// Parts of the numbers below a count, so many of them together, made by as many threads, of which the caller's is one.
  static func parts(
    of count: Int, together: Int, threads: Int, make: @escaping @Sendable (Range<Int>) -> Part
  ) -> [Part] {
    let work = JointWork(count: (count + together - 1) / together) { part in
      make(part * together..<Swift.min((part + 1) * together, count))
    }
    DispatchQueue.concurrentPerform(iterations: Swift.max(1, threads)) { _ in _ = work.finish() }
    return work.finish()
  }
}
