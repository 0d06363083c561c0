import Glibc
import Logging

/// Writes one line a message to standard error: `2026-11-24T01:02:03Z info message key=value`. Under journald,
/// which keeps its own time, a priority stands in front instead. ``LogText`` sees to it that nothing that a client sends can
/// forge a line.
struct LogLines: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let isJournal = getenv("JOURNAL_STREAM") != nil

  init(level: Logger.Level) { logLevel = level }

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

  private static var now: String {
    var seconds = time(nil)
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
