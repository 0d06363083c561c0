import Dispatch
import Domain
import Matching
import Store
import Synchronization

/// Warnings of firms whose names are nearly another's. They are found beside the write of the same rows, on a thread
/// of their own: the names that are stored already are in memory. What others have written since is looked at under the
/// lock of the write.
final class NearNameCheck: Sendable {
  private let records: [RegistryStore.Staged]
  private let served: Served
  private let index: NameIndex
  private let found = Mutex<[RegistryStore.Finding]>([])
  private let isDone = DispatchSemaphore(value: 0)

  /// Begins to look.
  init(_ records: [RegistryStore.Staged], in served: Served, index: NameIndex) {
    self.records = records
    self.served = served
    self.index = index
    DispatchQueue.global(qos: .utility).async { [self] in
      let warnings = warnings([])
      found.withLock { $0 = warnings }
      isDone.signal()
    }
  }

  /// Waits for what was found, in order of rows. For the thread of a database connection, which may wait.
  ///
  /// - Parameter session: In the transaction that has written the rows, and keeps others from writing more.
  func warnings(without rejected: Set<Int>, in session: Session) throws -> ArraySlice<RegistryStore.Finding> {
    isDone.wait()
    defer { isDone.signal() }
    let younger = try RegistryStore.firmNames(since: served.watermark, in: session)
    let all = younger.isEmpty ? found.withLock { $0 } : warnings(younger)
    return all.filter { warning in
      !rejected.contains(warning.row) && !(warning.otherRow.map(rejected.contains) ?? false)
    }.prefix(Limits.uploadErrors)
  }

  /// Rows up to which looking for each is quicker than looking at all stored firms.
  private static let fewRows = 256

  /// - Parameter younger: Firms that are not as the snapshot has them.
  private func warnings(_ younger: [RegistryStore.FirmName]) -> [RegistryStore.Finding] {
    let snapshot = served.snapshot
    var names = NearNames(expecting: records.count)
    var (rows, codes): ([Int], Set<String>) = ([], [])
    var findings: [Int: RegistryStore.Finding] = [:]
    for staged in records where staged.unreadable.isEmpty {
      guard let named = Self.named(staged.record, snapshot) else { continue }
      rows.append(staged.row)
      codes.insert(named.code)
      if let match = names.add(named) {
        findings[staged.row] = Self.finding(
          staged.row, match.isChinese, match.text, names[match.number].code, match.foundText,
          otherRow: rows[match.number])
      }
    }
    guard !rows.isEmpty else { return [] }
    func look(at stored: NearNames.Named) {
      guard !codes.contains(stored.code), let match = names.near(to: stored),
        findings[rows[match.number]] == nil
      else { return }
      let isChinese = match.foundText != names[match.number].name
      findings[rows[match.number]] = Self.finding(
        rows[match.number], isChinese, match.foundText, stored.code, match.text)
    }
    for firm in younger where !firm.isRetired { look(at: firm.named) }
    codes.formUnion(younger.map(\.named.code))
    let suspects =
      rows.count > Self.fewRows
      ? nil : Set(rows.indices.flatMap { index.suspects(of: names[$0], in: snapshot) }).sorted()
    for index in suspects ?? Array(0..<snapshot.candidateCount)
    where snapshot.candidateKind(at: index) == .firm && !snapshot.isCandidateRetired(at: index) {
      look(at: .init(firm: index, of: snapshot))
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
    let before = index.map { NearNames.Named(firm: $0, of: snapshot) }
    guard let name = record["name"].value?.spelling ?? before?.name else { return nil }
    let nameZh = record["name_zh"] == .absent ? before?.nameZh : record["name_zh"].value?.spelling
    return .init(code: code, name: name, nameZh: nameZh)
  }
}
