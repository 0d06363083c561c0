/// What a private cluster's keeper says to a new cluster.
enum ClusterStatements {
  /// Whether the role and the database exist.
  struct Presence: Statement {
    struct Output: Sendable, Hashable {
      var hasRole: Bool
      var hasDatabase: Bool
    }

    let name = "cluster_presence"
    let sql = """
      SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1),
             EXISTS (SELECT FROM pg_database WHERE datname = $2)
      """
    var role: String
    var database: String

    func bind(into bindings: inout Bindings) {
      bindings.text(role)
      bindings.text(database)
    }

    func decode(_ row: Row) throws -> Output {
      Output(hasRole: try row.bool(0), hasDatabase: try row.bool(1))
    }
  }

  /// - Parameter role: Lower-case letters and underscores only; names cannot be parameters.
  static func createRole(_ role: String) -> String { "CREATE ROLE \(role) LOGIN" }

  /// Makes what row-level security is for, and lets the others take that role.
  static let createPartyRole = "CREATE ROLE \(PartyStatements.role) NOLOGIN"
  static func lendPartyRole(to roles: [String]) -> String {
    "GRANT \(PartyStatements.role) TO \(roles.joined(separator: ", "))"
  }

  /// - Parameters: Lower-case letters, digits and underscores only; names cannot be parameters.
  static func createDatabase(_ database: String, owner: String) -> String {
    "CREATE DATABASE \(database) OWNER \(owner) TEMPLATE template0 ENCODING 'UTF8'"
  }
}
