import Domain
import Synchronization

/// Finds the stored firms that a name might be near to without reading all of them: by the hashes under which each looks
/// for others (``NearNames/probes(of:)``), kept from one write to the next.
///
/// What it gives is compared by the names of the snapshot at hand, so an entry of a name that a firm had before does no
/// harm; what has changed since the last time is added by the rows' versions. About 6 MiB for 100,000 firms, from the
/// first name that is written on.
public final class NameIndex: Sendable {
  private struct State {
    /// Of the snapshot that was read last.
    var ids: [Int32] = []
    var versions: [Int32] = []
    /// The highest id of all snapshots; a higher one is new.
    var lastID: Int32 = -1
    /// The upper half of a hash above an id, rising.
    var entries: [UInt64] = []
    /// More of them, in no order.
    var younger: [UInt64] = []
  }

  private let state = Mutex(State())

  private let mostYounger: Int

  /// - Parameter mostYounger: Entries in no order up to which they are only read one by one.
  public init(mostYounger: Int = 8_192) { self.mostYounger = mostYounger }

  /// Indices of firms of the snapshot among which are all that are near to this one, rising. The first time, and after a
  /// large import, it takes as long as looking at all of them.
  public func suspects(of named: NearNames.Named, in snapshot: Snapshot) -> [Int] {
    let hashes = Set(NearNames.hashes(of: named).map { $0 >> 32 })
    let ids = state.withLock { state in
      update(&state, to: snapshot)
      var ids = Set(state.younger.filter { hashes.contains($0 >> 32) }.map(Self.id))
      for hash in hashes {
        let first = state.entries.indices.partition { state.entries[$0] < hash << 32 }
        ids.formUnion(state.entries[first...].prefix { $0 >> 32 == hash }.map(Self.id))
      }
      return ids
    }
    return ids.compactMap { snapshot.candidate(id: $0) }.sorted()
  }

  private static func id(_ entry: UInt64) -> Int32 { Int32(truncatingIfNeeded: entry) }

  /// Takes in what has changed since the last snapshot, for who will hold a lock when he looks for suspects.
  public func update(to snapshot: Snapshot) { state.withLock { update(&$0, to: snapshot) } }

  private func update(_ state: inout State, to snapshot: Snapshot) {
    let changed = Self.changed(state, snapshot)
    (state.ids, state.versions) = (snapshot.candidates.ids, snapshot.candidates.versions)
    state.lastID = max(state.lastID, changed.map { state.ids[$0] }.max() ?? -1)
    for index in changed where snapshot.candidateKind(at: index) == .firm {
      let id = UInt64(state.ids[index])
      state.younger += NearNames.probes(of: .init(firm: index, of: snapshot)).map { ($0 >> 32) << 32 | id }
    }
    guard state.younger.count > mostYounger else { return }
    let all = (state.entries + state.younger).sorted()
    state.entries = []
    // A change of anything but a name has brought the same again.
    for entry in all where entry != state.entries.last { state.entries.append(entry) }
    state.younger = []
  }

  /// Indices of candidates that are new or have another version than the last time.
  private static func changed(_ state: State, _ snapshot: Snapshot) -> [Int] {
    let (ids, versions) = (snapshot.candidates.ids, snapshot.candidates.versions)
    guard ids != state.ids || versions != state.versions else { return [] }
    // Both are in order of codes, so that nearly always the next of one is the next of the other.
    var (next, changed) = (0, [Int]())
    var places: [Int32: Int]?
    for (index, id) in ids.enumerated() {
      if next < state.ids.count, state.ids[next] == id {
        if state.versions[next] != versions[index] { changed.append(index) }
        next += 1
      } else if id > state.lastID {
        changed.append(index)
      } else {
        let known = places ?? Dictionary(uniqueKeysWithValues: state.ids.enumerated().map { ($1, $0) })
        places = known
        if let place = known[id] { next = place + 1 }
        if known[id].map({ state.versions[$0] != versions[index] }) ?? true { changed.append(index) }
      }
    }
    return changed
  }
}

extension NearNames.Named {
  /// The firm at an index as its snapshot names it.
  public init(firm index: Int, of snapshot: Snapshot) {
    let nameZh = snapshot.candidateNameZhUTF8(at: index)
    self.init(
      code: snapshot.candidateCode(at: index), name: snapshot.candidateName(at: index),
      nameZh: nameZh.isEmpty ? nil : String(decoding: nameZh, as: UTF8.self))
  }
}
