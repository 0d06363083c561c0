import Domain

/// Something that has happened to an introduction.
public struct IntroductionEvent: Sendable, Hashable {
  /// Orders all events as they were committed; numbers are left out where a transaction was not.
  public var sequence: Int
  /// ISO 8601, UTC: when its transaction began, so it says nothing about the order.
  public var at: String
  public var introduction: Int
  /// Codes of both sides.
  public var investor: String
  public var firm: String
  public var action: String
  /// What became of the introduction.
  public var state: IntroductionState
  /// The side whose move it was; nil for the desk's.
  public var side: IntroductionSide?
  /// Who did it, as the audit names them.
  public var by: String
  public var reason: String?
  public var note: String?
  /// ISO 8601.
  public var until: String?
}

/// Events of introductions in PostgreSQL. They are numbered in the order of their commits: who has read up to a number
/// has missed no smaller one.
public enum EventStore {
  /// The number of the newest event; 0 where there is none.
  public static func newest(in session: Session) throws -> Int {
    try session.queryOne(EventStatements.Newest()) ?? 0
  }

  /// The events that follow a number, at most ``Limits/eventPage`` of them; none where there is none.
  /// - Parameters:
  ///   - last: the last number that matters; nil for any.
  ///   - investors: only events of these investors; nil for any.
  ///   - firm: only events of this firm; nil for any.
  public static func page(
    after sequence: Int, upTo last: Int? = nil, investors: [String]? = nil, firm: String? = nil,
    in session: Session
  ) throws -> [IntroductionEvent] {
    try session.query(
      EventStatements.Page(after: sequence, upTo: last, investors: investors, firm: firm))
  }
}
