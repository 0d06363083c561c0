/// What is wrong with rows that a snapshot was to be built from. PostgreSQL's constraints keep such rows
/// out, so a flaw means that rows of different moments were mixed.
public struct Flaw: Error, Hashable, CustomStringConvertible {
  /// A sentence that names the row.
  public let sentence: String

  init(_ sentence: String) { self.sentence = sentence }

  public var description: String { sentence }
}
