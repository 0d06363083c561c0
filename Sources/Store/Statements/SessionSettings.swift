/// What every session of the daemon sets.
public enum SessionSettings {
  public static let sql = """
    SET client_encoding = 'UTF8'; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET client_min_messages = warning;
    SET statement_timeout = '600s'; SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '120s'
    """
}
