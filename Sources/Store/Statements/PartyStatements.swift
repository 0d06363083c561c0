/// How a session becomes a party's.
enum PartyStatements {
  static var all: [any Statement] { [Become(token: "")] }

  /// The role that row-level security is for; migration `row_security` makes it.
  static let role = "bellwether_party"

  /// Both settings end with the transaction.
  struct Become: Statement {
    let token: String
    let name = "party_become"
    let sql = "SELECT set_config('bellwether.token', $1, true), set_config('role', '\(role)', true)"
    typealias Output = Void
    func bind(into bindings: inout Bindings) { bindings.text(token) }
  }
}
