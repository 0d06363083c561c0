import Domain
import Wire

/// What `watch` is told.
struct WatchOptions {
  /// The event after which it begins, where no state says otherwise; nil is from now on.
  var since: Int?
  /// What the shell runs for each event.
  var command: String?
  /// The file that keeps the last event that is done.
  var state: String?

  static let help = """
    usage: bellwether watch [--since N] [--exec COMMAND] [--state FILE]

    Tells of every event of introductions, each once and in order, from now on or after event N: a line of
    JSON each, on a terminal a line for people. When the connection is lost it is made anew, and nothing is
    missed. Ctrl-C and SIGTERM end it with status 0.

      --exec COMMAND  run COMMAND by /bin/sh for each event, one after the other, in place of writing it. The
                      JSON is its standard input; BELLWETHER_SEQ, BELLWETHER_ACTION, BELLWETHER_STATE and
                      BELLWETHER_INTRODUCTION say the same. What fails is tried again four times, within some
                      fifteen seconds; then watch ends with status 75 and names the event. One that runs when
                      watch is ended may finish; a second Ctrl-C ends both.
      --state FILE    keep the number of the last event that is done, and begin after it the next time; --since
                      counts only while there is no FILE. An event is done when it is written or COMMAND has
                      ended with status 0, so after a crash one may be done twice, and none is left out.

    """

  init(_ arguments: [String]) throws(Failure) {
    let given = try LocalArguments(arguments, valued: ["since", "exec", "state"], plain: [])
    if let word = given.words.first { throw .usage("watch takes no \"\(word)\"") }
    if let text = given["since"] {
      guard let number = Int(text), number >= 0 else {
        throw .usage("--since \"\(text)\" is no number of an event")
      }
      since = number
    }
    (command, state) = (given["exec"], given["state"])
  }
}

/// `watch`: events as they come, whatever the connection goes through meanwhile.
final class Watch {
  private let client: Client
  private let command: EventCommand?
  private let state: WatchState?
  private let ending = Ending()
  /// The last event that is done; nil until it is known where it begins.
  private var position: Int?
  private var hasConnected = false
  private var pause = Watch.firstPause

  private static let firstPause = Duration.milliseconds(250)
  private static let longestPause = Duration.seconds(30)

  init(_ client: Client, _ options: WatchOptions) throws {
    self.client = client
    command = options.command.map { EventCommand(text: $0, console: client.console) }
    state = options.state.map { WatchState(path: $0) }
    position = try state?.read() ?? options.since
  }

  /// What ends it for good.
  private struct Stop: Error { var failure: Failure }

  func run() async throws -> Int32 {
    let ending = ending
    Interrupts.set({ ending.want() }, isForTermination: true)
    defer { Interrupts.set(nil) }
    while !ending.isWanted {
      do { try await client.connected { try await follow($0) } } catch let stop as Stop {
        throw stop.failure
      } catch let failure as Failure where !ending.isWanted {
        // A place where nothing has answered yet may be the wrong one.
        guard hasConnected, [ExitStatus.tryAgain, ExitStatus.unavailable].contains(failure.status) else {
          throw failure
        }
        if client.console.err.isTerminal {
          try client.console.complain("\(failure.message); connecting again in \(pause.short)")
        }
        // Spread out, so that many clients do not all come back at once.
        try await ending.sleep(for: pause * Double.random(in: 0.75...1))
        pause = min(pause * 2, Self.longestPause)
      } catch is Failure {}
    }
    return ExitStatus.done
  }

  private func follow(_ connection: Connection) async throws {
    hasConnected = true
    ending.setCloser(connection.closer)
    defer { ending.setCloser(nil) }
    if position == nil { try await findBeginning(connection) }
    try await connection.send(line: "WATCH since=\(position!)")
    let out = client.console.out
    while !ending.isWanted {
      switch try await connection.next(beforeWaiting: { try out.flush() }) {
      case .notice(let bytes):
        pause = Self.firstPause
        try await take(Array(bytes))
      case .progress: pause = Self.firstPause
      case .row: continue
      case .last(let last):
        if last.exitStatus == 0 {
          throw Stop(
            failure: Failure(status: ExitStatus.tryAgain, message: "somebody has cancelled the watch"))
        }
        throw Failure(status: last.exitStatus, message: last.complaint)
      }
    }
  }

  /// Asks for the newest event before anything else, so that what comes is not missed should the connection be lost.
  private func findBeginning(_ connection: Connection) async throws {
    // With an empty line behind it, which ends it.
    try await connection.send(line: "WATCH\n")
    let last = try await connection.lastLine()
    guard last.exitStatus == 0, let next = last["next"].flatMap({ Int($0) }) else {
      throw Failure(status: last.exitStatus, message: last.complaint)
    }
    try finish(next)
  }

  private func take(_ json: [UInt8]) async throws {
    let text = String(decoding: json, as: UTF8.self)
    guard let event = try? JSONParser.parse(text), let number = event["seq"]?.int else {
      throw Stop(
        failure: Failure(status: ExitStatus.unavailable, message: "this is no event: \(text.prefix(80))"))
    }
    if let command {
      do { guard try await command.run(event, json, unless: ending) else { return } } catch let failure
        as Failure
      {
        throw Stop(failure: failure)
      }
    } else if client.console.format == .table {
      try client.console.out.write(line: Self.line(event).printable)
    } else {
      try client.console.out.write(json + [10])
    }
    try finish(Int(number))
  }

  private func finish(_ number: Int) throws {
    position = number
    guard let state else { return }
    try client.console.out.flush()
    try state.write(number)
  }

  /// `2026-11-25 21:50:03  #17  I-1 · F-2  accept by the investor, asked  token:x`
  static func line(_ event: JSON) -> String {
    func text(_ name: String) -> String? { event[name]?.text }
    let at = (text("at") ?? "").replacing("T", with: " ").replacing("Z", with: "")
    let side = text("side").map { " by the \($0)" } ?? ""
    var parts = [
      at, "#\(event["introduction"]?.int ?? 0)", "\(text("investor") ?? "?") · \(text("firm") ?? "?")",
      "\(text("action") ?? "?")\(side), \(text("state") ?? "?")",
    ]
    if let until = text("until") { parts.append("until \(until)") }
    if let reason = text("reason") { parts.append(reason) }
    if let by = text("by") { parts.append(by) }
    if let note = text("note") { parts.append("\"\(note)\"") }
    return parts.joined(separator: "  ")
  }
}
