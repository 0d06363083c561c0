import Domain
import Wire

/// What `nightly` is told.
struct NightlyOptions {
  /// How long a daemon that is away is waited for.
  var patience = Duration.seconds(600)
  /// Whether introductions are emitted once the lists are published.
  var emits = false

  static let help = """
    usage: bellwether nightly [--emit] [--patience TIME]

    Rescores everyone and publishes the lists, for cron and timers: it waits until the run is done and says
    what came of it in one line. When nothing has changed since the last run, nothing is done.

    While the daemon is away (restarting, its database failing over) it says so at once and asks again for up to
    TIME, 10m unless said otherwise (90s, 10m, 2h); however often it asks, there is one run. A place where no
    daemon can be (a host without an address, a folder that is not there, something else that listens) ends it
    at once with status 69. It is safe to start twice: the second ends at once with status 75 while the first is
    at work.

    With --emit, what the new day brings to introductions follows, and then new ones are emitted.

    """

  init(_ arguments: [String]) throws(Failure) {
    let given = try LocalArguments(arguments, valued: ["patience"], plain: ["emit"])
    if let word = given.words.first { throw .usage("nightly takes no \"\(word)\"") }
    emits = try given.flag("emit")
    if let text = given["patience"] {
      guard let duration = Self.duration(text) else {
        throw .usage("--patience \"\(text)\" is no time like 90s, 10m or 2h")
      }
      patience = duration
    }
  }

  /// Reads `90s`, `10m`, `2h` or seconds alone.
  static func duration(_ text: String) -> Duration? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Int(unit == nil ? text[...] : text.dropLast()), (0...1_000_000).contains(number) else {
      return nil
    }
    return .seconds(number * (unit ?? 1))
  }
}

/// `nightly`: one rescoring, and where it is asked for one emission, whatever the daemon goes through meanwhile.
struct Nightly {
  private let client: Client
  private let options: NightlyOptions
  private let steps: [Step]

  /// One request, with a key that is the same for every try, so that it is done once however often it is asked for.
  private struct Step {
    var request: RequestLine
    var summary: (ReplyLine.Last) -> String

    init(_ words: [String], _ named: [Attribute] = [], _ summary: @escaping (ReplyLine.Last) -> String) {
      let key = "nightly-" + String(UInt64.random(in: .min ... .max), radix: 16)
      request = RequestLine(positional: words, named: named + [Attribute("key", key)])
      self.summary = summary
    }
  }

  private static let longestPause = Duration.seconds(30)

  init(_ client: Client, _ options: NightlyOptions) {
    self.client = client
    self.options = options
    let rescoring = Step(["RESCORE"], [Attribute("wait", "yes")], Self.summary)
    let emission = [
      Step(["MAINTAIN"], [], Self.upkeepSummary), Step(["INTRO", "EMIT"], [], Self.emissionSummary),
    ]
    steps = [rescoring] + (options.emits ? emission : [])
  }

  /// What came of one try.
  private enum Outcome {
    case answered(ReplyLine.Last)
    case failed(Failure)

    var status: Int32 {
      switch self {
      case .answered(let last): last.exitStatus
      case .failed(let failure): failure.status
      }
    }

    var complaint: String {
      switch self {
      case .answered(let last): last.complaint
      case .failed(let failure): failure.message
      }
    }
  }

  func run() async throws -> Int32 {
    let started = ContinuousClock.now
    for step in steps {
      let status = try await carryOut(step, since: started)
      guard status == ExitStatus.done else { return status }
    }
    return ExitStatus.done
  }

  /// - Parameter started: when patience began, which is for all steps together.
  private func carryOut(_ step: Step, since started: ContinuousClock.Instant) async throws -> Int32 {
    let begun = ContinuousClock.now
    var pause = Duration.seconds(1)
    var tries = 0
    var (wasSent, wasReached) = (false, false)
    while true {
      tries += 1
      let sentBefore = wasSent
      let outcome = try await attempt(step, &wasSent)
      if case .answered(let last) = outcome, last.exitStatus == 0 {
        try conclude(step.summary(last), tries, ContinuousClock.now - begun)
        return ExitStatus.done
      }
      defer { if case .answered = outcome { wasReached = true } }
      // Busy at the first try is another's run; later it may be our own, of which we lost the reply.
      var mayPass = [ExitStatus.tryAgain, ExitStatus.unavailable].contains(outcome.status)
      if case .answered(let last) = outcome, last.code == 450, !sentBefore { mayPass = false }
      if case .failed(let failure) = outcome, failure.isLasting, !wasReached { mayPass = false }
      guard mayPass else {
        try client.console.complain(outcome.complaint)
        return outcome.status
      }
      let left = options.patience - (ContinuousClock.now - started)
      guard left > .zero else {
        try client.console.complain(
          "\(outcome.complaint) (gave up after \(tries) \(tries == 1 ? "try" : "tries"))")
        return outcome.status
      }
      // Said at once: whoever mistyped the place need not wait for patience to end, and a log says since when.
      if client.console.err.isTerminal {
        try client.console.complain("\(outcome.complaint); asking again in \(min(pause, left).short)")
      } else if tries == 1 {
        try client.console.complain("\(outcome.complaint); asking again for up to \(left.short)")
      }
      // Spread out, so that many clients do not all come back at once; the last try is when patience ends.
      try await Task.sleep(for: min(pause * Double.random(in: 0.75...1), left))
      pause = min(pause * 2, Self.longestPause)
    }
  }

  private func attempt(_ step: Step, _ wasSent: inout Bool) async throws -> Outcome {
    var bar = ProgressBar(client.console.err, width: client.console.err.width(client.environment) ?? 80)
    var isSent = false
    defer { wasSent = wasSent || isSent }
    do {
      let last = try await client.connected { connection in
        try await connection.send(line: step.request.text)
        isSent = true
        while true {
          switch try await connection.next() {
          case .progress(let json): try bar.update(json: json)
          case .row, .notice: continue
          case .last(let last): return last
          }
        }
      }
      try bar.clear()
      return .answered(last)
    } catch let failure as Failure {
      try bar.clear()
      return .failed(failure)
    }
  }

  /// `rescored: run 17.0, 320 investors, 1,700 candidates, 15,600 deals, 12 lists changed in 2.31 s`
  private func conclude(_ summary: String, _ tries: Int, _ elapsed: Duration) throws {
    let again = tries > 1 ? " (\(tries) tries)" : ""
    try client.console.out.write(line: "\(summary) in \(elapsed.short)\(again)")
  }

  private static func count(_ name: String, _ last: ReplyLine.Last) -> String {
    last[name].flatMap { Int($0) }.map(Cell.grouped) ?? "0"
  }

  static func upkeepSummary(_ last: ReplyLine.Last) -> String {
    return
      "looked after: \(count("expired", last)) introductions expired, \(count("returned", last)) came back"
  }

  static func emissionSummary(_ last: ReplyLine.Last) -> String {
    return "introduced: \(count("introductions", last)) introductions of \(count("firms", last)) firms to "
      + "\(count("investors", last)) investors"
  }

  static func summary(_ last: ReplyLine.Last) -> String {
    let run = last["run"].map { "run \($0)" } ?? last.symbol
    if last.code == 251 { return "not rescored: \(last.sentence ?? "unchanged") (\(run))".printable }
    let counts = ["investors", "candidates", "deals", "lists_changed"].compactMap { name in
      last[name].flatMap { Int($0) }.map { "\(Cell.grouped($0)) \(name.replacing("_", with: " "))" }
    }
    return "rescored: \(([run] + counts).joined(separator: ", "))".printable
  }
}
