import Dispatch
import Domain
import Synchronization
import Wire

/// Codes for Tab, from the daemon. It asks on a connection of its own and waits for a moment only; an answer that comes
/// later is there for the next Tab.
final class Lookup: Sendable {
  private struct State {
    var found: [String: (codes: [String], at: ContinuousClock.Instant)] = [:]
    var isAsking: Set<String> = []
  }

  private let invocation: Invocation
  private let environment: [String: String]
  private let state = Mutex(State())
  /// A thread of its own: the one that reads the keyboard waits here.
  private let thread = QueueExecutor()

  /// How long typing may be held up.
  private static let patience = Duration.milliseconds(400)
  /// How long an answer is good for.
  private static let lifetime = Duration.seconds(20)
  /// Codes that are offered at most.
  static let most = 50

  init(_ client: Client) {
    invocation = client.invocation
    environment = client.environment
  }

  /// For a command line of a shell, whose own options say where to connect.
  init(_ client: Client, _ words: [String]) {
    invocation = (try? Invocation(words)) ?? client.invocation
    environment = client.environment
  }

  /// Codes that begin with what is typed, and codes of what has a name that does.
  func codes(of noun: String, like typed: String) -> [String] {
    let question = "\(noun) \(typed)"
    let now = ContinuousClock.now
    let (known, asks) = state.withLock { state -> ([String]?, Bool) in
      if let found = state.found[question], now - found.at < Self.lifetime { return (found.codes, false) }
      return (nil, state.isAsking.insert(question).inserted)
    }
    if let known { return known }
    guard asks else { return [] }
    let done = DispatchSemaphore(value: 0)
    Task(executorPreference: thread) { [self] in
      let codes = try? await ask(noun, typed)
      state.withLock { state in
        state.isAsking.remove(question)
        if let codes { state.found[question] = (codes, .now) }
      }
      done.signal()
    }
    let milliseconds = Int(Self.patience.components.attoseconds / 1_000_000_000_000_000)
    _ = done.wait(timeout: .now() + .milliseconds(milliseconds))
    return state.withLock { $0.found[question]?.codes ?? [] }
  }

  private func ask(_ noun: String, _ typed: String) async throws -> [String] {
    var invocation = invocation
    invocation.format = .json
    let client = Client(
      console: Console(invocation, environment: environment), invocation: invocation, environment: environment
    )
    let endpoint = try Endpoint.chosen(option: invocation.connect, environment: environment)
    let tls = TLSOptions(invocation, environment: environment)
    return try await Connection.open(endpoint, tls: tls) { connection in
      let words = ["FIND", noun] + (typed.isEmpty ? [] : [typed])
      let request = RequestLine(positional: words, named: [Attribute("limit", Self.most)])
      return try await client.find(request, on: connection).map(\.code)
    }
  }
}

/// Runs tasks on a thread that no other work holds.
private final class QueueExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "bellwether.lookup")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
