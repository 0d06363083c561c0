import Domain
import Store
import Wire

/// Events that were read together, written once for all who are told the same.
struct EventPage: Sendable {
  /// The lines of all events, and where each of them ends.
  private struct Telling {
    var bytes: [UInt8] = []
    var ends: [Int] = []
  }

  private let parties: [(sequence: Int, investor: String, firm: String)]
  /// As each side is told of them; nil is the desk, which is told all.
  private let tellings: [IntroductionSide?: Telling]
  /// There is no other event up to this number for those whom it is written for.
  let last: Int
  /// Whether any of them may be a move of the desk that it can take back until others are told of it.
  let isOfDesk: Bool

  /// - Parameters:
  ///   - sides: for whom it is written; nil is the desk.
  ///   - last: the number up to which was looked for events; where there is none, that of the last one.
  init(_ events: [IntroductionEvent], for sides: [IntroductionSide?], upTo last: Int = 0) {
    parties = events.map { ($0.sequence, $0.investor, $0.firm) }
    self.last = events.last?.sequence ?? last
    let actions: [IntroductionMove.Action] = [.decline, .advance, .withdraw]
    isOfDesk = events.contains { event in actions.contains { $0.rawValue == event.action } }
    var tellings: [IntroductionSide?: Telling] = [:]
    for side in sides {
      var telling = Telling()
      for event in events {
        event.write(for: side, to: &telling.bytes)
        telling.ends.append(telling.bytes.count)
      }
      tellings[side] = telling
    }
    self.tellings = tellings
  }

  /// Octets that it holds, about.
  var octets: Int { tellings.values.reduce(512) { $0 + $1.bytes.count } }

  /// The lines of events after a number, for a side.
  /// - Parameter isTold: whether of an event between these two.
  func lines(
    after sequence: Int, for side: IntroductionSide?, isTold: (_ investor: String, _ firm: String) -> Bool
  ) -> [UInt8] {
    guard let telling = tellings[side] else { preconditionFailure("A page is written for who reads it.") }
    // The usual case of those who are told everything.
    if side == nil, let first = parties.first, first.sequence > sequence { return telling.bytes }
    var lines: [UInt8] = []
    for (index, event) in parties.enumerated()
    where event.sequence > sequence && isTold(event.investor, event.firm) {
      lines += telling.bytes[(index == 0 ? 0 : telling.ends[index - 1])..<telling.ends[index]]
    }
    return lines
  }
}

extension IntroductionEvent {
  /// Appends the notice that a side is given; nil is the desk. A party is told who the other side is where both want it,
  /// never who did it, and why and in what words of its own moves only, or where it was asked.
  fileprivate func write(for party: IntroductionSide?, to bytes: inout [UInt8]) {
    let isOwn = party == nil || side == party
    let knowsBoth = party == nil || state.isMutual
    bytes += "650-{\"seq\":".utf8
    bytes.append(decimal: sequence)
    Self.write(",\"at\":", at, to: &bytes)
    bytes += ",\"introduction\":".utf8
    bytes.append(decimal: introduction)
    Self.write(",\"action\":", action, to: &bytes)
    Self.write(",\"state\":", state.rawValue, to: &bytes)
    Self.write(",\"side\":", side?.rawValue, to: &bytes)
    Self.write(",\"investor\":", knowsBoth || party == .investor ? investor : nil, to: &bytes)
    Self.write(",\"firm\":", knowsBoth || party == .firm ? firm : nil, to: &bytes)
    Self.write(",\"by\":", party == nil ? by : nil, to: &bytes)
    Self.write(",\"reason\":", isOwn ? reason : nil, to: &bytes)
    Self.write(",\"note\":", isOwn || action == IntroductionMove.Action.ask.rawValue ? note : nil, to: &bytes)
    Self.write(",\"until\":", until, to: &bytes)
    bytes += "}\n".utf8
  }

  private static func write(_ name: String, _ value: String?, to bytes: inout [UInt8]) {
    bytes += name.utf8
    if let value { bytes.append(json: value) } else { bytes += "null".utf8 }
  }
}
