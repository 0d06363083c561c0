import Glibc
import Logging
import Synchronization

/// Writes one line a message to standard error: `2026-11-24T01:02:03Z info message key=value`. Under journald,
/// which keeps its own time, a priority stands in front instead. ``LogText`` sees to it that nothing that a client sends can
/// forge a line.
struct LogLines: LogHandler {
  var metadata: Logger.Metadata = [:]
  private let isJournal = getenv("JOURNAL_STREAM") != nil

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
    let line =
      (isJournal ? "<\(Self.priority(event.level))>" : "\(Self.now) \(event.level) ")
      + LogText.line(
        event.message.description, all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
    let bytes = Array("\(line)\n".utf8)
    // One write is one line, whoever else writes.
    _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
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
