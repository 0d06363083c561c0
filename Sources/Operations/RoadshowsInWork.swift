import Glibc
import Store
import Synchronization

/// The roadshows that a plan is being made of, one of each at a time.
final class RoadshowsInWork: Sendable {
  private let codes = Mutex<Set<String>>([])

  /// - Returns: whether nobody else makes a plan of it; then ``leave(_:)`` has to be called.
  func enter(_ roadshow: String) -> Bool { codes.withLock { $0.insert(roadshow).inserted } }

  func leave(_ roadshow: String) { codes.withLock { _ = $0.remove(roadshow) } }
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
