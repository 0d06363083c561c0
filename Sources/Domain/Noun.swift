/// What the registry holds. Each noun is one SQL table of the same name.
public enum Noun: String, Sendable, CaseIterable, Hashable {
  case institute, project, firm, investor, person, roadshow, sector, holding, round, rate

  public var name: String { rawValue }

  /// The nouns with commands of their own (ADD, SET, GET, LIST, RETIRE).
  public static let registered: [Noun] = [.institute, .project, .firm, .investor, .person, .roadshow]

  /// In an order in which each noun comes after those it refers to.
  public static let inOrderOfReference: [Noun] = [
    .sector, .rate, .institute, .project, .firm, .investor, .person, .holding, .round, .roadshow,
  ]

  /// Whether objects are named by a code. Holdings, rounds and rates are named by their ``key``.
  public var hasCode: Bool { ![.holding, .round, .rate].contains(self) }

  /// The fields that together name an object.
  public var key: [String] {
    switch self {
    case .holding: ["investor", "firm", "since", "round"]
    case .round: ["firm", "date", "kind"]
    case .rate: ["from", "to", "date"]
    default: ["code"]
    }
  }

  /// The fields in order, `code` (where there is one) not among them.
  public var fields: [Field] { FieldTable.of(self) }

  public func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}
