import Foundation

/// Threads of their own for what takes all of a core.
enum Threads {
  /// Runs these side by side, until all are over.
  static func run(_ bodies: [@Sendable () -> Void]) {
    let over = DispatchGroup()
    for body in bodies {
      over.enter()
      let thread = Thread {
        body()
        over.leave()
      }
      // The solver is deeply recursive at times.
      thread.stackSize = 64 << 20
      thread.start()
    }
    over.wait()
  }
}
