import Domain
import Matching
import Planning
import Store

/// What a plan is made from: who takes part and when, who may meet whom, and how good that would be.
struct PlanBasis: Sendable {
  /// A participant that takes part.
  struct Party: Sendable {
    var code: String
    var most: Int?
    var least: Int
    var prefers: DayHalf?
    /// For each slot, whether it is there.
    var isThere: [Bool]
    /// Likewise, and whether it is in the half of the day that it prefers.
    var isWelcome: [Bool]
  }

  /// Whose preference for half of the day a timetable keeps.
  enum Preferences: String, Sendable {
    /// Of all but those who cannot meet whom they have to.
    case kept
    case relaxed
  }

  let desk: RoadshowDesk
  /// Each side in order of codes.
  let firms: [Party]
  let investors: [Party]
  /// Pairs that are called off, unless they are pinned.
  private let cancelled: Set<RoadshowDesk.Pair>
  private let pins: [RoadshowDesk.Pair: RoadshowDesk.Pin]
  private let wishes: [RoadshowDesk.Pair: (firm: Wish?, investor: Wish?)]
  /// By participant, the slots that a meeting of it is pinned to.
  private let pinnedSlots: [String: Set<Int>]
  /// Slots at which a table is somebody's.
  private let pinnedTables: [Int: [Int: RoadshowDesk.Pair]]

  /// - Parameter elsewhere: by participant, slots in which it is at another roadshow.
  init(_ desk: RoadshowDesk, cancelled: [RoadshowDesk.Pair], elsewhere: [String: Set<Int>]) {
    self.desk = desk
    self.cancelled = Set(cancelled)
    func parties(_ side: IntroductionSide) -> [Party] {
      desk.participants.filter { $0.side == side && !$0.state.isGone }.map { participant in
        let away = Set(participant.absentSlots).union(elsewhere[participant.party] ?? [])
        let isThere = desk.slots.map { !away.contains($0.number) }
        return Party(
          code: participant.party, most: participant.maxMeetings, least: participant.minMeetings,
          prefers: participant.prefers, isThere: isThere,
          isWelcome: zip(desk.slots, isThere).map { slot, isThere in
            isThere && participant.prefers.map { $0 == slot.half } ?? true
          })
      }
    }
    (firms, investors) = (parties(.firm), parties(.investor))
    let here = Set((firms + investors).map(\.code))
    let pins = desk.pins.filter { here.contains($0.pair.firm) && here.contains($0.pair.investor) }
    self.pins = Dictionary(uniqueKeysWithValues: pins.map { ($0.pair, $0) })
    wishes = desk.wishes.reduce(into: [:]) { wishes, wish in
      let pair = RoadshowDesk.Pair(firm: wish.firm, investor: wish.investor)
      if wish.side == .firm {
        wishes[pair, default: (nil, nil)].firm = wish.wish
      } else {
        wishes[pair, default: (nil, nil)].investor = wish.wish
      }
    }
    pinnedSlots = pins.reduce(into: [:]) { slots, pin in
      guard let slot = pin.slot else { return }
      for party in [pin.pair.firm, pin.pair.investor] { slots[party, default: []].insert(slot) }
    }
    pinnedTables = pins.reduce(into: [:]) { tables, pin in
      if let table = pin.table, let slot = pin.slot { tables[table, default: [:]][slot] = pin.pair }
    }
  }

  func pair(_ firm: Int, _ investor: Int) -> RoadshowDesk.Pair {
    .init(firm: firms[firm].code, investor: investors[investor].code)
  }

  func pin(_ firm: Int, _ investor: Int) -> RoadshowDesk.Pin? { pins[pair(firm, investor)] }

  /// Slots, from 0, that begin a day.
  var dayStarts: Set<Int> {
    Set(
      desk.slots.indices.dropFirst().filter { desk.slots[$0].startsAt.day != desk.slots[$0 - 1].startsAt.day }
    )
  }

  /// Tables that somebody can sit at.
  var openTables: [RoadshowDesk.Table] { desk.tables.filter { !$0.isOutOfOrder } }

  /// For each slot, whether two can meet there, by where they are and want to be and by how their meeting is pinned.
  ///
  /// - Parameter keeping: whether the firm's and the investor's preference counts.
  private func slots(_ firm: Int, _ investor: Int, keeping: (firm: Bool, investor: Bool)) -> [Bool] {
    let (one, other) = (firms[firm], investors[investor])
    let pin = pin(firm, investor)
    return desk.slots.indices.map { slot in
      let number = desk.slots[slot].number
      guard one.isThere[slot], other.isThere[slot] else { return false }
      if let wanted = pin?.slot { return wanted == number }
      if let table = pin?.table, pinnedTables[table]?[number] != nil { return false }
      return (!keeping.firm || one.isWelcome[slot]) && (!keeping.investor || other.isWelcome[slot])
    }
  }

  // MARK: Choosing

  /// Who might meet, under what preferences.
  struct Candidates: Sendable {
    var request: MeetingChoice.Request
    /// For each pair of the request, where it can be.
    var slots: [[Bool]] = []
    /// Wishes of pairs that are out of the question, and why.
    var hopeless: [(pair: RoadshowDesk.Pair, isMust: Bool, reason: String)] = []
    /// Pins that cannot be kept, and why.
    var clashes: [(pin: RoadshowDesk.Pin, reason: String)] = []
  }

  /// Pairs beyond which those without a wish are looked through for the best of each side.
  private static let manyPairs = 30_000

  /// - Parameters:
  ///   - scores: of firms and investors by place.
  ///   - known: pairs that are looked at in any case.
  func candidates(
    _ preferences: Preferences, known: Set<RoadshowDesk.Pair> = [], scores: PairScores
  ) -> Candidates {
    let keeping =
      preferences == .kept
      ? keepers()
      : (
        firms: firms.map { _ in false }, investors: investors.map { _ in false }
      )
    var found = Candidates(
      request: .init(
        firms: firms.indices.map { room(firms[$0], keeps: keeping.firms[$0]) },
        investors: investors.indices.map { room(investors[$0], keeps: keeping.investors[$0]) }, pairs: [],
        capacity: openTables.count * desk.slots.count))
    let isAmongBest = best(scores)
    let isWorthLooking: (Int, Int) -> Bool = { firm, investor in
      scores[firm, investor] != nil && isAmongBest?(firm, investor) ?? true
        || known.contains(self.pair(firm, investor))
    }
    for firm in firms.indices {
      for investor in investors.indices {
        add(
          firm, investor, (keeping.firms[firm], keeping.investors[investor]), to: &found,
          isWorthLooking: isWorthLooking, scores: scores)
      }
    }
    return found
  }

  private func add(
    _ firm: Int, _ investor: Int, _ keeping: (firm: Bool, investor: Bool), to found: inout Candidates,
    isWorthLooking: (Int, Int) -> Bool, scores: PairScores
  ) {
    let names = pair(firm, investor)
    let pin = pins[names]
    let wish = wishes[names] ?? (nil, nil)
    let pair = MeetingChoice.Pair(
      firm: firm, investor: investor, firmWish: wish.firm, investorWish: wish.investor,
      score: min(PlanningScore.most, scores[firm, investor] ?? 0), isPinned: pin != nil)
    let wished = [wish.firm, wish.investor].compactMap { $0 }.filter { $0 != .noThanks }
    if pin == nil, wished.isEmpty, pair.isForbidden || !isWorthLooking(firm, investor) { return }
    let slots = slots(firm, investor, keeping: keeping)
    let reason: String? =
      if let table = pin?.table, !openTables.contains(where: { $0.number == table }) {
        "table_out_of_order"
      } else if pin == nil, cancelled.contains(names) {
        "cancelled"
      } else if pin == nil, wish.firm == nil, scores.isUnwanted(firm, investor) {
        "unwanted"
      } else if !slots.contains(true) {
        "never_together"
      } else {
        nil
      }
    guard let reason else {
      found.request.pairs.append(pair)
      found.slots.append(slots)
      return
    }
    if let pin {
      found.clashes.append((pin, reason))
    } else if !wished.isEmpty {
      found.hopeless.append((names, wished.contains(.mustMeet), pair.isForbidden ? "unwanted" : reason))
    }
  }

  private func room(_ party: Party, keeps: Bool) -> MeetingChoice.Participant {
    let pinned = pinnedSlots[party.code] ?? []
    let slots = desk.slots.indices.count { slot in
      keeps && !pinned.contains(desk.slots[slot].number) ? party.isWelcome[slot] : party.isThere[slot]
    }
    return .init(code: party.code, most: party.most, slots: slots, minimum: party.least)
  }

  /// Whose preference leaves room for all that it has to meet. Where two of those have no slot in common, both give theirs up.
  private func keepers() -> (firms: [Bool], investors: [Bool]) {
    var keeping = (firms: firms.map { $0.prefers != nil }, investors: investors.map { $0.prefers != nil })
    for firm in firms.indices {
      for investor in investors.indices where keeping.firms[firm] || keeping.investors[investor] {
        let names = pair(firm, investor)
        let wish = wishes[names]
        guard pins[names] != nil || wish?.firm == .mustMeet || wish?.investor == .mustMeet,
          !slots(firm, investor, keeping: (keeping.firms[firm], keeping.investors[investor])).contains(true),
          slots(firm, investor, keeping: (false, false)).contains(true)
        else { continue }
        (keeping.firms[firm], keeping.investors[investor]) = (false, false)
      }
    }
    let pinned = pins.keys.reduce(into: [String: Int]()) {
      $0[$1.firm, default: 0] += 1
      $0[$1.investor, default: 0] += 1
    }
    for (place, party) in firms.enumerated()
    where room(party, keeps: true).slots < pinned[party.code] ?? 0 { keeping.firms[place] = false }
    for (place, party) in investors.enumerated()
    where room(party, keeps: true).slots < pinned[party.code] ?? 0 { keeping.investors[place] = false }
    return keeping
  }

  /// Of very many pairs, whether one is among the best for one of its sides, twice as many as it can meet; nil where all
  /// can be looked at.
  private func best(_ scores: PairScores) -> ((Int, Int) -> Bool)? {
    guard firms.count * investors.count > Self.manyPairs else { return nil }
    var kept: Set<[Int]> = []
    for firm in firms.indices {
      let most = 2 * room(firms[firm], keeps: false).room
      let ranked = investors.indices.sorted { scores[firm, $0] ?? -1 > scores[firm, $1] ?? -1 }
      for investor in ranked.prefix(most) { kept.insert([firm, investor]) }
    }
    for investor in investors.indices {
      let most = 2 * room(investors[investor], keeps: false).room
      let ranked = firms.indices.sorted { scores[$0, investor] ?? -1 > scores[$1, investor] ?? -1 }
      for firm in ranked.prefix(most) { kept.insert([firm, investor]) }
    }
    return { [kept] in kept.contains([$0, $1]) }
  }
}

extension ParticipantState {
  /// Whether nothing is planned for it.
  var isGone: Bool { self == .withdrawn || self == .noShow }
}

/// How well the participants of a roadshow match (``RoadshowScores``), by their places in the basis.
struct PairScores: Sendable {
  private enum Apart {
    static let vetoed: Int32 = -1
    static let unwanted: Int32 = -2
  }

  private let values: [[Int32]]

  /// O(firms · funds).
  ///
  /// - Parameter wishes: what firms want of investors, by the firm's id.
  init(_ basis: PlanBasis, _ served: Served, wishes: [Int32: FirmWishes]) {
    let snapshot = served.snapshot
    let scores = RoadshowScores(served, basis.desk, wishes: wishes)
    let funds = basis.investors.map { party in
      snapshot.investor(code: party.code).map { served.funds(of: $0) } ?? []
    }
    values = basis.firms.map { party in
      guard let candidate = snapshot.candidate(code: party.code, kind: .firm) else {
        return funds.map { _ in Apart.vetoed }
      }
      return scores.fits(of: candidate, for: funds).map { fit in
        switch fit {
        case .score(let score): score
        case .vetoed: Apart.vetoed
        case .unwanted: Apart.unwanted
        }
      }
    }
  }

  /// In millionths; nil where something keeps them apart, unless they say that they wish to meet.
  subscript(_ firm: Int, _ investor: Int) -> Int? {
    values[firm][investor] < 0 ? nil : Int(values[firm][investor])
  }

  /// Whether the firm does not want this investor.
  func isUnwanted(_ firm: Int, _ investor: Int) -> Bool { values[firm][investor] == Apart.unwanted }
}
