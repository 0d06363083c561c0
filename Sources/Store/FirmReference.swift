import Domain

/// A column that names firms, and what FIRM MERGE makes of it: the one place where that is declared.
///
/// A test reads the schema and the field table and fails for a column that stands neither here nor in
/// ``FirmReference/others``. A reference that is moved or joined has its statements in `FirmMergeStatements`.
public struct FirmReference: Sendable, Hashable {
  public enum Treatment: Sendable, Hashable {
    /// The record goes over to the firm that stays.
    case moved
    /// Both firms may have the same record; the two become one by a rule of their statement.
    case joined
    /// It goes along with its row of another table, by a foreign key.
    case follows(String)
    /// It goes on naming the firm that was merged, for this reason.
    case kept(String)
  }

  public var table: String
  public var columns: [String]
  public var treatment: Treatment

  init(_ table: String, _ columns: String..., is treatment: Treatment) {
    self.table = table
    self.columns = columns
    self.treatment = treatment
  }

  public static let all: [FirmReference] = [
    .init("holding", "firm", is: .joined),
    .init("round", "firm", is: .joined),
    .init("milestone", "firm", is: .joined),
    .init("person", "firm", "of", is: .moved),
    .init("token", "firm", is: .moved),
    .init("investor", "excluded_firms", is: .joined),
    .init("expert", "conflicts", is: .joined),
    .init("juror", "recused_from", is: .joined),
    .init("refusal", "firm", is: .joined),
    .init("introduction", "firm", is: .joined),
    .init(
      "introduction_event", "firm",
      is: .kept("events are append-only and tell who was introduced at the time")),
    .init("participant", "firm", "party", is: .joined),
    .init("participant_person", "party", is: .joined),
    .init("participant_absence", "party", is: .joined),
    .init("wish", "firm", "from", "to", is: .joined),
    .init("pin", "firm", "after_firm", is: .joined),
    .init("meeting", "firm", is: .joined),
    .init("plan_meeting", "firm", is: .follows("meeting")),
    .init("plan_pitch", "firm", is: .joined),
    .init("plan", "runners_up", is: .kept("a plan is never changed; who steps in is looked up when it does")),
    .init("mark", "firm", is: .joined),
    .init("award", "firm", is: .moved),
    .init("stake", "firm", is: .moved),
    .init("pilot", "firm", is: .moved),
    .init("review", "firm", is: .moved),
    .init("decision", "firm", is: .moved),
    .init("firm", "merged_into", is: .kept("a chain of mergers stays as it was made")),
  ]

  /// Columns of arrays and JSON that name no firm, or that tell of the past.
  public static let others: [String: Set<String>] = [
    "audit": ["detail"], "policy": ["parameters"], "plan": ["parameters"], "introduction": ["before"],
    "firm": ["wanted_investors", "unwanted_investors"],
  ]

  /// What FIRM MERGE makes of a field of the firm itself.
  public enum OfField: Sendable, Hashable {
    /// The firm that stays has its own.
    case kept
    /// It takes over what it does not know.
    case filled
    /// It has the items of both.
    case joined
  }

  /// Follows from the type of a field, but for these.
  public static func treatment(of field: Field) -> OfField {
    if ["name", "stage", "sectors", "retired"].contains(field.name) { return .kept }
    return switch field.type {
    case .choices, .codes, .names, .references, .sectorWeights: .joined
    default: .filled
    }
  }
}
