import Dispatch
import Synchronization

/// Investors to be ranked, shared by the threads that rank them. What comes of it does not depend on how many
/// threads there are, nor on which does what.
public final class RankingWork: Sendable {
  private let scorer: Scorer
  /// Indices; those that want the same sectors one after the other, since they read the same blocks.
  private let investors: [Int]
  /// Counted together where many are ranked.
  private let sharedFirms: SharedFirms?
  private let progress: @Sendable (_ done: Int, _ of: Int) -> Void
  private let next = Atomic(0)
  private let done = Atomic(0)
  private let stopped = Atomic(false)
  private let ranked: Mutex<Ranked>
  /// Counts the shares that are ranked and not yet taken by ``forEachList(_:)``, and wakes it when the work is stopped.
  private let waiting = DispatchSemaphore(value: 0)

  private struct Ranked {
    /// Share after share in the order of `investors`.
    var shares: [Ragged<Deal>]
    /// Numbers of the shares that are ranked, in the order in which they were.
    var order: [Int] = []
  }

  /// Investors that a thread takes at a time.
  private static let share = 32

  /// - Parameters:
  ///   - investors: Indices of those to rank; nil for all.
  ///   - progress: Is told about a hundred times, from any thread.
  public init(
    scorer: Scorer, investors: [Int]? = nil, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) {
    self.scorer = scorer
    let wanted = scorer.snapshot.investors.sectors
    self.investors = Self.inOrder(investors ?? Array(0..<scorer.snapshot.investorCount)) {
      UInt32(wanted[$0].first?.sector ?? 0)
    }
    // For fewer it would be more work than each counting its own.
    let isMost = self.investors.count * 2 > scorer.snapshot.investorCount
    sharedFirms = isMost ? SharedFirms(scorer.snapshot.positions) : nil
    self.progress = progress
    let shares = (self.investors.count + Self.share - 1) / Self.share
    ranked = Mutex(Ranked(shares: Array(repeating: Ragged(), count: shares)))
  }

  /// Numbers in order of a key, those of one key in their own; packed, which sorts in half the time.
  private static func inOrder(_ numbers: some Sequence<Int>, by key: (Int) -> UInt32) -> [Int] {
    numbers.map { UInt64(key($0)) << 32 | UInt64($0) }.sorted().map { Int($0 & 0xFFFF_FFFF) }
  }

  /// Investors to be ranked.
  public var count: Int { investors.count }

  /// Makes every ``run()`` and ``forEachList(_:)`` end soon, from any thread.
  public func stop() {
    stopped.store(true, ordering: .relaxed)
    waiting.signal()
  }

  /// Whether somebody said so.
  public var isStopped: Bool { stopped.load(ordering: .relaxed) }

  /// Ranks share after share until none is left.
  public func run() {
    let count = investors.count
    let depth = scorer.policy.depth + DealLists.reserve
    guard count > 0 else { return }
    var mandate = Mandate(scorer: scorer, investor: investors[0], sharedFirms?.finish())
    while !isStopped {
      let first = next.add(Self.share, ordering: .relaxed).oldValue
      guard first < count else { return }
      let range = first..<min(first + Self.share, count)
      var lists = Ragged<Deal>()
      lists.reserve(entries: range.count, items: range.count * min(depth, scorer.snapshot.candidateCount))
      for place in range {
        mandate.turn(to: investors[place])
        lists.append(mandate.top(depth))
      }
      ranked.withLock {
        $0.shares[first / Self.share] = lists
        $0.order.append(first / Self.share)
      }
      let now = done.add(range.count, ordering: .relaxed).newValue
      if now == count || now * 100 / count != (now - range.count) * 100 / count { progress(now, count) }
      waiting.signal()
    }
  }

  /// Hands over all lists as they are ranked, in no order, by the investor's id and best first; fewer where the work is
  /// stopped. Blocks the thread, and is called once.
  public func forEachList(_ body: (Int32, ArraySlice<Deal>) throws -> Void) rethrows {
    let count = ranked.withLock { $0.shares.count }
    for turn in 0..<count {
      waiting.wait()
      guard !isStopped else { return }
      let (number, share) = ranked.withLock { ($0.order[turn], $0.shares[$0.order[turn]]) }
      for place in 0..<share.count {
        let investor = investors[number * Self.share + place]
        try body(scorer.snapshot.investorID(at: investor), share[place].prefix(scorer.policy.depth))
      }
    }
  }

  /// The lists, in order of the investors' ids.
  public func lists() -> DealLists {
    let snapshot = scorer.snapshot
    // No id is negative.
    let order = Self.inOrder(investors.indices) { UInt32(snapshot.investorID(at: investors[$0])) }
    return ranked.withLock { ranked in
      var lists = DealLists(depth: scorer.policy.depth)
      lists.reserve(lists: investors.count, deals: ranked.shares.reduce(0) { $0 + $1.items.count })
      for place in order {
        let list = ranked.shares[place / Self.share][place % Self.share]
        lists.append(list, of: snapshot.investorID(at: investors[place]))
      }
      return lists
    }
  }
}
