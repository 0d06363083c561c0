import Domain
import Planning
import Store

/// Why chosen meetings have no timetable, in terms of the desk: the smallest set of rules that clash, and the cheapest way
/// out.
struct PlanClash: Sendable {
  let rows: [PlanRow]
  /// The way out in words; nil where none is known.
  let advice: String?

  /// What closes slots, beside tables and order.
  private enum Reason {
    case away(party: String)
    case pinned(RoadshowDesk.Pair)
  }

  /// What an organizer would rather give up: first a pin of its own, then where somebody is, which is others' to change.
  private enum Price {
    static let pin = 3
    static let absence = 5
  }

  /// - Parameter deadline: when to end with what there is.
  init(_ day: PlanDay, until deadline: ContinuousClock.Instant) {
    let (reasons, closures) = Self.closures(day)
    var problem = day.problem
    problem.mostSpread = problem.tables.count
    for closure in closures {
      for meeting in closure.meetings {
        for slot in closure.slots { problem.meetings[meeting].slots[slot] = true }
      }
    }
    let clash = TimetableClash(problem, closures: closures, until: deadline)
    let slots = day.basis.desk.slots
    let rules = clash.rules.map { rule -> PlanRow in
      switch rule {
      case .closure(let number): Self.row("clash", reasons[number])
      case .tables(let slot):
        PlanRow("clash", "tables").at(slots[slot].number, tables: problem.tables[slot])
      case .precedence(let number):
        PlanRow("clash", "order", pair: day.pair(problem.precedences[number].after))
      case .meeting(let number): PlanRow("clash", "meeting", pair: day.pair(number))
      }
    }
    let wayOut = clash.wayOut.map { step -> PlanRow in
      switch step {
      case .open(let number): Self.row("way_out", reasons[number])
      case .moreTables(let slot, let count):
        PlanRow("way_out", "more_tables").at(slots[slot].number, tables: count)
      case .forget(let number): PlanRow("way_out", "order", pair: day.pair(problem.precedences[number].after))
      case .cancel(let number): PlanRow("way_out", "meeting", pair: day.pair(number))
      }
    }
    rows = rules + wayOut
    advice = Self.advice(clash.wayOut, reasons, day)
  }

  private static func advice(_ steps: [TimetableClash.WayOut], _ reasons: [Reason], _ day: PlanDay) -> String?
  {
    func names(_ pair: RoadshowDesk.Pair) -> String { "\(pair.firm) and \(pair.investor)" }
    let words = steps.prefix(5).map { step -> String in
      switch step {
      case .open(let number):
        switch reasons[number] {
        case .away(let party): "\(party) there all the time"
        case .pinned(let pair): "\(names(pair)) not pinned to a slot"
        }
      case .moreTables(let slot, let count):
        "\(count == 1 ? "one more table" : "\(count) more tables") at \(day.basis.desk.slots[slot].startsAt)"
      case .forget(let number): "\(names(day.pair(day.problem.precedences[number].after))) at any time"
      case .cancel(let number): "no meeting of \(names(day.pair(number)))"
      }
    }
    guard !words.isEmpty else { return nil }
    return words.joined(separator: ", ")
      + (steps.count > words.count ? " and \(steps.count - words.count) more" : "")
  }

  private static func row(_ what: String, _ reason: Reason) -> PlanRow {
    switch reason {
    case .away(let party): PlanRow(what, "away", party: party)
    case .pinned(let pair): PlanRow(what, "pinned", pair: pair)
    }
  }

  private static func closures(_ day: PlanDay) -> ([Reason], [TimetableClash.Closure]) {
    var (reasons, closures): ([Reason], [TimetableClash.Closure]) = ([], [])
    for participant in day.parties.indices {
      let there = day.party(participant).isThere
      let away = there.indices.filter { !there[$0] }
      guard !away.isEmpty else { continue }
      let theirs = day.problem.meetings.indices.filter {
        day.problem.meetings[$0].first == participant || day.problem.meetings[$0].second == participant
      }
      reasons.append(.away(party: day.code(participant)))
      closures.append(.init(meetings: theirs, slots: away, price: Price.absence))
    }
    for meeting in day.problem.meetings.indices {
      guard let slot = day.pin(meeting)?.slot else { continue }
      let others = day.basis.desk.slots.indices.filter { day.basis.desk.slots[$0].number != slot }
      reasons.append(.pinned(day.pair(meeting)))
      closures.append(.init(meetings: [meeting], slots: others, price: Price.pin))
    }
    return (reasons, closures)
  }
}
