import CLinux
import Domain
import Matching
import Synchronization
import Wire

/// What a deal list says of a candidate whoever's list it is, written once: fields of JSON before the score, and behind
/// it. Valid as long as the ``CandidateTexts`` it comes from.
struct CandidateText: @unchecked Sendable {
  // Bytes that are written before anyone sees this, and never changed.
  fileprivate let start: UnsafePointer<UInt8>
  fileprivate let nameCount: UInt16
  fileprivate let factsCount: UInt16

  var name: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: Int(nameCount)) }
  var facts: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start + Int(nameCount), count: Int(factsCount))
  }

  /// Has the processor fetch it, so that reading it does not wait.
  func fetch() {
    for line in stride(from: 0, to: Int(nameCount) + Int(factsCount), by: 64) { prefetch(start + line) }
  }

  static func writeName(of candidate: Int, _ snapshot: Snapshot, _ row: inout RowFields) {
    row.text("kind", snapshot.candidateKind(at: candidate).name)
    row.text("code", utf8: snapshot.candidateCodeUTF8(at: candidate))
    row.text("name", utf8: snapshot.candidateNameUTF8(at: candidate))
    row.text("name_zh", utf8: snapshot.candidateNameZhUTF8(at: candidate))
  }

  static func writeFacts(of candidate: Int, _ snapshot: Snapshot, _ row: inout RowFields) {
    row.text("stage", snapshot.candidateStage(at: candidate)?.name)
    row.codes("sectors", snapshot.candidateSectors(at: candidate))
    row.text("region", snapshot.candidateRegion(at: candidate))
    row.text("city", snapshot.candidateCity(at: candidate))
    row.integer("ask", snapshot.candidateAsk(at: candidate))
    row.text("currency", snapshot.candidateCurrency(at: candidate))
  }
}

/// The texts of candidates that somebody's list has shown. A list is written from twenty of them, one miss of the cache
/// each, where the columns of the snapshot would take ten. They lie in blocks that neither move nor change, so that they
/// are read without a lock; it belongs to one snapshot, and whoever serves that holds it.
final class CandidateTexts: Sendable {
  private struct State: @unchecked Sendable {
    var texts: [CandidateText?]
    var blocks: [UnsafeMutablePointer<UInt8>] = []
    /// Octets of the last block that are taken.
    var used = CandidateTexts.blockSize
  }

  private static let blockSize = 1 << 18

  private let state: Mutex<State>

  init(count: Int) { state = Mutex(State(texts: Array(repeating: nil, count: count))) }

  deinit {
    state.withLock { state in
      for block in state.blocks { block.deallocate() }
    }
  }

  /// The text of a candidate, at its index.
  func text(of candidate: Int, _ snapshot: Snapshot) -> CandidateText {
    state.withLock { state in
      if let text = state.texts[candidate] { return text }
      let name = RowFields.json { CandidateText.writeName(of: candidate, snapshot, &$0) }
      let facts = RowFields.json { CandidateText.writeFacts(of: candidate, snapshot, &$0) }
      let count = name.count + facts.count
      precondition(count <= UInt16.max, "Names and codes are too short to come to 64 KiB.")
      if state.used + count > Self.blockSize {
        state.blocks.append(.allocate(capacity: Self.blockSize))
        state.used = 0
      }
      let start = state.blocks.last! + state.used
      start.initialize(from: name + facts, count: count)
      state.used += count
      let text = CandidateText(
        start: start, nameCount: UInt16(name.count), factsCount: UInt16(facts.count))
      state.texts[candidate] = text
      return text
    }
  }
}
