/// What a command may take up: stated where it is defined, so that none can be without it.
public struct Load: Sendable, Hashable {
  /// How many may run at one time, on all connections together; the next one is told 452. Nil where it is so light that
  /// the number of connections is limit enough, or where it sees to that itself.
  public let atOnce: Int?
  /// For a transaction of it in the database, at least: where the setting `statement_timeout_ms` is more, that. Nil where
  /// the setting alone decides.
  public let time: Duration?
  /// Rows that follow the request line; nil where none do.
  public let upload: Upload?

  /// How much may follow a request line.
  public struct Upload: Sendable, Hashable {
    public let rows: Int
    public let octets: Int

    public init(rows: Int, octets: Int) {
      self.rows = rows
      self.octets = octets
    }
  }

  init(atOnce: Int? = nil, time: Duration? = nil, upload: Upload? = nil) {
    self.atOnce = atOnce
    self.time = time
    self.upload = upload
  }

  /// Answered from memory or by a few statements.
  static let light = Load()
}
