import Foundation

/// Somebody who asks, reads the reply and asks again, on a thread of its own, and takes the time of each.
final class GoodClient: @unchecked Sendable {
  /// What its replies begin with.
  private let requests: [(line: String, last: String)]
  private let client: LineClient
  private let lock = NSLock()
  private var isOver = false
  private var milliseconds: [Double] = []
  private var failure: (any Error)?
  private var ended = DispatchSemaphore(value: 0)

  init(_ client: LineClient, asking requests: [(line: String, last: String)]) {
    self.client = client
    self.requests = requests
  }

  func begin() {
    (isOver, milliseconds, failure) = (false, [], nil)
    Thread.detachNewThread { [self] in
      do { while !lock.withLock({ isOver }) { try askAll() } } catch { failure = error }
      ended.signal()
    }
  }

  /// - Returns: the milliseconds of each reply, sorted.
  func end() throws -> [Double] {
    lock.withLock { isOver = true }
    ended.wait()
    if let failure { throw failure }
    return milliseconds.sorted()
  }

  private func askAll() throws {
    for (line, last) in requests {
      let start = DispatchTime.now().uptimeNanoseconds
      let reply = try client.ask(line).last ?? ""
      milliseconds.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
      guard reply.hasPrefix(last) else { throw LineClient.Failure(description: "\(line): \(reply)") }
      // A person, or a program that has something else to do as well.
      usleep(500)
    }
  }
}

/// The value below which this share of sorted values lies.
func quantile(_ share: Double, of sorted: [Double]) -> Double {
  sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
}
