/// Why there is no timetable.
public enum TimetableClash: Sendable, Hashable {
  /// A participant has more meetings than slots in which one of them can be.
  case tooFewSlots(participant: Int, meetings: Int, slots: Int)

  /// What clashes, as far as it can be named; it may be nothing.
  public static func explain(_ problem: TimetableProblem) -> [TimetableClash] {
    let domains = problem.domains
    return problem.meetingsOfParticipants.enumerated().compactMap { participant, meetings in
      let slots = problem.tables.indices.count { slot in meetings.contains { domains[$0][slot] } }
      guard slots < meetings.count else { return nil }
      return .tooFewSlots(participant: participant, meetings: meetings.count, slots: slots)
    }
  }
}
