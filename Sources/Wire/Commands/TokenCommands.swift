import Domain

/// `AUTH TOKEN <id>.<secret>`
public struct AuthToken: Sendable {
  public var id: String
  public var secret: String

  static let spec = CommandSpec(
    "AUTH TOKEN", .session, .everybody, .light,
    [Parameter("token", .positional(required: true), "<id>.<secret>, as TOKEN ADD gave it")],
    "Says who you are, for the rest of the connection."
  ) { (arguments) throws(WireError) in
    let parts = arguments.required("token").split(separator: ".", omittingEmptySubsequences: false)
    // Its own words are not repeated: they are a secret.
    guard parts.count == 2, parts.allSatisfy({ (1...128).contains($0.utf8.count) }) else {
      throw .badArgument("token", "is no token: an id, a dot, a secret")
    }
    return .authToken(AuthToken(id: String(parts[0]), secret: String(parts[1])))
  }
}

/// `TOKEN ADD <id> role= …`, `TOKEN LIST`, `TOKEN REVOKE <id>`
public enum TokenCommand: Sendable {
  case add(NewToken, key: String?)
  case list(Page)
  case revoke(String, key: String?)

  public struct NewToken: Sendable {
    public var id: String
    public var role: Role
    /// Code of the investor or firm, for the role of one.
    public var own: String?
    /// Whether it may see the funds of its house.
    public var includesHouse: Bool
    /// ISO 8601; nil for a year.
    public var expiresOn: Day?
  }

  private static let id = Parameter(
    "id", .positional(required: true), "a name for it; stands in the audit and before the dot of the token")

  static let addSpec = CommandSpec(
    "TOKEN ADD", .operations, .only([.admin]), .light,
    [
      id,
      Parameter(
        "role", .named(required: true), "what its holder may do", choices: Role.allCases.map(\.rawValue)),
      Parameter("investor", .named(required: false), "for role=investor: whose token it is"),
      Parameter("firm", .named(required: false), "for role=firm: whose token it is"),
      Parameter(
        "house", .named(required: false), "yes: the funds below this investor as well",
        choices: ["yes", "no"]
      ),
      Parameter(
        "expires_on", .named(required: false), "last day it is good for; a year from today without it"),
      .key,
    ],
    "Makes a token and shows its secret, this once."
  ) { (arguments) throws(WireError) in
    let role = Role(rawValue: try arguments.choice("role", of: Role.allCases.map(\.rawValue))!)!
    for party in [Role.investor, .firm] {
      let name = party.rawValue
      if role == party, arguments.text(name) == nil {
        throw .badArgument(name, "is missing; role=\(name) needs whose token it is")
      }
      if role != party, arguments.text(name) != nil {
        throw .badArgument(name, "goes with role=\(name) only")
      }
    }
    let includesHouse = try arguments.flag("house")
    guard !includesHouse || role == .investor else {
      throw .badArgument("house", "goes with role=investor only")
    }
    let token = NewToken(
      id: try arguments.tokenID(), role: role, own: try arguments.optionalCode(role.rawValue),
      includesHouse: includesHouse, expiresOn: try arguments.day("expires_on"))
    return .token(.add(token, key: try arguments.idempotencyKey()))
  }

  static let listSpec = CommandSpec(
    "TOKEN LIST", .operations, .only([.admin]), .light, [.limit, .after],
    "Lists the tokens by id, without secrets."
  ) { (arguments) throws(WireError) in .token(.list(try arguments.page())) }

  static let revokeSpec = CommandSpec(
    "TOKEN REVOKE", .operations, .only([.admin]), .light, [id, .key],
    "Ends a token for good, and the connections that use it."
  ) { (arguments) throws(WireError) in
    .token(.revoke(try arguments.tokenID(), key: try arguments.idempotencyKey()))
  }
}

extension Arguments {
  /// A token's id: a code without a dot, so that the secret can follow one.
  fileprivate func tokenID() throws(WireError) -> String {
    let id = try code("id")
    guard !id.contains("."), id.utf8.count <= Limits.tokenID else {
      throw .badArgument(
        "id", "\"\(id.prefix(60))\" is no token id: at most \(Limits.tokenID) octets, and no dot")
    }
    return id
  }

  func day(_ name: String) throws(WireError) -> Day? {
    guard let text = text(name) else { return nil }
    guard let day = Day(text) else {
      throw .badArgument(name, "\"\(text.prefix(60))\" is not a day like 2027-03-31")
    }
    return day
  }
}
