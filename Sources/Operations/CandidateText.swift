import Domain
import Matching
import Synchronization
import Wire

/// What a deal list says of a candidate whoever's list it is, written once.
struct CandidateText: Sendable {
  private let bytes: [UInt8]
  private let end: Int

  /// Fields before the score, and behind it.
  var name: ArraySlice<UInt8> { bytes[..<end] }
  var facts: ArraySlice<UInt8> { bytes[end...] }

  init(of candidate: Int, _ snapshot: Snapshot) {
    let name = RowFields.json { Self.writeName(of: candidate, snapshot, &$0) }
    end = name.count
    bytes = name + RowFields.json { Self.writeFacts(of: candidate, snapshot, &$0) }
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

/// The texts of candidates that somebody's list has shown: a list is written from twenty of them, where the columns of
/// the snapshot would take ten misses of the cache for each. It belongs to one snapshot.
final class CandidateTexts: Sendable {
  private let kept: Mutex<[CandidateText?]>

  init(count: Int) { kept = Mutex(Array(repeating: nil, count: count)) }

  func text(of candidate: Int, _ snapshot: Snapshot) -> CandidateText {
    if let text = kept.withLock({ $0[candidate] }) { return text }
    let text = CandidateText(of: candidate, snapshot)
    kept.withLock { $0[candidate] = text }
    return text
  }
}
