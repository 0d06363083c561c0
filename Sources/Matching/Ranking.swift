/// A place on a deal list.
public struct Deal: Sendable, Hashable {
  /// Id of the candidate.
  public var candidate: Int32
  /// Millionths.
  public var score: Int32

  public init(candidate: Int32, score: Int32) {
    self.candidate = candidate
    self.score = score
  }
}

extension Mandate {
  /// The best candidates that no veto keeps off, best first, ties in order of code and kind: exactly those of
  /// ``topByScan(_:)``. Reads the blocks whose bound is above the worst of the best so far, and within them the
  /// candidates until one cannot count any more.
  public mutating func top(_ k: Int) -> [Deal] {
    guard !isClosed, k > 0 else { return [] }
    var best = BestFew(limit: min(k, scorer.snapshot.candidateCount))
    // What the search changes is not the mandate's meanwhile, so that it need not be copied to be read.
    var judged = Judged(candidates: 0)
    swap(&judged, &self.judged)
    defer { swap(&judged, &self.judged) }
    judged.begin()
    // What blocks do not know of comes after them. Which of it is vetoed cannot be foreseen, so no branch depends on it.
    let open = [Exception](unsafeUninitializedCapacity: exceptions.count) { open, count in
      for exception in exceptions {
        _ = judged.insert(Int(exception.candidate))
        open.initializeElement(at: count, to: exception)
        count += exception.isVetoed ? 0 : 1
      }
    }
    let made = scorer.blocks
    let stale = made.stale.filter { judged.insert(Int($0)) }
    search(made.blocks, &judged, &best)
    let most = mostOfException
    for exception in open {
      // Few come so far, and rows that need not wait for one another are read together.
      let facet = scorer.facets[Int(exception.candidate)]
      let bound = facet.readiness &+ traitBounds[Int(facet.trait)] &+ placePoints[Int(facet.place)] &+ most
      if BestFew.key(bound, exception.candidate) > best.threshold { offer(exception, &best) }
    }
    for candidate in stale { offer(Exception(candidate: candidate), &best) }
    return best.deals(scorer.snapshot.candidates.ids)
  }

  /// What ``top(_:)`` gives, by reading every candidate once; O(candidates · log k).
  public func topByScan(_ k: Int) -> [Deal] {
    guard !isClosed, k > 0 else { return [] }
    var best = BestFew(limit: min(k, scorer.snapshot.candidateCount))
    var rest = exceptions.sorted { $0.candidate < $1.candidate }[...]
    for candidate in 0..<UInt32(scorer.snapshot.candidateCount) {
      var exception = Exception(candidate: candidate)
      if let next = rest.first, next.candidate == candidate {
        exception = rest.removeFirst()
        // One that is held and excluded is listed once, excluded ones twice where they are named twice.
        while rest.first?.candidate == candidate { rest.removeFirst() }
      }
      offer(exception, &best)
    }
    return best.deals(scorer.snapshot.candidates.ids)
  }

  /// What an exception has beside readiness, trait and place at most.
  private var mostOfException: Int32 {
    Self.most(rolePoints) + max(unknownTicketPoints, fullTicketPoints) + max(0, unknownCoInvestorPoints)
  }

  private func offer(_ exception: Exception, _ best: inout BestFew) {
    if let score = score(exception) { best.offer(BestFew.key(score, exception.candidate)) }
  }
}
