import Dispatch
import Domain
import Glibc
import Logging
import Synchronization

/// Writes one line a message to standard error: `2026-11-24T01:02:03Z info message key=value`. Under journald,
/// which keeps its own time, a priority stands in front instead. ``LogText`` sees to it that nothing that a client sends can
/// forge a line.
///
/// Lines that clients can cause are braked (``LogBrake``): those that name the peer they come of, or its command.
struct LogLines: LogHandler {
  var metadata: Logger.Metadata = [:]
  private static let isJournal = getenv("JOURNAL_STREAM") != nil

  /// Its place among all levels; one for all loggers, and it may change at any time.
  private static let least = Atomic(2)

  static func setLevel(_ level: Logger.Level) {
    least.store(Logger.Level.allCases.firstIndex(of: level) ?? 2, ordering: .relaxed)
  }

  var logLevel: Logger.Level {
    get { Logger.Level.allCases[Self.least.load(ordering: .relaxed)] }
    set { Self.setLevel(newValue) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let message = event.message.description
    // Whoever asks for debug wants to see everything.
    if event.level >= .info, Self.clientKeys.contains(where: { all[$0] != nil }),
      !Self.take(event.level, message)
    {
      return
    }
    Self.write(event.level, message, all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
  }

  private static func write(
    _ level: Logger.Level, _ message: String, _ values: [(key: String, value: String)]
  ) {
    let line =
      (isJournal ? "<\(Self.priority(level))>" : "\(Self.now) \(level) ") + LogText.line(message, values)
    let bytes = Array("\(line)\n".utf8)
    // One write is one line, whoever else writes.
    _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }

  // MARK: Lines that clients cause

  /// Keys that name the client a line comes of, or its command.
  private static let clientKeys = ["peer", "from", "command"]
  private static let brake = Mutex((brake: LogBrake(), isTimed: false))

  /// Whether a line is written, and not only counted.
  private static func take(_ level: Logger.Level, _ message: String) -> Bool {
    let kind = LogBrake.Kind(level: "\(level)", message: message)
    let most = level >= .error ? Limits.loggedErrors : 1
    let (taken, begins) = brake.withLock { state in
      let taken = state.brake.take(kind, most: most, now: .now)
      let begins = !taken.isWritten && !state.isTimed
      if begins { state.isTimed = true }
      return (taken, begins)
    }
    if taken.heldBack > 0 { write(level, LogBrake.summary(message, taken.heldBack), []) }
    if begins { tellLater() }
    return taken.isWritten
  }

  /// Tells of what was held back, while something is.
  private static func tellLater() {
    let seconds = Int(Limits.logPause.components.seconds)
    DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .seconds(seconds)) {
      let (due, goesOn) = brake.withLock { state in
        let due = state.brake.due(.now)
        state.isTimed = state.brake.holdsBack
        return (due, state.isTimed)
      }
      tell(due)
      if goesOn { tellLater() }
    }
  }

  /// Tells of all that was held back; for the end of the program.
  static func flush() { tell(brake.withLock { $0.brake.all() }) }

  private static func tell(_ counts: [(kind: LogBrake.Kind, heldBack: Int)]) {
    for (kind, heldBack) in counts.sorted(by: { $0.kind.message < $1.kind.message }) {
      let level = Logger.Level(rawValue: kind.level) ?? .info
      write(level, LogBrake.summary(kind.message, heldBack), [])
    }
  }

  private static var now: String { text(of: time(nil)) }

  /// A second since 1970, as `2026-11-24T01:02:03Z`.
  static func text(of second: time_t) -> String {
    var seconds = second
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// syslog's numbers.
  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
