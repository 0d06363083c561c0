import Domain

/// Makes two firms that were entered twice one, in the transaction of the caller.
public enum FirmMerge {
  /// Why two firms cannot be merged.
  public enum Problem: Error, Hashable {
    case missing(String)
    case retired(String)
    /// Both have this holding or round, with amounts that cannot be added.
    case conflict(noun: String, record: String)
    /// Programmes hold this many percent of the two together.
    case held(percent: String)
  }

  /// What became of a record that named the firm that is gone.
  public enum Done: String, Sendable, CaseIterable, Hashable {
    case moved, joined, kept, withdrawn, cancelled, dropped
  }

  public struct Effect: Sendable, Hashable {
    public var table: String
    public var done: Done
    /// What names the record within its table, without the firm.
    public var record: String
    public var why: String?
    /// People who ought to hear of it.
    public var tell: [String]
    /// What was there before, as JSON, where the record itself does not tell any more.
    public var before: String?
  }

  /// The firm that one was merged into; nil for one that was not.
  public static func whereto(_ code: String, in session: Session) throws -> String? {
    try session.queryOne(FirmStatements.MergedInto(code: code))
  }

  /// Moves all that refers to one firm to another, fills the gaps of the second, retires the first: see ``FirmReference``.
  /// - Returns: What was done, in order.
  /// - Throws: ``Problem`` before anything is changed.
  public static func merge(_ from: String, into: String, by principal: String, in session: Session) throws
    -> [Effect]
  {
    // What is added up must not change meanwhile. Imports take these locks before they touch firms as well.
    for noun in [Noun.holding, .round] { try RegistryStore.lockAll(noun, in: session) }
    try IntroductionStore.lockEmission(in: session)
    _ = try session.query(FirmMergeStatements.LockRoadshows(from: from, into: into))
    let found = try session.query(FirmStatements.LockPair(first: from, second: into))
    for code in [from, into] where !found.contains(where: { $0.code == code }) {
      throw Problem.missing(code)
    }
    if let retired = found.first(where: \.isRetired) { throw Problem.retired(retired.code) }
    if let conflict = try session.queryOne(FirmStatements.Conflict(from: from, into: into)) {
      throw Problem.conflict(noun: conflict.noun, record: conflict.record)
    }
    if let percent = try session.queryOne(FirmStatements.Held(from: from, into: into)) {
      throw Problem.held(percent: percent)
    }
    return try FirmMergeStatements.steps.flatMap { step in
      try session.query(step.of(from, into: into, by: principal))
    }
  }
}
