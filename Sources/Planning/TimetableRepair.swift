/// A timetable mended with as few changes as can be, after something has happened: somebody comes late or not at all, a
/// table is lost, a meeting is new.
///
/// Only what is hit may change at first, then what shares a participant with it, and so on. A change that is as small as
/// what was hit is proven to be least at once; where everything may change, the least found is the least there is.
public struct TimetableRepair: Sendable {
  /// What is to be mended.
  public struct Request: Sendable {
    /// The rules as they are now. `mostSpread` is not looked at: on the day itself, few changes matter more.
    public var problem: TimetableProblem
    /// For each meeting its slot so far; nil for one that is new.
    public var slots: [Int?]
    /// New meetings that may fill gaps, the best first. Nothing moves for them.
    public var standby: [Int]

    public init(_ problem: TimetableProblem, slots: [Int?], standby: [Int] = []) {
      self.problem = problem
      self.slots = slots
      self.standby = standby
    }
  }

  /// For each meeting its slot now; nil where it has none.
  public private(set) var slots: [Int?]
  /// Meetings that have another slot than before.
  public private(set) var moved: [Int] = []
  /// Meetings that had or were to have a slot, and find none; those on standby are not among them.
  public private(set) var dropped: [Int] = []
  /// Proven: no fewer are moved and dropped together, as long as no more are dropped.
  public private(set) var bound: Int
  /// No fewer can be dropped, and then no fewer moved.
  public private(set) var isProven = false

  /// Nil where time is up before there is anything that holds.
  ///
  /// - Parameters:
  ///   - request: meetings, people and slots by their numbers.
  ///   - deadline: when to end with what there is.
  /// - Complexity: that of a search; what one participant causes in a day of 1,300 meetings takes milliseconds.
  public init?(_ request: Request, until deadline: ContinuousClock.Instant) {
    let work = RepairWork(request)
    bound = work.leastChanges
    slots = []
    var reach = work.hit
    while true {
      let isAll = reach.count == request.slots.count
      guard let found = work.solve(reach, until: deadline) else { break }
      slots = found
      let old = request.slots.indices.filter { !work.standby.contains($0) }
      dropped = old.filter { found[$0] == nil }
      moved = old.filter { slot in found[slot].map { $0 != request.slots[slot] ?? $0 } ?? false }
      isProven =
        isAll || (dropped.count <= work.leastDropped && moved.count + dropped.count <= work.leastChanges)
      if isProven { bound = moved.count + dropped.count }
      let next = work.widened(reach)
      if isProven || ContinuousClock.now > deadline || next.count == reach.count { break }
      reach = next
    }
    guard slots.count == request.slots.count else { return nil }
  }
}

/// What a repair asks again and again.
struct RepairWork {
  private let problem: TimetableProblem
  private let before: [Int?]
  private let meetingsOf: [[Int]]
  let standby: Set<Int>
  private let ranks: [Int: Int]
  /// Meetings that cannot stay as they are, those that are new, and some of those in slots with too few tables.
  let hit: Set<Int>
  /// So many have to change at least.
  let leastChanges: Int
  /// So many find no slot, whatever moves: those for whom somebody has no slot left, all its meetings moved.
  let leastDropped: Int

  init(_ request: TimetableRepair.Request) {
    var problem = request.problem
    problem.mostSpread = problem.tables.count
    self.problem = problem
    before = request.slots
    meetingsOf = problem.meetingsOfParticipants
    standby = Set(request.standby)
    ranks = Dictionary(request.standby.enumerated().map { ($1, $0) }) { first, _ in first }
    var (hit, fresh): (Set<Int>, Set<Int>) = ([], [])
    var load = [[Int]](repeating: [], count: problem.tables.count)
    for (number, slot) in request.slots.enumerated() {
      guard let slot else {
        fresh.insert(number)
        continue
      }
      let meeting = problem.meetings[number]
      let isFree = [meeting.first, meeting.second].allSatisfy { person in
        !problem.occupied[person, default: []].contains(slot)
      }
      guard slot < problem.tables.count, meeting.slots[slot], isFree else {
        hit.insert(number)
        continue
      }
      load[slot].append(number)
    }
    let meetingsOf = self.meetingsOf
    func ties(_ meeting: Int) -> Int {
      meetingsOf[problem.meetings[meeting].first].count + meetingsOf[problem.meetings[meeting].second].count
    }
    var least = hit.count
    for (slot, here) in load.enumerated() where here.count > problem.tables[slot] {
      least += here.count - problem.tables[slot]
      // Those with little else to do are the easiest to move.
      let easy = here.sorted { (ties($0), $0) < (ties($1), $1) }
      hit.formUnion(easy.prefix(here.count - problem.tables[slot] + 8))
    }
    leastChanges = least
    leastDropped = Self.surplus(problem, meetingsOf, besides: Set(request.standby))
    self.hit = hit.union(fresh).union(Self.clashing(problem, request.slots, meetingsOf))
  }

  /// Meetings that cannot stay beside one another, by precedences, places or the way between rooms.
  private static func clashing(_ problem: TimetableProblem, _ slots: [Int?], _ meetingsOf: [[Int]]) -> Set<
    Int
  > {
    var found: Set<Int> = []
    for precedence in problem.precedences {
      guard let earlier = slots[precedence.before], let later = slots[precedence.after], earlier >= later
      else { continue }
      found.formUnion([precedence.before, precedence.after])
    }
    for place in problem.places {
      for (slot, here) in Dictionary(grouping: place.meetings, by: { slots[$0] }) {
        if let slot, here.count > place.room(in: slot) { found.formUnion(here) }
      }
    }
    for meetings in meetingsOf where !problem.hurriedSlots.isEmpty {
      for one in meetings {
        guard let slot = slots[one], problem.hurriedSlots.contains(slot),
          !problem.dayStarts.contains(slot + 1),
          let other = meetings.first(where: { slots[$0] == slot + 1 }),
          let room = problem.meetings[one].room, let next = problem.meetings[other].room, room != next
        else { continue }
        found.formUnion([one, other])
      }
    }
    return found
  }

  /// How many meetings somebody has more than slots for them; each counts for one participant only.
  private static func surplus(
    _ problem: TimetableProblem, _ meetingsOf: [[Int]], besides standby: Set<Int>
  ) -> Int {
    let open = problem.openSlots
    var counted = standby
    var surplus = 0
    for meetings in meetingsOf {
      let theirs = meetings.filter { !counted.contains($0) }
      // The largest matching of meetings with slots, by augmenting paths.
      var holder: [Int?] = Array(repeating: nil, count: problem.tables.count)
      func seat(_ meeting: Int, _ tried: inout Set<Int>) -> Bool {
        for slot in holder.indices where open[meeting][slot] && tried.insert(slot).inserted {
          if let other = holder[slot], !seat(other, &tried) { continue }
          holder[slot] = meeting
          return true
        }
        return false
      }
      let without = theirs.filter { meeting in
        var tried: Set<Int> = []
        return !seat(meeting, &tried)
      }
      guard !without.isEmpty else { continue }
      surplus += without.count
      counted.formUnion(theirs)
    }
    return surplus
  }

  /// These, and all that share a participant with one of them.
  func widened(_ reach: Set<Int>) -> Set<Int> {
    let people = Set(reach.flatMap { [problem.meetings[$0].first, problem.meetings[$0].second] })
    let wider = reach.union(people.flatMap { meetingsOf[$0] })
    // Nobody else is near, but what is hit cannot be mended there: then everybody.
    return wider.count == reach.count ? Set(before.indices) : wider
  }

  /// The least change where only these may change; nil where time is up.
  func solve(_ reach: Set<Int>, until deadline: ContinuousClock.Instant) -> [Int?]? {
    let numbers = reach.sorted()
    let small = part(numbers)
    let solver = SATSolver()
    solver.interrupt { ContinuousClock.now > deadline }
    let model = TimetableModel(small, mayStayOutside: true, in: solver)
    // One drop is dearer than all moves, one move than all of standby, and that than all breaks.
    let breaks = model.breaks.joined().map { (literal: -$0, price: 1) }
    let gap = breaks.count + 1
    let move = gap * (standby.count * (standby.count + 1) / 2 + 1)
    let drop = move * (numbers.count + 1)
    var soft = breaks
    for (place, number) in numbers.enumerated() {
      guard let outside = model.outside[place] else { continue }
      if let rank = ranks[number] {
        soft.append((-outside, gap * (standby.count - rank)))
        continue
      }
      soft.append((-outside, drop))
      guard let slot = before[number] else { continue }
      if slot < small.tables.count, let stays = model.at[place][slot] { soft.append((stays, move)) }
    }
    guard case .optimal = LeastCost(soft, in: solver).minimise() else { return nil }
    var result = before
    for (number, slot) in zip(numbers, model.slots) { result[number] = slot }
    return result
  }

  /// The problem of these meetings alone; all others stay.
  private func part(_ numbers: [Int]) -> TimetableProblem {
    let inside = Set(numbers)
    var small = problem
    small.meetings = []
    small.precedences = []
    var here: [Int: Int] = [:]
    var people: [Int: Int] = [:]
    func place(_ person: Int) -> Int {
      if let known = people[person] { return known }
      people[person] = people.count
      return people.count - 1
    }
    for number in numbers {
      var meeting = problem.meetings[number]
      for other in [meeting.first, meeting.second].flatMap({ meetingsOf[$0] }) where !inside.contains(other) {
        keepWalks(&meeting, besides: other)
      }
      (meeting.first, meeting.second) = (place(meeting.first), place(meeting.second))
      here[number] = small.meetings.count
      small.meetings.append(meeting)
    }
    small.occupied = [:]
    for (person, number) in people { small.occupied[number] = problem.occupied[person] }
    for (number, slot) in before.enumerated() where !inside.contains(number) {
      guard let slot else { continue }
      small.tables[slot] -= 1
      for person in [problem.meetings[number].first, problem.meetings[number].second] {
        if let place = people[person] { small.occupied[place, default: []].insert(slot) }
      }
    }
    small.tables = small.tables.map { max($0, 0) }
    small.places = problem.places.map { place in
      var part = place
      part.meetings = place.meetings.compactMap { here[$0] }
      for meeting in place.meetings where !inside.contains(meeting) {
        if let slot = before[meeting] { part.taken[slot, default: 0] += 1 }
      }
      return part
    }
    for precedence in problem.precedences {
      switch (here[precedence.before], here[precedence.after]) {
      case (let earlier?, let later?): small.precedences.append(.init(earlier, later))
      case (let earlier?, nil):
        let limit = before[precedence.after] ?? problem.tables.count
        for slot in small.tables.indices where slot >= limit { small.meetings[earlier].slots[slot] = false }
      case (nil, let later?):
        let limit = before[precedence.before] ?? -1
        for slot in small.tables.indices where slot <= limit { small.meetings[later].slots[slot] = false }
      case (nil, nil): break
      }
    }
    small.participants = people.count
    return small
  }

  /// Takes away the slots right beside another meeting of the same person in another room.
  private func keepWalks(_ meeting: inout TimetableProblem.Meeting, besides other: Int) {
    guard let slot = before[other], let room = meeting.room, let there = problem.meetings[other].room,
      room != there
    else { return }
    if problem.hurriedSlots.contains(slot), slot + 1 < meeting.slots.count,
      !problem.dayStarts.contains(slot + 1)
    {
      meeting.slots[slot + 1] = false
    }
    if slot > 0, problem.hurriedSlots.contains(slot - 1), !problem.dayStarts.contains(slot) {
      meeting.slots[slot - 1] = false
    }
  }
}
