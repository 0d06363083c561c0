import Domain

/// Who may give a command, and about which object: stated where a command is defined, so that none can be without it.
public enum Access: Sendable {
  /// Anybody who reaches the daemon, signed in or not.
  case everybody
  /// These roles, about any object.
  case only([Role])
  /// These roles about any object, and the party of a noun about what is its own.
  case party(Own, or: [Role])
  /// These roles about any introduction, and investors and firms about their own: which those are is for row-level
  /// security to say, in the one look-up that the command makes anyway.
  case introductions(or: [Role])

  /// An argument that must name an object of the one who asks.
  public struct Own: Sendable {
    /// Nil for an investor or a firm, whichever asks.
    public let noun: Noun?
    /// The parameter that names it; where it may be left out, its own is meant.
    public let parameter: String
    /// Fields that the party itself may not change.
    public let keptFields: [String]

    init(_ noun: Noun?, _ parameter: String, keeping keptFields: [String] = []) {
      self.noun = noun
      self.parameter = parameter
      self.keptFields = keptFields
    }

    /// Whether the object of this role is meant.
    public func isMeant(for role: Role) -> Bool { role.party != nil && (noun == nil || role.party == noun) }
  }

  /// Every role that may give the command, in the order of ``Role``.
  public var roles: [Role] {
    switch self {
    case .everybody: Role.allCases
    case .only(let roles): Role.allCases.filter(roles.contains)
    case .party(let own, let roles):
      Role.allCases.filter { roles.contains($0) || own.isMeant(for: $0) }
    case .introductions(let roles):
      Role.allCases.filter { roles.contains($0) || $0.party != nil }
    }
  }
}

/// What somebody who asks may do.
public struct Standing: Sendable, Hashable {
  /// Empty for one who has not said who they are.
  public var roles: Set<Role>
  /// For the role of a party, its object.
  public var own: OwnObject?

  public struct OwnObject: Sendable, Hashable {
    public var noun: Noun
    public var code: String
    /// Whether what belongs to its house is its own as well: the funds whose `parent` it is.
    public var includesHouse: Bool

    public init(noun: Noun, code: String, includesHouse: Bool = false) {
      self.noun = noun
      self.code = code
      self.includesHouse = includesHouse
    }
  }

  public init(roles: Set<Role>, own: OwnObject? = nil) {
    self.roles = roles
    self.own = own
  }

  /// One who has not said who they are.
  public static let unknown = Standing(roles: [])
}

extension Access {
  /// Refuses a request that the one who asks may not make.
  ///
  /// What is another's is not found, in the words for what does not exist, and before anything is looked up.
  ///
  /// - Parameter isOfHouse: whether an object of the noun belongs to the house of this code.
  /// - Returns: the arguments, with one's own object where it was left out; and whether the request is one of a party.
  func admit(
    _ standing: Standing, _ arguments: Arguments, isOfHouse: (_ code: String, _ house: String) -> Bool
  ) throws(WireError) -> (Arguments, isParty: Bool) {
    if case .introductions(let roles) = self { return (arguments, standing.roles.isDisjoint(with: roles)) }
    guard case .party(let own, let roles) = self, standing.roles.isDisjoint(with: roles) else {
      return (arguments, false)
    }
    let noun = own.noun?.name ?? "party"
    guard let object = standing.own, own.noun == nil || object.noun == own.noun else {
      throw WireError(.notPermitted, [], "this is about one's own \(noun), and there is none")
    }
    guard let code = arguments.text(own.parameter) else {
      return (arguments.naming(own.parameter, object.code), true)
    }
    guard code == object.code || object.includesHouse && isOfHouse(code, object.code) else {
      throw .notFound(noun, code)
    }
    if let kept = arguments.rest.first(where: { own.keptFields.contains($0.name) }) {
      throw WireError(
        .notPermitted, [Attribute("arg", kept.name)], "only an organizer changes \(kept.name)")
    }
    return (arguments, true)
  }

  /// Refuses a command that none of the roles may give.
  func check(_ standing: Standing, _ words: String) throws(WireError) {
    if case .everybody = self { return }
    guard !standing.roles.isEmpty else {
      throw .authRequired
    }
    guard !standing.roles.isDisjoint(with: roles) else {
      throw WireError(
        .notPermitted, [], "\(words) is for \(roles.map(\.rawValue).joined(separator: ", "))")
    }
  }
}
