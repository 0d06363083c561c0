import Domain

/// Holds back log lines that come again and again, so that a flood of clients is none of lines: the first line of a message
/// is written at once, and of those that follow within ``Limits/logPause`` their number, at its end.
struct LogBrake {
  /// What the lines of one message have in common.
  struct Kind: Hashable {
    /// Its level, as ``Logger/Level`` spells it.
    var level: String
    var message: String
  }

  private struct Held {
    var written = 0
    var heldBack = 0
    var ends: ContinuousClock.Instant
  }

  private var kinds: [Kind: Held] = [:]

  /// Takes note of a line.
  /// - Parameter most: Lines of the kind that are written at once.
  /// - Returns: whether it is written, and the number of those held back of its kind before, where their time is over.
  mutating func take(_ kind: Kind, most: Int = 1, now: ContinuousClock.Instant) -> (
    isWritten: Bool, heldBack: Int
  ) {
    var held = kinds[kind] ?? Held(ends: now + Limits.logPause)
    var before = 0
    if held.ends <= now {
      before = held.heldBack
      held = Held(ends: now + Limits.logPause)
    }
    let isWritten = held.written < most
    if isWritten { held.written += 1 } else { held.heldBack += 1 }
    kinds[kind] = held
    return (isWritten, before)
  }

  /// The numbers of lines held back whose time is over; they are told once.
  mutating func due(_ now: ContinuousClock.Instant) -> [(kind: Kind, heldBack: Int)] {
    let over = kinds.filter { $0.value.ends <= now }
    for kind in over.keys { kinds[kind] = nil }
    return over.filter { $0.value.heldBack > 0 }.map { ($0.key, $0.value.heldBack) }
  }

  /// All numbers of lines held back, for the end of the program.
  mutating func all() -> [(kind: Kind, heldBack: Int)] {
    defer { kinds = [:] }
    return kinds.filter { $0.value.heldBack > 0 }.map { ($0.key, $0.value.heldBack) }
  }

  /// Whether lines are held back that nobody has told of.
  var holdsBack: Bool { kinds.contains { $0.value.heldBack > 0 } }

  /// `A wrong token was tried: and 1,799 more in 10 s`
  static func summary(_ message: String, _ heldBack: Int) -> String {
    let digits = Array(String(heldBack))
    var number = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { number += "," }
      number.append(digit)
    }
    return "\(message): and \(number) more in \(Limits.logPause.components.seconds) s"
  }
}
