/// What the registry holds. Each noun is one SQL table of the same name, but for the ``sheets`` of roadshows.
public enum Noun: String, Sendable, CaseIterable, Hashable {
  case institute, project, firm, investor, person, roadshow, sector, holding, round, rate
  case milestone, programme, stake, tranche, scenario, pilot, expert, review, committee, decision
  case juror, criterion, mark
  case enrolment, absence, wish, outcome

  public var name: String { rawValue }

  /// The nouns with commands of their own: ADD, GET, LIST; SET where ``isChangeable``, RETIRE where there is a field
  /// `retired`.
  public static let registered: [Noun] = [
    .institute, .project, .firm, .investor, .person, .roadshow, .programme, .stake, .tranche, .scenario,
    .pilot,
    .expert, .review, .committee, .decision,
  ]

  /// What the commands of a roadshow enter, as sheets: IMPORT takes each row as its command would, EXPORT writes what is
  /// there in that form. They have no tables of their own.
  public static let sheets: [Noun] = [.enrolment, .absence, .wish, .outcome]

  /// Those with a table of the same name.
  public static let tables = allCases.filter { !sheets.contains($0) }

  /// The tables in an order in which each noun comes after those it refers to.
  public static let inOrderOfReference: [Noun] = [
    .sector, .rate, .institute, .project, .firm, .investor, .person, .holding, .round, .roadshow, .milestone,
    .programme, .stake, .tranche, .scenario, .pilot, .expert, .review, .committee, .decision, .juror,
    .criterion,
    .mark,
  ]

  /// Whether objects are named by a code. The others are named by their ``key``.
  public var hasCode: Bool {
    ![.holding, .round, .rate, .milestone, .juror, .criterion, .mark].contains(self)
      && !Self.sheets.contains(self)
  }

  /// Whether an object may be changed once it is there. A tranche and a decision are what was done on a day.
  public var isChangeable: Bool { self != .tranche && self != .decision }

  /// Which of the registered nouns lack which verb: `tranche, decision: no SET; …`.
  public static var exceptions: String {
    func names(_ isMeant: (Noun) -> Bool) -> String {
      registered.filter(isMeant).map(\.name).joined(separator: ", ")
    }
    return "\(names { !$0.isChangeable }): no SET; \(names { $0.field("retired") == nil }): no RETIRE"
  }

  /// The fields that together name an object.
  public var key: [String] {
    switch self {
    case .holding: ["investor", "firm", "since", "round"]
    case .round: ["firm", "date", "kind"]
    case .rate: ["from", "to", "date"]
    case .milestone: ["project", "firm", "date"]
    case .juror: ["roadshow", "expert"]
    case .criterion: ["roadshow", "name"]
    case .mark: ["roadshow", "expert", "firm", "criterion"]
    case .enrolment: ["roadshow", "party"]
    case .absence: ["roadshow", "party", "from", "until"]
    case .wish: ["roadshow", "from", "to"]
    case .outcome: ["roadshow", "firm", "investor"]
    default: ["code"]
    }
  }

  /// The fields in order, `code` (where there is one) not among them.
  public var fields: [Field] { FieldTable.of(self) }

  public func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}
