import Domain

/// The statements of one noun's table, made once from the field table: a field has the name of its column,
/// so a list of columns written by hand could only be wrong. Nothing but the field table goes into their
/// text; docs/decisions/0002-registry-statements.md says why this is the exception to "no SQL from strings".
///
/// Every write to the registry, one row or a million, takes the same way: COPY into a temporary staging table, check, merge.
struct RegistryTable: Sendable {
  let noun: Noun
  /// `code` where there is one, then the fields, as quoted identifiers.
  let columns: [String]

  private static let tables: [Noun: RegistryTable] = Dictionary(
    uniqueKeysWithValues: Noun.tables.map { ($0, RegistryTable(noun: $0)) })

  static func of(_ noun: Noun) -> RegistryTable { tables[noun]! }

  private init(noun: Noun) {
    self.noun = noun
    columns = ((noun.hasCode ? ["code"] : []) + noun.fields.map(\.name)).map { "\"\($0)\"" }
    let staging = "import_\(noun.name)"
    let list = columns.joined(separator: ", ")
    // A time zone is staged as any text: the check names the row, where the domain would fail the whole COPY.
    let staged = list.replacing("\"time_zone\"", with: "\"time_zone\"::text AS \"time_zone\"")
    createStaging = """
      CREATE TEMPORARY TABLE IF NOT EXISTS import_\(noun.name) ON COMMIT DELETE ROWS AS
      SELECT 0 AS row, NULL::text[] AS given, \(staged) FROM \(noun.name) WITH NO DATA
      """
    lendStaging =
      "GRANT SELECT, INSERT, UPDATE, DELETE ON pg_temp.import_\(noun.name) TO \(PartyStatements.role)"
    lockAll = "LOCK TABLE \(noun.name) IN SHARE ROW EXCLUSIVE MODE"
    lockSome = "LOCK TABLE \(noun.name) IN ROW EXCLUSIVE MODE"
    turn = "SELECT pg_advisory_xact_lock(hashtextextended('bellwether write \(noun.name)', 0))"
    stage = "COPY import_\(noun.name) (row, given, \(list)) FROM STDIN"
    check = Self.check(noun)
    merge = Self.merge(noun, columns: columns, of: staging)
    mergeRow = Self.merge(noun, columns: columns, of: "(SELECT * FROM \(staging) WHERE row = $3)")
    let selected = list + (noun.hasVersion ? ", version" : ", 0")
    select = "SELECT \(selected) FROM \(noun.name) WHERE code = $1"
    page = """
      SELECT \(selected) FROM \(noun.name) AS o
      WHERE ($1::text IS NULL OR code > $1) AND ($3::jsonb IS NULL OR to_jsonb(o) @> $3)
      \(noun == .investor ? "AND ($4::text[] IS NULL OR sectors ?& $4)" : "AND $4::text[] IS NULL")
      ORDER BY code LIMIT $2
      """
    dropStaged = "DELETE FROM \(staging) WHERE row = ANY ($1::integer[])"
    analyze = "ANALYZE \(noun.name)"
    export = "SELECT \(selected) FROM \(noun.name) ORDER BY \(noun.exportOrder)"
  }

  /// Makes the staging table of this session.
  let createStaging: String
  /// Lets a party use it.
  let lendStaging: String
  /// Keeps all other writers of the noun waiting until the transaction ends, psql among them, and no reader.
  let lockAll: String
  /// Waits for those who hold ``lockAll``, and keeps nobody waiting but them.
  let lockSome: String
  /// Keeps others who want a turn at the noun waiting until the transaction ends.
  let turn: String
  /// Fills the staging table.
  let stage: String
  /// Finds rows that cannot be merged: row, field, what is wrong (`required`, a noun, a rule), value.
  let check: String
  /// Takes staged rows ($1) away.
  let dropStaged: String
  /// Adds new rows and changes known ones: counts of both. In the name of $1, where that is not null, the audit is told
  /// what each of the changed ones was and is, of $2 rows at most.
  let merge: String
  /// The same of one staged row ($3).
  let mergeRow: String
  /// One object by code.
  let select: String
  /// Objects after a code ($1), at most $2, that contain $3, and whose weights name all of $4.
  let page: String
  /// Tells the planner what the table holds.
  let analyze: String
  /// All objects.
  let export: String

  // MARK: Making them

  /// How a staged row `s` meets its row `o` of the table. `=` where it can be, since only `=` can be hashed.
  private static func sameKey(_ noun: Noun, _ left: String, _ right: String) -> String {
    noun.key.map { name in
      let isOptional = noun.field(name).map { !$0.isRequired } ?? false
      return "\(left).\"\(name)\" \(isOptional ? "IS NOT DISTINCT FROM" : "=") \(right).\"\(name)\""
    }.joined(separator: " AND ")
  }

  private static func check(_ noun: Noun) -> String {
    var parts: [String] = []
    let staging = "import_\(noun.name)"
    for field in noun.fields {
      let column = "s.\"\(field.name)\""
      if field.isRequired {
        parts.append(
          """
          SELECT s.row, '\(field.name)', 'required', NULL FROM \(staging) s WHERE \(column) IS NULL
            AND NOT EXISTS (SELECT FROM \(noun.name) o WHERE \(sameKey(noun, "o", "s")))
          """)
      }
      /// Objects that stand in the same upload are as good as stored ones.
      func absent(_ target: Noun, _ named: String) -> String {
        let stored = "NOT EXISTS (SELECT FROM \(target.name) r WHERE r.code = \(named))"
        return target == noun
          ? stored + " AND NOT EXISTS (SELECT FROM \(staging) r WHERE r.code = \(named))" : stored
      }
      switch field.type {
      case .reference(let target):
        parts.append(
          """
          SELECT s.row, '\(field.name)', '\(target.name)', \(column) FROM \(staging) s
            WHERE \(column) IS NOT NULL AND \(absent(target, column))
          """)
      case .references(let target, _):
        parts.append(
          """
          SELECT s.row, '\(field.name)', '\(target.name)', named.code FROM \(staging) s, unnest(\(column)) AS named (code)
            WHERE \(absent(target, "named.code"))
          """)
      case .sectorWeights:
        parts.append(
          """
          SELECT s.row, '\(field.name)', 'sector', named.code
            FROM \(staging) s, jsonb_object_keys(\(column)) AS named (code) WHERE \(absent(.sector, "named.code"))
          """)
      case .owner:
        parts.append(
          """
          SELECT s.row, '\(field.name)', 'owner', \(column) FROM \(staging) s
            WHERE \(column) IS NOT NULL AND s.of_kind IS NULL
          """)
      case .timeZone:
        parts.append(
          """
          SELECT s.row, '\(field.name)', 'time_zone', \(column) FROM \(staging) s
            WHERE \(column) IS NOT NULL AND NOT is_time_zone(\(column))
          """)
      default: break
      }
    }
    parts += rules(noun)
    return "SELECT * FROM (\n\(parts.joined(separator: "\nUNION ALL\n"))) AS found ORDER BY 1, 2 LIMIT $1"
  }

  /// What constraints and triggers of the table demand of a row beyond its types and references. They would end the
  /// whole import without naming a row.
  private static func rules(_ noun: Noun) -> [String] {
    switch noun {
    case .sector:
      [
        "SELECT s.row, 'code', 'sector_code_without_colon', s.code FROM import_sector s WHERE strpos(s.code, ':') > 0",
        """
        SELECT s.row, 'code', 'sector_tree', s.code
          FROM (SELECT row, code, row_number() OVER (ORDER BY row) AS place FROM import_sector n
            WHERE NOT EXISTS (SELECT FROM sector o WHERE o.code = n.code)) AS s
          WHERE s.place + (SELECT count(*) FROM sector) > \(Limits.sectors)
        """, tree(noun, rule: "sector_tree"),
      ]
    case .investor: [tree(noun, rule: "investor_parent_tree")]
    case .roadshow:
      [
        """
        SELECT s.row, CASE WHEN 'ends_on' = ANY (s.given) THEN 'ends_on' ELSE 'starts_on' END,
            'roadshow_ends_after_start', NULL
          FROM import_roadshow s LEFT JOIN roadshow o ON o.code = s.code
          WHERE CASE WHEN 'ends_on' = ANY (s.given) THEN s.ends_on ELSE o.ends_on END
            < CASE WHEN 'starts_on' = ANY (s.given) THEN s.starts_on ELSE o.starts_on END
        """
      ]
    case .holding:
      [
        "SELECT s.row, 'exited_on', 'holding_exited_after_since', NULL FROM import_holding s WHERE s.exited_on < s.since"
      ]
    case .rate:
      ["SELECT s.row, 'to', 'rate_between_two', NULL FROM import_rate s WHERE s.\"from\" = s.\"to\""]
    case .milestone:
      [
        """
        SELECT s.row, 'firm', 'milestone_of_one', NULL FROM import_milestone s WHERE num_nonnulls(s.project, s.firm) <> 1
        """
      ]
    // What else there is to say of these is said by triggers, which know what came before them: see `MergeRow`.
    case .institute, .project, .firm, .person, .round, .programme, .stake, .tranche, .scenario, .pilot,
      .expert, .review,
      .committee, .decision, .juror, .criterion, .mark, .enrolment, .absence, .wish, .outcome:
      []
    }
  }

  /// Finds the staged rows that would be part of a cycle, hang below one or lie too deep, and those that would push
  /// deeper what is stored below them. The tree as it would be is walked from its tops; what the walk does not reach
  /// is wrong. Without a staged parent the tree stays as it is, and nothing is read.
  private static func tree(_ noun: Noun, rule: String) -> String {
    """
    (WITH RECURSIVE node (code, parent, row) AS MATERIALIZED (
        SELECT coalesce(s.code, o.code), CASE WHEN 'parent' = ANY (s.given) THEN s.parent ELSE o.parent END,
          CASE WHEN 'parent' = ANY (s.given) THEN s.row END
        FROM \(noun.name) o FULL JOIN import_\(noun.name) s ON s.code = o.code
        WHERE coalesce(s.code, o.code) IS NOT NULL
          AND EXISTS (SELECT FROM import_\(noun.name) WHERE parent IS NOT NULL)),
      reached (code, depth) AS (
        SELECT code, 1 FROM node n WHERE NOT EXISTS (SELECT FROM node above WHERE above.code = n.parent)
        UNION ALL
        SELECT node.code, reached.depth + 1 FROM reached JOIN node ON node.parent = reached.code
          WHERE reached.depth < \(Limits.sectorDepth)),
      -- To blame is the nearest row of the upload, going up.
      blamed (code, parent, row) AS (
        SELECT * FROM node n WHERE NOT EXISTS (SELECT FROM reached WHERE reached.code = n.code)
        UNION
        SELECT node.* FROM blamed JOIN node ON node.code = blamed.parent WHERE blamed.row IS NULL)
      SELECT DISTINCT row, 'parent', '\(rule)', NULL FROM blamed WHERE row IS NOT NULL)
    """
  }

  /// The fields of a staged row `s` that differ from its row `o`: as they are and, under `was`, as they were. Of a person
  /// only which, since the audit outlives a person's erasure.
  private static func change(_ noun: Noun, _ names: [String], _ value: (String) -> String) -> String {
    func json(_ name: String, _ column: String) -> String {
      guard case .amountRange = noun.field(name)?.type else { return "to_jsonb(\(column))" }
      // As it is written, 2000000-10000000.
      return
        "CASE WHEN \(column) IS NULL THEN 'null' ELSE to_jsonb(concat(lower(\(column)), '-', upper(\(column)) - 1)) END"
    }
    func members(_ item: (String) -> String) -> String {
      names.map { name in
        """
        CASE WHEN '\(name)' = ANY (s.given) AND \(value(name)) IS DISTINCT FROM o."\(name)"
          THEN jsonb_build_object('\(name)', \(item(name))) ELSE '{}' END
        """
      }.joined(separator: "\n|| ")
    }
    if noun == .person { return members { _ in "true" } }
    return
      "\(members { json($0, value($0)) })\n|| jsonb_build_object('was', \(members { json($0, "o.\"\($0)\"") }))"
  }

  private static func merge(_ noun: Noun, columns: [String], of staged: String) -> String {
    /// A retired column that is left out or cleared is false.
    func value(_ name: String) -> String {
      name == "retired" ? "coalesce(s.retired, false)" : "s.\"\(name)\""
    }
    let names = (noun.hasCode ? ["code"] : []) + noun.fields.map(\.name)
    let data = noun.fields.map(\.name).filter { !noun.key.contains($0) }
    let assignments = data.map { name in
      "\"\(name)\" = CASE WHEN '\(name)' = ANY (s.given) THEN \(value(name)) ELSE o.\"\(name)\" END"
    }
    let differences = data.map { name in
      "'\(name)' = ANY (s.given) AND \(value(name)) IS DISTINCT FROM o.\"\(name)\""
    }
    return """
      WITH differing AS MATERIALIZED (
        SELECT s.*, \(change(noun, data, value)) AS change FROM \(staged) s JOIN \(noun.name) o ON \(sameKey(noun, "o", "s"))
        WHERE \(differences.joined(separator: "\nOR "))),
      added AS (
        INSERT INTO \(noun.name) (\(columns.joined(separator: ", ")))
        SELECT \(names.map(value).joined(separator: ", ")) FROM \(staged) s
        WHERE NOT EXISTS (SELECT FROM \(noun.name) o WHERE \(sameKey(noun, "o", "s")))
        ORDER BY s.row
        RETURNING 1),
      changed AS (
        UPDATE \(noun.name) o SET \(assignments.joined(separator: ",\n"))
        FROM differing s
        WHERE \(sameKey(noun, "o", "s"))
        RETURNING 1),
      noted AS (
        INSERT INTO audit (principal, action, object, detail)
        SELECT $1, '\(noun.name) import', \(names.filter(noun.key.contains).map { "s.\"\($0)\"::text" }.concatenated), s.change
        FROM differing s WHERE $1::text IS NOT NULL ORDER BY s.row LIMIT $2)
      SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM changed)
      """
  }
}

extension [String] {
  /// Columns as one text, parted by `/`.
  fileprivate var concatenated: String { count == 1 ? self[0] : "concat_ws('/', \(joined(separator: ", ")))" }
}

extension Noun {
  /// Whether rows count their changes, for `SET … version=`.
  public var hasVersion: Bool { hasCode }

  fileprivate var exportOrder: String {
    switch self {
    // A sector or a house comes before what stands below it, so that an export can be read from the top.
    case .holding: "investor, firm, since, round"
    case .round: "firm, date, kind"
    case .rate: "\"from\", \"to\", date"
    case .milestone: "project, firm, date"
    // As they were done: each is checked against those before it.
    case .stake: "agreed_on, code"
    case .tranche: "date, changed_at, code"
    case .juror: "roadshow, expert"
    case .criterion: "roadshow, name"
    case .mark: "roadshow, expert, firm, criterion"
    default: "code"
    }
  }
}
