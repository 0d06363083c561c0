/// A state of the published deal lists: revision 0 of a run is the run as it was published; a sparse
/// change publishes the next revision. Written `17.0`.
public struct RunRevision: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var run: Int
  public var revision: Int

  public init(run: Int, revision: Int = 0) {
    self.run = run
    self.revision = revision
  }

  /// Reads `17.3`.
  public init?(_ text: some StringProtocol) {
    guard let reference = RunReference(text), let revision = reference.revision else { return nil }
    self.init(run: reference.run, revision: revision)
  }

  public var description: String { "\(run).\(revision)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.run, left.revision) < (right.run, right.revision)
  }
}

/// How a request names a published state: `17.3`, or `17` for the last state of a run.
public struct RunReference: Sendable, Hashable, CustomStringConvertible {
  public var run: Int
  /// Nil: the last one.
  public var revision: Int?

  public init(_ state: RunRevision) { (run, revision) = (state.run, state.revision) }

  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.count == 2, let run = Int(parts[0]), run > 0 else { return nil }
    self.run = run
    guard parts.count == 2 else { return }
    guard let revision = Int(parts[1]), revision >= 0 else { return nil }
    self.revision = revision
  }

  public var description: String { revision.map { "\(run).\($0)" } ?? "\(run)" }
}

/// How far a rescoring has come.
public enum RunState: String, Sendable, CaseIterable {
  /// Under way, or cut off by a crash that nobody has cleaned up after yet.
  case running
  /// Its lists were published, whole.
  case published
  /// Someone asked for it to stop; nothing was published.
  case cancelled
  /// It ended with an error, or its daemon died; nothing was published.
  case failed
}
