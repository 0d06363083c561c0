import Dispatch

/// Runs work that takes time on a thread of Dispatch's, so that Swift's shared threads stay free for requests.
func offThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global(qos: .utility).async {
      continuation.resume(with: Swift.Result { try body() })
    }
  }
}
