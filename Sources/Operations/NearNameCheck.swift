import Dispatch
import Domain
import Matching
import Store
import Synchronization

/// Warnings of firms whose names are nearly another's. They are found beside the write of the same rows, on a thread
/// of their own: the names that are stored already are in memory.
final class NearNameCheck: Sendable {
  private let found = Mutex<[RegistryStore.Finding]>([])
  private let isDone = DispatchSemaphore(value: 0)

  /// Begins to look.
  init(_ records: [RegistryStore.Staged], in snapshot: Snapshot) {
    DispatchQueue.global(qos: .utility).async { [self] in
      let warnings = Self.warnings(records, snapshot)
      found.withLock { $0 = warnings }
      isDone.signal()
    }
  }

  /// Waits for what was found, in order of rows. For the thread of a database connection, which may wait.
  func warnings(without rejected: Set<Int>) -> ArraySlice<RegistryStore.Finding> {
    isDone.wait()
    defer { isDone.signal() }
    return found.withLock { $0 }.filter { warning in
      !rejected.contains(warning.row) && !(warning.otherRow.map(rejected.contains) ?? false)
    }.prefix(Limits.uploadErrors)
  }

  private static func warnings(_ records: [RegistryStore.Staged], _ snapshot: Snapshot) -> [RegistryStore
    .Finding]
  {
    var names = NearNames(expecting: records.count)
    var (rows, codes): ([Int], Set<String>) = ([], [])
    var findings: [Int: RegistryStore.Finding] = [:]
    for staged in records where staged.unreadable.isEmpty {
      guard let named = named(staged.record, snapshot) else { continue }
      rows.append(staged.row)
      codes.insert(named.code)
      if let match = names.add(named) {
        findings[staged.row] = finding(
          staged.row, match.isChinese, match.text, names[match.number].code, match.foundText,
          otherRow: rows[match.number])
      }
    }
    guard !rows.isEmpty else { return [] }
    for index in 0..<snapshot.candidateCount
    where snapshot.candidateKind(at: index) == .firm && !snapshot.isCandidateRetired(at: index) {
      let stored = stored(index, snapshot)
      guard !codes.contains(stored.code), let match = names.near(to: stored),
        findings[rows[match.number]] == nil
      else {
        continue
      }
      let isChinese = match.foundText != names[match.number].name
      findings[rows[match.number]] = finding(
        rows[match.number], isChinese, match.foundText, stored.code, match.text)
    }
    return findings.values.sorted { $0.row < $1.row }
  }

  private static func finding(
    _ row: Int, _ isChinese: Bool, _ text: String, _ code: String, _ other: String, otherRow: Int? = nil
  ) -> RegistryStore.Finding {
    .init(
      row: row, field: isChinese ? "name_zh" : "name",
      reason: "\"\(text)\" is nearly the name of \(code), \"\(other)\"; FIRM MERGE joins two that are one",
      otherRow: otherRow)
  }

  /// The firm as it will be named; nil for one whose names stay as they are, and one that is retired.
  private static func named(_ record: Record, _ snapshot: Snapshot) -> NearNames.Named? {
    guard let code = record.code, record["name"] != .absent || record["name_zh"] != .absent,
      record["retired"] != .value(.flag(true))
    else { return nil }
    let index = snapshot.candidate(code: code, kind: .firm)
    if let index, snapshot.isCandidateRetired(at: index), record["retired"] == .absent { return nil }
    let before = index.map { stored($0, snapshot) }
    guard let name = record["name"].value?.spelling ?? before?.name else { return nil }
    let nameZh = record["name_zh"] == .absent ? before?.nameZh : record["name_zh"].value?.spelling
    return .init(code: code, name: name, nameZh: nameZh)
  }

  private static func stored(_ index: Int, _ snapshot: Snapshot) -> NearNames.Named {
    let nameZh = snapshot.candidateNameZhUTF8(at: index)
    return .init(
      code: snapshot.candidateCode(at: index), name: snapshot.candidateName(at: index),
      nameZh: nameZh.isEmpty ? nil : String(decoding: nameZh, as: UTF8.self))
  }
}
