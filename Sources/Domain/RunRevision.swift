/// A state of the published deal lists: revision 0 of a run is the run as it was published; a sparse
/// change publishes the next revision. Written `17.0`.
public struct RunRevision: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var run: Int
  public var revision: Int

  public init(run: Int, revision: Int = 0) {
    self.run = run
    self.revision = revision
  }

  /// Reads `17.3`, or `17` for revision 0.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.count == 2, let run = Int(parts[0]), run > 0 else { return nil }
    guard let revision = parts.count == 2 ? Int(parts[1]) : 0, revision >= 0 else { return nil }
    self.init(run: run, revision: revision)
  }

  public var description: String { "\(run).\(revision)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.run, left.revision) < (right.run, right.revision)
  }
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
