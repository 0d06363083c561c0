import Domain

/// The registry in PostgreSQL. All calls run inside a transaction of the caller.
public enum RegistryStore {
  /// What an upload row says, with the row's number in the upload (from 1).
  public struct Staged: Sendable {
    public var row: Int
    public var record: Record
    /// Fields, `code` among them, that the row gave in a form that cannot be read. Such a row is checked, so that
    /// all its faults are named at once, and never taken.
    public var unreadable: [String]

    public init(row: Int, record: Record, unreadable: [String] = []) {
      self.row = row
      self.record = record
      self.unreadable = unreadable
    }
  }

  /// What is wrong with, or remarkable about, a row.
  public struct Finding: Sendable, Hashable {
    public var row: Int
    public var field: String?
    public var reason: String
    /// The named rule of the schema (``SchemaRule``) that the row would break.
    public var rule: String?
    /// Another row that the reason speaks of.
    public var otherRow: Int?

    public init(row: Int, field: String?, reason: String, rule: String? = nil, otherRow: Int? = nil) {
      self.row = row
      self.field = field
      self.reason = reason
      self.rule = rule
      self.otherRow = otherRow
    }
  }

  /// What came of a write.
  public struct Outcome: Sendable {
    public var added = 0
    public var changed = 0
    public var unchanged = 0
    /// Rows that were not taken, and why; at most ``Limits/uploadErrors`` of them.
    public var rejected: [Finding] = []
    /// All rows that were not taken, those with unreadable fields among them.
    public var rejectedRows: Int { dropped.count }
    /// Their numbers.
    public var dropped: Set<Int> = []

    public init() {}
  }

  /// Tells PostgreSQL's planner what a noun's table holds now. Without the right to it the server passes it over.
  public static func analyze(_ noun: Noun, in session: Session) throws {
    try session.execute(RegistryTable.of(noun).analyze, name: "\(noun.name)_analyze")
  }

  /// Writes records: new ones are added, known ones changed in the fields they name.
  ///
  /// With `partial` false nothing is written when any row is rejected; the caller sees the rejected rows and
  /// rolls back. Writers of one noun wait for each other; readers do not. Others than these, psql and autovacuum, wait for
  /// an upload of many rows only, and it for them. Linear in the number of rows.
  ///
  /// - Parameter principal: In whose name the audit is told what each changed row was and is; nil for one who tells it.
  public static func write(
    _ records: [Staged], noun: Noun, partial: Bool, noting principal: String? = nil, in session: Session
  ) throws -> Outcome {
    let table = RegistryTable.of(noun)
    try session.execute(table.createStaging, name: "\(noun.name)_staging")
    try lock(table, isOne: records.count == 1, in: session)
    try stage(records, table, session)
    if noun == .person {
      try session.execute(RecallOwners())
      try session.execute(ClearVainOwners())
      try session.execute(ResolveOwners())
    }
    var outcome = Outcome()
    var unreadable: [Int: [String]] = [:]
    for staged in records where !staged.unreadable.isEmpty { unreadable[staged.row] = staged.unreadable }
    while true {
      // Of a field that could not be read nothing more is to be said.
      let found = try session.query(CheckStaged(noun: noun, limit: 10_000)).filter {
        unreadable[$0.row]?.contains($0.field) != true
      }
      let rows = Set(found.map(\.row)).union(unreadable.keys)
      unreadable = [:]
      if rows.isEmpty { break }
      outcome.dropped.formUnion(rows)
      outcome.rejected += found.prefix(max(0, Limits.uploadErrors - outcome.rejected.count)).map(explain)
      guard partial else { return outcome }
      try session.execute(DropStaged(noun: noun, rows: rows.sorted()))
    }
    let rows = records.map(\.row).filter { !outcome.dropped.contains($0) }
    try merge(rows, noun, partial: partial, principal, &outcome, session)
    outcome.unchanged = records.count - outcome.dropped.count - outcome.added - outcome.changed
    return outcome
  }

  /// Merges what is staged; all at once, and where a rule that a trigger holds forbids that, one row after the other, so
  /// that each that is refused can be named.
  private static func merge(
    _ rows: [Int], _ noun: Noun, partial: Bool, _ principal: String?, _ outcome: inout Outcome,
    _ session: Session
  ) throws {
    do {
      let all = MergeStaged(noun: noun, principal: principal)
      if let counts = try session.savepoint({ try $0.queryOne(all) }) {
        (outcome.added, outcome.changed) = counts
      }
    } catch let error as StoreError {
      guard rows.count > 1, error.brokenRule != nil else { throw error }
      for row in rows {
        do {
          let one = MergeRow(noun: noun, row: row, principal: principal)
          guard let counts = try session.savepoint({ try $0.queryOne(one) }) else { continue }
          outcome.added += counts.added
          outcome.changed += counts.changed
        } catch let error as StoreError {
          guard let broken = error.brokenRule else { throw error }
          outcome.dropped.insert(row)
          guard outcome.rejected.count < Limits.uploadErrors else {
            if partial { continue } else { return }
          }
          outcome.rejected.append(
            Finding(row: row, field: noun.key[0], reason: broken.sentence, rule: broken.rule))
        }
      }
    }
  }

  private static func stage(_ records: [Staged], _ table: RegistryTable, _ session: Session) throws {
    let noun = table.noun
    let names = noun.fields.map(\.name)
    // The names an upload gives are nearly always the same, row after row.
    var lastGiven: [Record.Given] = []
    var givenNames: [String] = []
    try session.copyIn(table.stage, name: "\(noun.name)_stage") { writer in
      for staged in records {
        let given = staged.record.given
        if !zip(given, lastGiven).allSatisfy({ ($0 == .absent) == ($1 == .absent) }) || lastGiven.isEmpty {
          givenNames = zip(names, given).compactMap { $1 == .absent ? nil : $0 }
          lastGiven = given
        }
        try writer.int(staged.row)
        try writer.textArray(givenNames)
        if noun.hasCode {
          if let code = staged.record.code { try writer.field(code) } else { try writer.null() }
        }
        for value in given {
          if let value = value.value { try writer.field(FieldText.encode(value)) } else { try writer.null() }
        }
        try writer.endRow()
      }
    }
  }

  private static func explain(_ finding: CheckStaged.Finding) -> Finding {
    let value = finding.value.map { "\"\($0)\"" } ?? ""
    let reason =
      switch finding.problem {
      case "required": "is required"
      case "owner": "\(value) names no institute, firm or investor, or several; of_kind= says which"
      case "time_zone": "\(value) is not a time zone like Asia/Shanghai or UTC"
      default: SchemaRule.sentences[finding.problem] ?? "there is no \(finding.problem) \(value)"
      }
    let rule = SchemaRule.sentences[finding.problem] == nil ? nil : finding.problem
    return Finding(row: finding.row, field: finding.field, reason: reason, rule: rule)
  }

  /// One object, nil where there is none.
  public static func get(_ noun: Noun, _ code: String, in session: Session) throws -> StoredObject? {
    try session.queryOne(SelectObject(noun: noun, code: code))
  }

  /// Objects in order of their codes: at most `limit` after `after`, with the values of `filters`; a list
  /// must hold the items filtered for. Without a filter on `retired` only objects that are not.
  public static func list(
    _ noun: Noun, filters: Record, after: String?, limit: Int, in session: Session
  ) throws -> [StoredObject] {
    var (members, weighed): ([String], [String]?) = ([], nil)
    for (field, given) in zip(noun.fields, filters.given) {
      switch given {
      case .absent: continue
      case .cleared: members.append("\(json(field.name)):null")
      case .value(.weights(let weights)): weighed = weights.map(\.code)
      case .value(let value) where field.type == .decimal:
        members.append("\(json(field.name)):\(value.spelling)")
      case .value(let value): members.append("\(json(field.name)):\(json(value))")
      }
    }
    let isFiltered = filters["retired"] != .absent
    if noun.field("retired") != nil, !isFiltered { members.append("\"retired\":false") }
    let filter = members.isEmpty ? nil : "{\(members.joined(separator: ","))}"
    return try session.query(
      SelectPage(noun: noun, after: after, limit: limit, filter: filter, weighed: weighed))
  }

  private static func json(_ value: FieldValue) -> String {
    switch value {
    case .integer, .amount: value.spelling
    case .flag(let flag): flag ? "true" : "false"
    case .list(let items): "[\(items.map(json).joined(separator: ","))]"
    // As PostgreSQL spells an int8range.
    case .range(let range):
      json("\(range.min.map { "[\($0)" } ?? "("),\(range.max.map { String($0 + 1) } ?? ""))")
    case .text, .weights: json(value.spelling)
    }
  }

  /// Field values hold no control characters, so quotes and backslashes are all there is to escape.
  private static func json(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// Every object of a noun, one after another, never all at once.
  public static func export(
    _ noun: Noun, in session: Session, _ body: (StoredObject) throws -> Void
  ) throws {
    if Noun.sheets.contains(noun) {
      try session.forEach(RoadshowSheetStatements.Select(noun: noun), body)
    } else {
      try session.forEach(SelectAll(noun: noun), body)
    }
  }
}

// MARK: - Spinning out

extension RegistryStore {
  /// A firm by its names.
  public struct FirmName: Sendable {
    public var named: NearNames.Named
    public var isRetired: Bool
  }

  /// Firms that others have written since a watermark.
  public static func firmNames(since watermark: String, in session: Session) throws -> [FirmName] {
    try session.query(FirmStatements.NamesSince(since: watermark))
  }

  /// Those of some codes that are firms which the one who asks may know of.
  public static func knownFirms(among codes: [String], in session: Session) throws -> Set<String> {
    Set(try session.query(FirmStatements.Known(codes: codes)))
  }

  /// Notes which project a firm was spun out of.
  public static func setProject(firm: String, project: String, in session: Session) throws {
    try session.execute(FirmStatements.SetProject(firm: firm, project: project))
  }

  /// Every statement there is, for the test that prepares them all.
  static var statements: [any Statement] {
    Noun.tables.flatMap { noun -> [any Statement] in
      var all: [any Statement] = [
        SelectAll(noun: noun), TakeTurn(noun: noun), CheckStaged(noun: noun, limit: 1),
        MergeStaged(noun: noun, principal: nil), MergeRow(noun: noun, row: 1, principal: nil),
        DropStaged(noun: noun, rows: []),
      ]
      if noun.hasCode {
        all.append(SelectObject(noun: noun, code: ""))
        all.append(SelectObject(noun: noun, code: "", isHeld: true))
        all.append(SelectPage(noun: noun, after: nil, limit: 1, filter: nil, weighed: nil))
      }
      return all
    } + [RecallOwners(), ResolveOwners(), ClearVainOwners()] + FirmStatements.all
      + FirmMergeStatements.all
  }
}

extension RegistryStore {
  /// Keeps others from changing one object until the transaction ends, and all but psql from adding it where there is none.
  /// Gives the object as it is; nil where there is none.
  ///
  /// - Parameter withAll: Keeps psql too from writing any of the noun, and waits for what it has not committed: for what
  ///   is decided by looking at all of them.
  public static func lock(
    _ noun: Noun, _ code: String, withAll: Bool = false, in session: Session
  ) throws -> StoredObject? {
    try lock(.of(noun), isOne: !withAll, in: session)
    return try session.queryOne(SelectObject(noun: noun, code: code, isHeld: true))
  }

  /// Keeps everybody else, psql too, from writing any of a noun until the transaction ends.
  static func lockAll(_ noun: Noun, in session: Session) throws {
    try lock(.of(noun), isOne: false, in: session)
  }

  /// Waits for other writers of a noun and keeps them waiting until the transaction ends. For one row only those who come
  /// by this way: a lock of the table would wait for everybody's open transaction, and end the autovacuum of a table
  /// that is changed often.
  private static func lock(_ table: RegistryTable, isOne: Bool, in session: Session) throws {
    let noun = table.noun
    // Before the table, and both before any row is held: whoever has locked the table may be after that row.
    try session.execute(TakeTurn(noun: noun))
    // The tree of sectors is looked at as a whole.
    if isOne, noun != .sector {
      try session.execute(table.lockSome, name: "\(noun.name)_lock_some")
    } else {
      try session.execute(table.lockAll, name: "\(noun.name)_lock_all")
    }
  }
}
