/// Every limit of the program, in one place. A limit that a person may want to change is a setting
/// whose default stands here; the others are part of the protocol or of the data model.
public enum Limits {
  // Protocol.

  /// Octets of a request line, its line end not counted.
  public static let requestLine = 8_192
  /// Octets of an upload row, its line end not counted.
  public static let uploadRow = 65_536
  /// Octets of a reply line, its line end not counted.
  public static let replyLine = 1_048_576
  /// Rows of one upload.
  public static let uploadRows = 2_000_000
  /// Octets of one upload, all rows together. The whole upload is held in memory until it is checked.
  public static let uploadBytes = 1 << 30
  /// Errors an upload names row by row; the rest are counted.
  public static let uploadErrors = 100
  /// Arguments of one request.
  public static let arguments = 256
  /// Nesting of JSON in an upload row.
  public static let jsonDepth = 16
  /// Octets of an idempotency key (`key=`).
  public static let idempotencyKey = 64
  /// Octets of a reply that is kept for a `key=`; a larger one keeps only its last line.
  public static let rememberedReply = 65_536
  /// Days an idempotency key is remembered.
  public static let idempotencyDays = 30

  // Connections.

  /// Connections to the daemon at one time.
  public static let connections = 1_024
  /// Lines of one connection that wait for their turn before reading from it pauses.
  public static let pipelinedLines = 128
  /// Octets of replies queued on one connection before its next request waits.
  public static let queuedReplyBytes = 1_048_576

  /// Octets of a token's id.
  public static let tokenID = 64
  /// Days a token is good for when nobody says how long.
  public static let tokenDays = 365

  // Lists.

  /// Rows of a page of LIST, DEALS and their like when `limit=` is not given.
  public static let page = 20
  /// The largest `limit=`.
  public static let largestPage = 1_000
  /// The greatest depth of a deal list a policy may ask for.
  public static let listDepth = 1_000

  // Registry.

  /// Octets of a code.
  public static let code = 160
  /// Characters of a name.
  public static let name = 200
  /// Characters of a summary.
  public static let summary = 2_000
  /// The largest amount, in whole units of a currency.
  public static let amount: Int64 = 1_000_000_000_000_000
  /// Sectors of a candidate.
  public static let candidateSectors = 8
  /// Sectors of a mandate that matter at once.
  public static let mandateSectors = 64
  /// Exclusions (sectors or firms each) of a mandate.
  public static let exclusions = 256
  /// Regions of a mandate.
  public static let regions = 64
  /// Sectors of the tree.
  public static let sectors = 4_096
  /// Depth of the sector tree, the top being 1.
  public static let sectorDepth = 8
}
