/// What every session of the daemon sets.
public enum SessionSettings {
  private static let sql = """
    SET client_encoding = 'UTF8'; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET client_min_messages = warning;
    SET statement_timeout = '600s'; SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '120s'
    """

  /// For a connection that has just been opened.
  @Sendable public static func apply(to session: Session) throws {
    try session.execute(sql, name: "session_settings")
  }
}
