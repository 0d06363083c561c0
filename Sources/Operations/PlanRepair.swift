import Domain
import Planning
import Store
import Wire

/// The plan in force, made to hold again with as few changes as can be: what has begun stays, what still can be stays
/// where it is, and gaps are filled with pairs that would have liked to meet.
struct PlanRepair: Sendable {
  private let basis: PlanBasis
  private let published: RoadshowDesk.Published
  private let scores: PairScores
  private let walkingMinutes: Int
  /// Seconds since 1970; what begins before is history.
  private let now: Int

  struct Made: Sendable {
    var meetings: [NewPlan.Meeting]
    /// Of the future, by what becomes of them.
    var moved: Int
    var dropped: Int
    var added: Int
    /// Pairs that are left without a slot.
    var unseated: Set<RoadshowDesk.Pair>
    /// No fewer changes would do.
    var bound: Int
    var isProven: Bool

    /// Breaks of all participants.
    func breaks(on basis: PlanBasis) -> Int {
      // In a roadshow a code is one participant's.
      let codes = Set(meetings.flatMap { [$0.pair.firm, $0.pair.investor] }).sorted()
      let number = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
      let problem = TimetableProblem(
        participants: codes.count, tables: basis.desk.slots.map { _ in 0 },
        meetings: meetings.map { .init(number[$0.pair.firm]!, number[$0.pair.investor]!, slots: []) },
        dayStarts: basis.dayStarts)
      return problem.breaks(meetings.map { $0.slot - 1 }).reduce(0, +)
    }
  }

  init(
    _ basis: PlanBasis, _ published: RoadshowDesk.Published, _ scores: PairScores, walkingMinutes: Int,
    now: Int
  ) {
    (self.basis, self.published, self.scores) = (basis, published, scores)
    (self.walkingMinutes, self.now) = (walkingMinutes, now)
  }

  /// - Parameters:
  ///   - fills: whether gaps are filled.
  ///   - deadline: when to end with what there is.
  ///   - isCancelled: asked often; true ends the search as well.
  ///   - report: called with each repair that is better than those before.
  func make(
    fills: Bool, until deadline: ContinuousClock.Instant, isCancelled: @escaping () -> Bool = { false },
    report: (TimetableRepair.Progress) -> Void = { _ in }
  ) throws -> Made {
    let live = published.meetings.filter(\.isLive)
    let (begun, ahead) = (live.filter { $0.starts <= now }, live.filter { $0.starts > now })
    let plannedAt = Dictionary(uniqueKeysWithValues: ahead.map { ($0.pair, $0) })
    let candidates = basis.candidates(.relaxed, known: Set(plannedAt.keys), scores: scores)
    var place: [RoadshowDesk.Pair: Int] = [:]
    var pinned: [Int] = []
    let done = Set(begun.map(\.pair))
    for (number, pair) in candidates.request.pairs.enumerated() {
      let names = basis.pair(pair.firm, pair.investor)
      if plannedAt[names] != nil {
        place[names] = number
      } else if pair.isPinned, !done.contains(names) {
        pinned.append(number)
      }
    }
    // Somebody who is gone, or wants nothing more of the other, has no pair any more.
    let kept = ahead.filter { meeting in
      place[meeting.pair].map { !candidates.request.pairs[$0].isForbidden } ?? false
    }
    let standby = fills ? standby(candidates, kept: kept, begun: begun, pinned: pinned) : []
    let chosen = kept.map { place[$0.pair]! } + pinned + standby
    let day = PlanDay(
      basis, candidates, chosen, walkingMinutes: walkingMinutes, mostSpread: basis.desk.slots.count)
    let slots = kept.map { $0.slot.map { $0 - 1 } } + (pinned + standby).map { _ in nil }
    var request = TimetableRepair.Request(
      problem(day, begun, slots), slots: slots, standby: Array((chosen.count - standby.count)..<chosen.count))
    let pairs = chosen.map { candidates.request.pairs[$0] }
    request.wants = pairs.map(\.rank)
    request.scores = pairs.map(\.score)
    request.most = most(day, besides: begun)
    let repair = TimetableRepair(request, until: deadline, isCancelled: isCancelled, report: report)
    let meetings = try seat(repair, chosen, kept, candidates)
    let lost = Set(ahead.map(\.pair)).subtracting(kept.map(\.pair))
    let unseated = repair.dropped.map { names(candidates, chosen[$0]) }
    return Made(
      meetings: begun.compactMap(NewPlan.Meeting.init) + meetings, moved: repair.moved.count,
      dropped: lost.count + repair.dropped.count,
      added: repair.slots.indices.count { repair.slots[$0] != nil && slots[$0] == nil },
      unseated: lost.union(unseated), bound: repair.bound + lost.count, isProven: repair.isProven)
  }

  /// By participant of the day, how many meetings it still takes.
  private func most(_ day: PlanDay, besides begun: [RoadshowDesk.Meeting]) -> [Int: Int] {
    let had = begun.reduce(into: [String: Int]()) {
      $0[$1.pair.firm, default: 0] += 1
      $0[$1.pair.investor, default: 0] += 1
    }
    return day.parties.indices.reduce(into: [:]) { most, participant in
      let party = day.party(participant)
      most[participant] = party.most.map { max(0, $0 - (had[party.code] ?? 0)) }
    }
  }

  private func names(_ candidates: PlanBasis.Candidates, _ pair: Int) -> RoadshowDesk.Pair {
    basis.pair(candidates.request.pairs[pair].firm, candidates.request.pairs[pair].investor)
  }

  /// The rules of what lies ahead: nothing moves into the past or into what begins soon, what begins soon stays if it can,
  /// and who meets there is busy.
  ///
  /// - Parameter slots: where meetings are; nil for one that is new.
  private func problem(_ day: PlanDay, _ begun: [RoadshowDesk.Meeting], _ slots: [Int?]) -> TimetableProblem {
    var problem = day.problem
    let frozenUntil = basis.desk.frozenUntil(now: now)
    for slot in basis.desk.slots where slot.starts <= frozenUntil {
      for meeting in problem.meetings.indices {
        let isAsked = slot.starts > now && day.pin(meeting)?.slot == slot.number
        let stays = slot.starts > now && slots[meeting] == slot.number - 1
        problem.meetings[meeting].slots[slot.number - 1] =
          problem.meetings[meeting].slots[slot.number - 1] && (isAsked || stays)
      }
    }
    for (meeting, slot) in slots.enumerated() {
      guard let slot, basis.desk.slots[slot].starts <= frozenUntil, problem.meetings[meeting].slots[slot]
      else { continue }
      for other in basis.desk.slots.indices where other != slot {
        problem.meetings[meeting].slots[other] = false
      }
    }
    let number = Dictionary(
      uniqueKeysWithValues: day.parties.indices.map { (day.code($0), $0) })
    for meeting in begun {
      guard let slot = meeting.slot else { continue }
      for code in [meeting.pair.firm, meeting.pair.investor] {
        if let party = number[code] { problem.occupied[party, default: []].insert(slot - 1) }
      }
    }
    return problem
  }

  /// Pairs that may fill gaps, the best first: of each participant no more than it has lost, or than it should have at
  /// least where it is new.
  private func standby(
    _ candidates: PlanBasis.Candidates, kept: [RoadshowDesk.Meeting], begun: [RoadshowDesk.Meeting],
    pinned: [Int]
  ) -> [Int] {
    let request = candidates.request
    let before = Set(published.meetings.map(\.pair))
    var count: [String: Int] = [:]
    for pair in (kept + begun).map(\.pair) + pinned.map({ names(candidates, $0) }) {
      count[pair.firm, default: 0] += 1
      count[pair.investor, default: 0] += 1
    }
    var had: [String: Int] = [:]
    for pair in before {
      had[pair.firm, default: 0] += 1
      had[pair.investor, default: 0] += 1
    }
    func wanted(_ party: PlanBasis.Party) -> Int {
      max(had[party.code] ?? 0, party.least) - (count[party.code] ?? 0)
    }
    var firmGaps = basis.firms.map(wanted)
    var investorGaps = basis.investors.map(wanted)
    func room(_ party: PlanBasis.Party) -> Int { (party.most ?? .max) - (count[party.code] ?? 0) }
    var firmRoom = basis.firms.map(room)
    var investorRoom = basis.investors.map(room)
    let ranked = request.pairs.indices.filter { number in
      let pair = request.pairs[number]
      return (firmGaps[pair.firm] > 0 || investorGaps[pair.investor] > 0) && !pair.isForbidden
        && !pair.isPinned
        && (pair.score > 0 || wish(pair) > 0) && !before.contains(names(candidates, number))
    }.sorted { (one, other) in
      let (left, right) = (request.pairs[one], request.pairs[other])
      return (wish(right), right.score, one) < (wish(left), left.score, other)
    }
    var chosen: [Int] = []
    for number in ranked where chosen.count < Limits.standbyPairs {
      let pair = request.pairs[number]
      guard firmGaps[pair.firm] > 0 || investorGaps[pair.investor] > 0, firmRoom[pair.firm] > 0,
        investorRoom[pair.investor] > 0
      else { continue }
      firmGaps[pair.firm] -= 1
      investorGaps[pair.investor] -= 1
      firmRoom[pair.firm] -= 1
      investorRoom[pair.investor] -= 1
      chosen.append(number)
    }
    return chosen
  }

  /// How much two want to meet: both before one, a must before a wish.
  private func wish(_ pair: MeetingChoice.Pair) -> Int {
    [pair.firmWish, pair.investorWish].reduce(0) { sum, wish in
      switch wish {
      case .mustMeet: sum + 3
      case .meet: sum + 2
      default: sum
      }
    }
  }

  /// Tables: who stays in a slot stays at its table, unless that is lost or somebody is pinned to it.
  private func seat(
    _ repair: TimetableRepair, _ chosen: [Int], _ kept: [RoadshowDesk.Meeting],
    _ candidates: PlanBasis.Candidates
  ) throws -> [NewPlan.Meeting] {
    let there = chosen.indices.filter { repair.slots[$0] != nil }
    let day = PlanDay(
      basis, candidates, there.map { chosen[$0] }, walkingMinutes: walkingMinutes,
      mostSpread: basis.desk.slots.count)
    let slots = there.compactMap { repair.slots[$0] }
    let open = Set(basis.openTables.map(\.number))
    let held = Dictionary(
      uniqueKeysWithValues: there.enumerated().compactMap { place, number -> (Int, Int)? in
        guard number < kept.count, kept[number].slot.map({ $0 - 1 }) == repair.slots[number],
          open.contains(kept[number].table)
        else { return nil }
        return (place, kept[number].table)
      })
    if let seated = try? day.meetings(at: slots, holding: held) { return seated.meetings }
    do { return try day.meetings(at: slots).meetings } catch {
      throw StoreError.unexpectedResult(reason: "a mended timetable finds no tables: \(error)")
    }
  }
}

extension MeetingChoice.Pair {
  /// What a repair gives up last has the highest: a pin, then `must_meet` of either side, then `meet`.
  fileprivate var rank: Int {
    if isPinned { return 3 }
    let wishes = [firmWish, investorWish]
    return wishes.contains(.mustMeet) ? 2 : wishes.contains(.meet) ? 1 : 0
  }
}

extension RoadshowDesk {
  /// The desk as a repair takes it: a pin to a table that nobody can sit at is one to its slot.
  var withoutPinsToLostTables: RoadshowDesk {
    let open = Set(tables.filter { !$0.isOutOfOrder }.map(\.number))
    var desk = self
    for place in desk.pins.indices {
      if let table = desk.pins[place].table, !open.contains(table) { desk.pins[place].table = nil }
    }
    return desk
  }
}
