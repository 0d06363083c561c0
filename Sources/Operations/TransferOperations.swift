import Dispatch
import Domain
import Matching
import Store
import Wire

extension Desk {
  // MARK: IMPORT

  func importRows(_ command: Import, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    guard let upload = call.upload else { preconditionFailure("IMPORT comes with an upload") }
    try await reply.progress([.init("step", "read"), .init("rows", JSON(upload.rows))])
    // A row of sectors names them by code: what it may mean is just being said.
    let served = try await picture.refresh()
    let sectors = command.noun == .sector ? nil : Self.sectorNames(served.snapshot)
    let parsed = try await offThread { try UploadReader.read(upload, command.noun, sectors) }
    try await reply.progress([.init("step", "write"), .init("rows", JSON(parsed.records.count))])
    if Noun.sheets.contains(command.noun) {
      return try await importSheet(parsed, command, served, call, &reply)
    }
    let principal = call.principal.name
    let nearNames = command.noun == .firm ? NearNameCheck(parsed.records, in: served, index: names) : nil
    do {
      let last = try await write(
        call, key: command.isDryRun ? nil : command.key, &reply
      ) { session in
        try Self.store(parsed, command, nearNames, principal, session)
      }
      seeToImport(of: command.noun, rows: parsed.records.count)
      return last
    } catch let refused as RefusedImport {
      try await reply.add(refused.rows)
      return refused.last
    }
  }

  private static func sectorNames(_ snapshot: Snapshot) -> SectorNames {
    let tree = snapshot.sectors
    var names = SectorNames()
    for index in 0..<tree.count {
      names.add(
        code: tree.codes[index], names: [tree.names[index]] + [tree.namesZh[index]].compactMap(\.self))
    }
    return names
  }

  /// An import that changed nothing, whatever the transaction had done so far.
  struct RefusedImport: Error {
    var rows: [[JSON.Member]]
    var last: LastLine
  }

  private static func store(
    _ parsed: UploadReader.Parsed, _ command: Import, _ nearNames: NearNameCheck?, _ principal: String,
    _ session: Session
  ) throws -> Written {
    let outcome = try RegistryStore.write(
      parsed.records, noun: command.noun, partial: command.isPartial, noting: principal, in: session)
    let warnings = try nearNames?.warnings(without: outcome.dropped, in: session) ?? []
    return try written(outcome, of: parsed, command, warnings: Array(warnings))
  }

  /// The reply and the audit entry of an import.
  /// - Throws: `RefusedImport` where nothing is to be stored.
  static func written(
    _ outcome: RegistryStore.Outcome, of parsed: UploadReader.Parsed, _ command: Import,
    warnings: [RegistryStore.Finding]
  ) throws -> Written {
    let rejected = (parsed.rejected + outcome.rejected).sorted { $0.row < $1.row }.prefix(Limits.uploadErrors)
    let rejectedRows = parsed.rejectedRows + outcome.rejectedRows
    let rows = rejected.map { $0.members("error") } + warnings.map { $0.members("warning") }
    if rejectedRows > 0, !command.isPartial {
      // A row may have several faults.
      let named = Set(rejected.map(\.row)).count
      let listed = named < rejectedRows ? "the first \(named) are" : "each is"
      throw RefusedImport(
        rows: rejected.map { $0.members("error") },
        last: LastLine(
          .ruleViolated, [Attribute("rows", rejected.count), Attribute("rejected", rejectedRows)],
          sentence:
            "\(rejectedRows) of \(parsed.rows) rows cannot be taken, so none was; \(listed) named above; partial=yes takes the others"
        ))
    }
    let attributes = [
      Attribute("rows", rows.count), Attribute("added", outcome.added), Attribute("changed", outcome.changed),
      Attribute("unchanged", outcome.unchanged), Attribute("rejected", rejectedRows),
    ]
    if command.isDryRun {
      throw RefusedImport(
        rows: rows,
        last: LastLine(.ok, attributes + [Attribute("dry_run", "yes")], sentence: "nothing was changed"))
    }
    let untold = outcome.changed - Limits.auditedChanges
    let counts = JSON.object(
      [
        .init("added", JSON(outcome.added)), .init("changed", JSON(outcome.changed)),
        .init("rejected", JSON(rejectedRows)),
      ] + (untold > 0 ? [.init("changes_not_told", JSON(untold))] : []))
    let hasEffect = outcome.added + outcome.changed > 0
    return Written(
      rows: rows, last: LastLine(.ok, attributes),
      audit: hasEffect ? .init(action: "import", object: command.noun.name, detail: counts) : nil)
  }

  // MARK: EXPORT

  func export(_ command: Export, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let nouns = command.noun.map { [$0] } ?? Noun.inOrderOfReference
    let roadshow = command.roadshow.map { FieldValue.text($0) }
    let pipe = BytePipe()
    let namesNoun = command.noun == nil
    let format = reply.format
    let pool = pool
    let time = time(of: call)
    // One transaction over all nouns: an export is of one moment.
    async let written: Void = pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: time
    ) {
      session in
      defer { pipe.finish() }
      var writer = RowWriter(format: format)
      for noun in nouns {
        try RegistryStore.export(noun, in: session) { object in
          guard roadshow == nil || object["roadshow"] == roadshow else { return }
          let head: [JSON.Member] = namesNoun ? [.init("noun", .string(noun.name))] : []
          try pipe.write { writer.write(head + object.exportMembers, to: &$0) }
        }
      }
    }
    do {
      for await chunk in pipe.chunks {
        try await reply.written(chunk.bytes, rows: chunk.rows)
        pipe.taken()
      }
      // For a task that is cancelled the stream just ends, as if all had been said.
      try Task.checkCancellation()
    } catch {
      pipe.abandon()
      _ = try? await written
      throw error
    }
    try await written
    return LastLine(.ok, [Attribute("rows", reply.rows)])
  }
}

extension RegistryStore.Finding {
  fileprivate func members(_ severity: String) -> [JSON.Member] {
    [
      .init("severity", .string(severity)), .init("row", JSON(row)), .init("field", JSON(field)),
      .init("reason", .string(reason)), .init("other_row", JSON(otherRow)),
    ]
  }
}

extension StoredObject {
  /// The object in the form that IMPORT takes. Retired objects say so; the others leave it out.
  fileprivate var exportMembers: [JSON.Member] {
    var members: [JSON.Member] = code.map { [.init("code", .string($0))] } ?? []
    for (field, value) in zip(noun.fields, values) {
      members.append(
        .init(field.name, field.name == "retired" && value == .flag(false) ? .null : value?.json ?? .null))
    }
    return members
  }
}

/// Reads the rows of an upload into records.
struct UploadReader {
  struct Parsed: Sendable {
    /// Rows that say something.
    var rows = 0
    /// What can be read, rows with unreadable fields among them.
    var records: [RegistryStore.Staged] = []
    /// What cannot be read, at most so many as are told.
    var rejected: [RegistryStore.Finding] = []
    /// Rows of which nothing can be read.
    var rejectedRows = 0

    mutating func note(_ row: Int, _ field: String?, _ reason: String, otherRow: Int? = nil) {
      if rejected.count < Limits.uploadErrors {
        rejected.append(.init(row: row, field: field, reason: reason, otherRow: otherRow))
      }
    }
  }

  private let noun: Noun
  private let sectors: SectorNames?
  private let keyPlaces: [Int]
  private var firstRows: [String: Int] = [:]
  private var parsed = Parsed()

  static func read(_ upload: Upload, _ noun: Noun, _ sectors: SectorNames?) throws -> Parsed {
    var reader = UploadReader(noun, sectors, rows: upload.rows)
    for (row, reason) in upload.passedOver { reader.reject(row, nil, reason) }
    try upload.eachRow { row, bytes in reader.take(row, bytes) }
    return reader.parsed
  }

  private init(_ noun: Noun, _ sectors: SectorNames?, rows: Int) {
    self.noun = noun
    self.sectors = sectors
    keyPlaces = noun.hasCode ? [] : noun.key.map { name in noun.fields.firstIndex { $0.name == name }! }
    parsed.records.reserveCapacity(rows)
    firstRows.reserveCapacity(rows)
  }

  private mutating func reject(_ row: Int, _ field: String?, _ reason: String, otherRow: Int? = nil) {
    parsed.rows += 1
    parsed.rejectedRows += 1
    parsed.note(row, field, reason, otherRow: otherRow)
  }

  private mutating func take(_ row: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
    guard String(validating: bytes, as: UTF8.self) != nil else { return reject(row, nil, "is not UTF-8") }
    var faults: [Record.RowRejection] = []
    let record: Record
    do throws(Record.RowRejection) {
      record = try Record(upload: noun, bytes, sectors: sectors, faults: &faults)
    } catch {
      return reject(row, error.field, error.reason)
    }
    let unreadable = faults.compactMap(\.field)
    // Without its key a row cannot be told from another.
    if noun.key.allSatisfy({ !unreadable.contains($0) }) {
      let key =
        record.code ?? keyPlaces.map { record.given[$0].value?.spelling ?? "" }.joined(separator: "\t")
      if let first = firstRows.updateValue(row, forKey: key) {
        firstRows[key] = first
        return reject(row, noun.key[0], "names the same \(noun.name) as row \(first)", otherRow: first)
      }
    }
    parsed.rows += 1
    for fault in faults { parsed.note(row, fault.field, fault.reason) }
    parsed.records.append(.init(row: row, record: record, unreadable: unreadable))
  }
}
