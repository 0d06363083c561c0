import Domain

/// The named rules of the schema that a person may run into. An import finds breaches of them row by row before it
/// writes (`RegistryTable.check`); the database has the last word.
public enum SchemaRule {
  /// What the named rules of the schema mean, for a person.
  public static let sentences: [String: String] = [
    "code_is_fixed": "the code of an object never changes",
    "firm_merged_into_other": "a firm cannot be merged into itself",
    "holding_exited_after_since": "exited_on lies before since",
    "roadshow_ends_after_start": "ends_on lies before starts_on",
    "rate_between_two": "a rate is between two different currencies",
    "investor_parent_tree": "parent would put an investor below itself, or more than seven houses above it",
    "sector_tree":
      "the sectors would form no tree of at most \(Limits.sectorDepth) levels and \(Limits.sectors) sectors",
    "sector_code_without_colon": "the code of a sector has no colon, since weights are written code:weight",
    "time_zone_known": "time_zone is not one that PostgreSQL knows, like Asia/Shanghai",
    "introduction_under_way": "these two are being introduced already; INTRO LIST shows it",
    "token_expiry": "expires_on lies in the past",
    "rate_rows_stay": "rates are not deleted; set another from a later day on",
  ]
}
