import Domain

/// An object of the registry as it is stored.
public struct StoredObject: Sendable {
  public var noun: Noun
  /// Nil for nouns without codes.
  public var code: String?
  /// In the order of the field table.
  public var values: [FieldValue?]
  public var version: Int

  public subscript(_ field: String) -> FieldValue? {
    noun.fields.firstIndex { $0.name == field }.flatMap { values[$0] }
  }
}

/// Reads the columns that every statement on a noun's table selects.
func decodeObject(_ noun: Noun, _ row: Row) throws -> StoredObject {
  let first = noun.hasCode ? 1 : 0
  var values: [FieldValue?] = []
  values.reserveCapacity(noun.fields.count)
  for (index, field) in noun.fields.enumerated() {
    values.append(try FieldText.decode(field.type, row, first + index))
  }
  return StoredObject(
    noun: noun, code: noun.hasCode ? try row.text(0) : nil, values: values,
    version: try row.int(first + noun.fields.count))
}

struct SelectObject: Statement {
  let noun: Noun
  let code: String
  /// Whether others who would change it wait until the transaction ends.
  var isHeld = false
  var name: String { "\(noun.name)_get\(isHeld ? "_held" : "")" }
  var sql: String { RegistryTable.of(noun).select + (isHeld ? " FOR NO KEY UPDATE" : "") }
  func bind(into bindings: inout Bindings) { bindings.text(code) }
  func decode(_ row: Row) throws -> StoredObject { try decodeObject(noun, row) }
}

/// See ``RegistryTable/turn``.
struct TakeTurn: Statement {
  typealias Output = Void
  let noun: Noun
  var name: String { "\(noun.name)_turn" }
  var sql: String { RegistryTable.of(noun).turn }
}

struct SelectPage: Statement {
  let noun: Noun
  let after: String?
  let limit: Int
  /// A JSON object that the row, as JSON, contains.
  let filter: String?
  /// Sectors that the weights name.
  let weighed: [String]?
  var name: String { "\(noun.name)_list" }
  var sql: String { RegistryTable.of(noun).page }
  func bind(into bindings: inout Bindings) {
    bindings.text(after)
    bindings.int(limit)
    bindings.text(filter)
    bindings.textArray(weighed)
  }
  func decode(_ row: Row) throws -> StoredObject { try decodeObject(noun, row) }
}

struct SelectAll: Statement {
  let noun: Noun
  var name: String { "\(noun.name)_export" }
  var sql: String { RegistryTable.of(noun).export }
  func decode(_ row: Row) throws -> StoredObject { try decodeObject(noun, row) }
}

/// A staged row that cannot be merged.
struct CheckStaged: Statement {
  struct Finding {
    var row: Int
    var field: String
    /// `required`, `owner`, `time_zone`, a rule of ``SchemaRule``, or the noun that the value names in vain.
    var problem: String
    var value: String?
  }

  let noun: Noun
  let limit: Int
  var name: String { "\(noun.name)_check" }
  var sql: String { RegistryTable.of(noun).check }
  func bind(into bindings: inout Bindings) { bindings.int(limit) }
  func decode(_ row: Row) throws -> Finding {
    Finding(row: try row.int(0), field: try row.text(1), problem: try row.text(2), value: row.optionalText(3))
  }
}

struct MergeStaged: Statement {
  let noun: Noun
  /// In whose name the audit is told what has changed; nil for one who tells it.
  let principal: String?
  var name: String { "\(noun.name)_merge" }
  var sql: String { RegistryTable.of(noun).merge }
  func bind(into bindings: inout Bindings) {
    bindings.text(principal)
    bindings.int(Limits.auditedChanges)
  }
  func decode(_ row: Row) throws -> (added: Int, changed: Int) { (try row.int(0), try row.int(1)) }
}

/// Merges one staged row, to learn which of many it is that a rule of the schema forbids.
struct MergeRow: Statement {
  let noun: Noun
  let row: Int
  let principal: String?
  var name: String { "\(noun.name)_merge_row" }
  var sql: String { RegistryTable.of(noun).mergeRow }
  func bind(into bindings: inout Bindings) {
    bindings.text(principal)
    bindings.int(Limits.auditedChanges)
    bindings.int(row)
  }
  func decode(_ row: Row) throws -> (added: Int, changed: Int) { (try row.int(0), try row.int(1)) }
}

/// Finds out what `of` of a staged person names, where just one institute, firm or investor has that code.
struct ResolveOwners: Statement {
  var name: String { "person_resolve_owners" }
  var sql: String {
    """
    UPDATE import_person s
    SET of_kind = found.kind, given = array_append(s.given, 'of_kind')
    FROM (
      SELECT named.row, min(owner.kind::text)::owner_kind AS kind
      FROM import_person named, LATERAL (
        SELECT 'institute'::owner_kind AS kind FROM institute WHERE code = named."of"
        UNION ALL SELECT 'firm' FROM firm WHERE code = named."of"
        UNION ALL SELECT 'investor' FROM investor WHERE code = named."of") AS owner
      WHERE named.of_kind IS NULL OR named.of_kind = owner.kind
      GROUP BY named.row HAVING count(*) = 1) AS found
    WHERE found.row = s.row
    """
  }
}

/// To whom a person belongs whose row names only `of_kind`, so that the two are checked together.
struct RecallOwners: Statement {
  var name: String { "person_recall_owners" }
  var sql: String {
    """
    UPDATE import_person s SET "of" = o."of" FROM person o
    WHERE o.code = s.code AND 'of_kind' = ANY (s.given) AND NOT 'of' = ANY (s.given)
    """
  }
}

/// What `of_kind` says of a staged person and no object bears out, so that the check finds it.
struct ClearVainOwners: Statement {
  var name: String { "person_clear_vain_owners" }
  var sql: String {
    """
    UPDATE import_person s SET of_kind = NULL
    WHERE s."of" IS NOT NULL AND s.of_kind IS NOT NULL AND NOT EXISTS (
      SELECT FROM institute WHERE s.of_kind = 'institute' AND code = s."of"
      UNION ALL SELECT FROM firm WHERE s.of_kind = 'firm' AND code = s."of"
      UNION ALL SELECT FROM investor WHERE s.of_kind = 'investor' AND code = s."of")
    """
  }
}

struct DropStaged: Statement {
  let noun: Noun
  let rows: [Int]
  var name: String { "\(noun.name)_drop_staged" }
  var sql: String {
    RegistryTable.of(noun).dropStaged
  }
  func bind(into bindings: inout Bindings) { bindings.intArray(rows) }
}
