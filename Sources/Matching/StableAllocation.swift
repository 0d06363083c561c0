/// Which offers come about when both sides have limited places: a choice that no investor and no firm would together
/// leave for each other, and of all such choices the one that is best for every investor.
///
/// Investors propose, each to the firms it prefers; a firm keeps the best that it has places for, and whoever is turned
/// away proposes to the next (deferred acceptance: D. Gale and L. S. Shapley, "College admissions and the stability of
/// marriage", American Mathematical Monthly 1962). Both sides rank single partners and have places for several, with
/// responsive preferences, for which this is pairwise stable and best for the side that proposes (A. E. Roth, "Stability
/// and polarization of interests in job matching", Econometrica 1984; A. E. Roth and M. A. O. Sotomayor, "Two-Sided
/// Matching", 1990). An investor prefers the higher score of its own, then the firm of the lower number; a firm the
/// higher score of its own, then the higher one of the investor, then the investor that comes first. No ties are left,
/// so the choice is the only one of its kind.
public struct StableAllocation: Sendable, Equatable {
  /// By place of the offers.
  public let isChosen: [Bool]

  init(isChosen: [Bool]) { self.isChosen = isChosen }

  /// O(offers · log of the largest cap).
  /// - Parameters:
  ///   - investorCaps: Places of each investor, 0 for none.
  ///   - firmCaps: Places of each firm.
  public init(_ offers: Offers, investorCaps: [Int32], firmCaps: [Int32]) {
    precondition(investorCaps.count == offers.investorCount, "Every investor has a cap.")
    precondition(firmCaps.count == offers.firmCount, "Every firm has a cap.")
    var held = HeldOffers(offers, firmCaps)
    var (free, next) = (investorCaps, offers.starts)
    var proposing = Array((0..<offers.investorCount).reversed())
    while let investor = proposing.popLast() {
      let end = offers.starts[investor + 1]
      while free[investor] > 0, next[investor] < end {
        free[investor] -= 1
        let loser = held.propose(Int(next[investor]), by: investor, offers)
        next[investor] += 1
        guard let loser else { continue }
        free[loser] += 1
        if loser != investor { proposing.append(loser) }
      }
    }
    isChosen = held.isHeld(among: offers.count)
  }

  /// Offers that were not chosen though both sides would rather have each other than the worst they got, or a place that
  /// is left free: none, by what stability means. Judged from the choice alone. Linear.
  public func blockingPairs(_ offers: Offers, investorCaps: [Int32], firmCaps: [Int32]) -> Int {
    var firms = [(count: Int32, worst: Rank?)](repeating: (0, nil), count: offers.firmCount)
    for investor in 0..<offers.investorCount {
      for place in offers.places(of: investor) where isChosen[place] {
        let (firm, rank) = (Int(offers[place].firm), Rank(offers[place], place))
        firms[firm].count += 1
        if firms[firm].worst.map({ rank < $0 }) ?? true { firms[firm].worst = rank }
      }
    }
    var blocking = 0
    for investor in 0..<offers.investorCount {
      let places = offers.places(of: investor)
      let hasFreePlace = places.count { isChosen[$0] } < investorCaps[investor]
      let worst = places.last { isChosen[$0] } ?? -1
      for place in places where !isChosen[place] && (hasFreePlace || place < worst) {
        let firm = Int(offers[place].firm)
        let wouldTake =
          firms[firm].count < firmCaps[firm]
          || firms[firm].worst.map { $0 < Rank(offers[place], place) } ?? false
        if wouldTake { blocking += 1 }
      }
    }
    return blocking
  }
}

/// How a firm ranks an offer: the greater one is the better one.
private struct Rank: Comparable {
  private var scores: Int64
  /// Offers stand in order of investors.
  private var place: Int32

  init(_ offer: Offers.Offer, _ place: Int) {
    scores = Int64(offer.firmScore) << 32 + Int64(offer.investorScore)
    self.place = Int32(place)
  }

  static func < (one: Rank, other: Rank) -> Bool {
    one.scores != other.scores ? one.scores < other.scores : one.place > other.place
  }
}

/// The offers that firms hold so far: for each a heap with the worst on top, all in one array.
private struct HeldOffers {
  private struct Held {
    var rank: Rank
    var place: Int32
    var investor: Int32
  }

  /// Where the heap of each firm starts, and the end of the last: room for as many as it can come to hold.
  private var starts: [Int32]
  private var counts: [Int32]
  private var heaps: [Held]

  init(_ offers: Offers, _ caps: [Int32]) {
    counts = [Int32](repeating: 0, count: caps.count)
    for offer in offers.all { counts[Int(offer.firm)] += 1 }
    starts = [0]
    for (count, cap) in zip(counts, caps) { starts.append(starts.last! + min(count, cap)) }
    for firm in counts.indices { counts[firm] = 0 }
    let none = Rank(Offers.Offer(firm: 0, investorScore: 0, firmScore: 0), 0)
    heaps = [Held](repeating: Held(rank: none, place: 0, investor: 0), count: Int(starts.last!))
  }

  /// Takes an offer if it may.
  /// - Returns: the investor that is turned away for it, or the one that makes it; nil where there is a free place.
  mutating func propose(_ place: Int, by investor: Int, _ offers: Offers) -> Int? {
    let offer = offers[place]
    let held = Held(rank: Rank(offer, place), place: Int32(place), investor: Int32(investor))
    let firm = Int(offer.firm)
    let (start, room) = (Int(starts[firm]), Int(starts[firm + 1] - starts[firm]))
    if counts[firm] < room {
      counts[firm] += 1
      siftUp(held, start, Int(counts[firm]) - 1)
      return nil
    }
    guard room > 0, heaps[start].rank < held.rank else { return investor }
    let loser = Int(heaps[start].investor)
    siftDown(held, start, room)
    return loser
  }

  func isHeld(among count: Int) -> [Bool] {
    var isHeld = [Bool](repeating: false, count: count)
    for firm in counts.indices {
      for held in heaps[Int(starts[firm])...].prefix(Int(counts[firm])) { isHeld[Int(held.place)] = true }
    }
    return isHeld
  }

  /// Puts one at the end of a heap, and then where it belongs.
  private mutating func siftUp(_ held: Held, _ start: Int, _ end: Int) {
    var node = end
    while node > 0, held.rank < heaps[start + (node - 1) / 2].rank {
      heaps[start + node] = heaps[start + (node - 1) / 2]
      node = (node - 1) / 2
    }
    heaps[start + node] = held
  }

  /// Puts one in the place of the worst, and then where it belongs.
  private mutating func siftDown(_ held: Held, _ start: Int, _ count: Int) {
    var node = 0
    while true {
      var child = 2 * node + 1
      guard child < count else { break }
      if child + 1 < count, heaps[start + child + 1].rank < heaps[start + child].rank { child += 1 }
      guard heaps[start + child].rank < held.rank else { break }
      heaps[start + node] = heaps[start + child]
      node = child
    }
    heaps[start + node] = held
  }
}
