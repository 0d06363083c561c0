import Glibc
import Store
import Synchronization

/// The roadshows that a plan is being made of, one of each at a time.
final class RoadshowsInWork: Sendable {
  private struct State {
    /// How the search under way is ended, by roadshow; nil while there is none.
    var cancels: [String: (@Sendable () -> Void)?] = [:]
    var isStopped = false
  }

  private let state = Mutex(State())

  /// - Returns: whether nobody else makes a plan of it; then ``leave(_:)`` has to be called.
  func enter(_ roadshow: String) -> Bool {
    state.withLock { state in
      guard state.cancels[roadshow] == nil else { return false }
      state.cancels[roadshow] = .some(nil)
      return true
    }
  }

  func leave(_ roadshow: String) { state.withLock { _ = $0.cancels.removeValue(forKey: roadshow) } }

  /// Notes how to end the search of a plan that is being made.
  func searching(_ roadshow: String, cancel: @escaping @Sendable () -> Void) {
    let isStopped = state.withLock { state in
      state.cancels[roadshow] = .some(cancel)
      return state.isStopped
    }
    if isStopped { cancel() }
  }

  /// Whether no plan is made any more.
  var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Ends all searches, and those to come.
  func stop() {
    let cancels = state.withLock { state in
      state.isStopped = true
      return state.cancels.values.compactMap { $0 }
    }
    for cancel in cancels { cancel() }
  }
}

/// Runs work that keeps processors busy for long on threads of its own, behind all that is answered from memory, and
/// waits for its end.
///
/// - Throws: `StoreError.unavailable` where the system gives no thread; what could be started has ended by then.
func onOwnThreads(name: String, _ bodies: [@Sendable () -> Void]) async throws {
  let open = Mutex((left: bodies.count, refusal: StoreError?.none))
  try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
    let end: @Sendable (StoreError?) -> Void = { refusal in
      let last = open.withLock { open -> StoreError?? in
        open.left -= 1
        open.refusal = open.refusal ?? refusal
        return open.left == 0 ? .some(open.refusal) : nil
      }
      guard let last else { return }
      if let refusal = last { continuation.resume(throwing: refusal) } else { continuation.resume() }
    }
    for body in bodies {
      do throws(StoreError) {
        try startThread(name: name) {
          setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
          body()
          end(nil)
        }
      } catch { end(error) }
    }
  }
}
