import Domain
import Wire

/// How far a command has come, on one line of a terminal that is drawn anew; nothing anywhere else.
struct ProgressBar {
  private let output: Output
  private let width: Int
  private var step = ""
  private var isShown = false
  private var started = ContinuousClock.now
  private var drawn: ContinuousClock.Instant?

  /// How often it is drawn anew at most.
  private static let interval = Duration.milliseconds(100)
  private static let barWidth = 24

  init(_ output: Output, width: Int) {
    self.output = output
    self.width = width
  }

  /// Takes the JSON of a 150 line.
  mutating func update(json text: String) throws {
    guard let json = try? JSONParser.parse(text), let step = json["step"]?.text else { return }
    try update(step: step, done: json["done"]?.int ?? json["rows"]?.int ?? 0, of: json["of"]?.int)
  }

  mutating func update(step: String, done: Int64, of total: Int64?) throws {
    guard output.isTerminal else { return }
    let now = ContinuousClock.now
    if step != self.step {
      self.step = step
      started = now
    } else if let drawn, now - drawn < Self.interval, done != total {
      return
    }
    drawn = now
    isShown = true
    let line = Self.line(step: step, done: done, of: total, elapsed: now - started).cut(toCells: width - 1)
    try output.write("\r\u{1B}[K" + line)
    try output.flush()
  }

  /// Takes the bar off the screen.
  mutating func clear() throws {
    guard isShown else { return }
    isShown = false
    try output.write("\r\u{1B}[K")
    try output.flush()
  }

  /// `score  ████████▌───────  40%  8,000 of 20,000  12,345/s  3 s left`
  static func line(step: String, done: Int64, of total: Int64?, elapsed: Duration) -> String {
    let seconds = elapsed.seconds
    let rate = seconds > 0.5 ? Double(done) / seconds : 0
    var parts = [step.printable]
    if let total, total > 0 {
      let share = min(max(Double(done) / Double(total), 0), 1)
      let eighths = Int(share * Double(barWidth * 8))
      let partial = eighths % 8 == 0 ? "" : String("▏▎▍▌▋▊▉".dropFirst(eighths % 8 - 1).first!)
      let full = String(repeating: "█", count: eighths / 8) + partial
      parts.append(full + String(repeating: "·", count: barWidth - full.count))
      let percent = String(Int(share * 100))
      parts.append(String(repeating: " ", count: 3 - percent.count) + percent + "%")
      parts.append("\(Cell.grouped(done)) of \(Cell.grouped(total))")
    } else {
      parts.append(Cell.grouped(done))
    }
    if rate >= 1 { parts.append("\(Cell.grouped(Int64(rate)))/s") }
    if let total, rate > 0, done < total {
      let left = Int((Double(total - done) / rate).rounded(.up))
      parts.append(left < 60 ? "\(left) s left" : "\(Duration.seconds(left).short) left")
    }
    return parts.joined(separator: "  ")
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

  /// `0.42 s`, `12.3 s`, `4 min 10 s`, `2 h 5 min`.
  var short: String {
    let seconds = seconds
    switch seconds {
    case ..<60:
      let hundredths = Int((seconds * 100).rounded())
      if hundredths < 1_000 {
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
      }
      return "\(hundredths / 100).\(hundredths % 100 / 10) s"
    case ..<3_600: return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    default: return "\(Int(seconds) / 3_600) h \(Int(seconds) % 3_600 / 60) min"
    }
  }
}
