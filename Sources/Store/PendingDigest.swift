import Dispatch
import Matching
import Synchronization

/// The digest of deal lists, worked out on another thread.
final class PendingDigest: Sendable {
  private let digest = Mutex<[UInt8]>([])
  private let isDone = DispatchGroup()

  init(_ lists: DealLists) {
    DispatchQueue.global().async(group: isDone) {
      let digest = Self.digest(of: lists)
      self.digest.withLock { $0 = digest }
    }
  }

  /// Blocks the thread until it is there.
  func wait() -> [UInt8] {
    isDone.wait()
    return digest.withLock { $0 }
  }

  /// SHA-256 over all lists in order of the investors' ids: of each the id and the count of deals, then candidate and
  /// score of each deal, all as 32-bit integers with the high octet first.
  static func digest(of lists: DealLists) -> [UInt8] {
    let digest = Digest()
    var words: [UInt32] = []
    for (index, investor) in lists.investors.enumerated() {
      let list = lists.list(at: index)
      words.removeAll(keepingCapacity: true)
      words.append(UInt32(bitPattern: investor).bigEndian)
      words.append(UInt32(list.count).bigEndian)
      for deal in list {
        words.append(UInt32(bitPattern: deal.candidate).bigEndian)
        words.append(UInt32(bitPattern: deal.score).bigEndian)
      }
      words.withUnsafeBytes { digest.update($0) }
    }
    return digest.finish()
  }
}
