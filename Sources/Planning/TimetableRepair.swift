/// A timetable mended with as few changes as can be, after something has happened: somebody comes late or not at all, a
/// table is lost, a meeting is new. There always is one: what finds no seat is left out.
///
/// A ``QuickRepair`` comes first. Then a solver looks for better: only what is hit may change at first, then what shares
/// a participant with it, and so on. A repair that reaches the proven bounds is the best; where everything may change,
/// so is what the solver finds. When time is up, the best so far stands.
public struct TimetableRepair: Sendable {
  /// What is to be mended.
  public struct Request: Sendable {
    /// The rules as they are now. `mostSpread` is not looked at: on the day itself, few changes matter more.
    public var problem: TimetableProblem
    /// For each meeting its slot so far; nil for one that is new.
    public var slots: [Int?]
    /// New meetings that may fill gaps, the best first. Nothing moves for them.
    public var standby: [Int]
    /// For each meeting how much it is wanted, from 0, which is the first thing that decides who finds no slot; empty where
    /// all are wanted alike.
    public var wants: [Int] = []
    /// For each meeting its score, which decides among those that are wanted alike; or empty.
    public var scores: [Int] = []
    /// By participant, how many meetings it takes; those without an entry take all.
    public var most: [Int: Int] = [:]

    public init(_ problem: TimetableProblem, slots: [Int?], standby: [Int] = []) {
      self.problem = problem
      self.slots = slots
      self.standby = standby
    }

    func wanted(_ meeting: Int) -> Int { wants.isEmpty ? 0 : wants[meeting] }
    func score(_ meeting: Int) -> Int { scores.isEmpty ? 0 : scores[meeting] }
  }

  /// How far it is.
  public struct Progress: Sendable, Hashable {
    public var moved: Int
    public var dropped: Int
    /// At least so many find no slot, whatever moves.
    public var leastDropped: Int
  }

  /// For each meeting its slot now; nil where it has none.
  public private(set) var slots: [Int?]
  /// Meetings that have another slot than before.
  public private(set) var moved: [Int] = []
  /// Meetings that had or were to have a slot, and find none; those on standby are not among them.
  public private(set) var dropped: [Int] = []
  /// Proven: no fewer are moved and dropped together, as long as no more and none that are wanted more are dropped.
  public private(set) var bound: Int
  /// No fewer can be dropped; of those as few as can be are wanted most, and so on down; and then no fewer moved.
  public private(set) var isProven = false

  /// - Parameters:
  ///   - request: meetings, people and slots by their numbers.
  ///   - deadline: when to end with what there is.
  ///   - isCancelled: asked often; true ends the search as well.
  ///   - report: called with each repair that is better than those before.
  /// - Complexity: that of a search; what one participant causes in a day of 1,300 meetings takes milliseconds.
  public init(
    _ request: Request, until deadline: ContinuousClock.Instant,
    isCancelled: @escaping () -> Bool = { false },
    report: (Progress) -> Void = { _ in }
  ) {
    let work = RepairWork(request)
    let isOver = { ContinuousClock.now > deadline || isCancelled() }
    bound = work.leastChanges
    slots = work.quick(request.slots)
    take(slots, work)
    report(progress(work))
    isProven = work.isLeast(slots)
    var reach = work.hit
    while !isOver() {
      guard let found = work.solve(reach, isOver: isOver) else { break }
      let isAll = reach.count == request.slots.count
      let better = work.quick(found.slots)
      if !work.costs(slots).lexicographicallyPrecedes(work.costs(better)) {
        take(better, work)
        report(progress(work))
      }
      isProven = work.isLeast(slots) || isAll && found.isLeast
      let next = work.widened(reach)
      if isProven || next.count == reach.count { break }
      reach = next
    }
    if isProven { bound = moved.count + dropped.count }
  }

  private mutating func take(_ slots: [Int?], _ work: RepairWork) {
    self.slots = slots
    dropped = work.dropped(slots)
    moved = work.moved(slots)
  }

  private func progress(_ work: RepairWork) -> Progress {
    Progress(moved: moved.count, dropped: dropped.count, leastDropped: work.leastDropped)
  }
}

/// What a repair asks again and again.
struct RepairWork {
  private let request: TimetableRepair.Request
  private let problem: TimetableProblem
  private let before: [Int?]
  private let meetingsOf: [[Int]]
  let standby: Set<Int>
  private let ranks: [Int: Int]
  /// Meetings that cannot stay as they are, those that are new, and some of those in slots with too few tables.
  let hit: Set<Int>
  /// So many have to change at least.
  let leastChanges: Int
  /// What wishes there are, the least first, from 0: a meeting that is wanted more is wanted at least as much, too.
  private let levels: [Int]
  /// For each of these, how many of those that are wanted so much or more find no slot, whatever moves.
  private let leastOutside: [Int]

  var leastDropped: Int { leastOutside[0] }

  init(_ request: TimetableRepair.Request) {
    var request = request
    request.problem.mostSpread = request.problem.tables.count
    self.request = request
    let problem = request.problem
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
      // And those that are wanted least, should there be no other slot.
      let least = here.sorted {
        (request.wanted($0), request.score($0), $0) < (request.wanted($1), request.score($1), $1)
      }
      hit.formUnion(least.prefix(here.count - problem.tables[slot]))
    }
    let standby = self.standby
    let old = request.slots.indices.filter { !standby.contains($0) }
    let levels = Set(old.map(request.wanted)).union([0]).sorted()
    let bounds = LeastOutside(problem, most: request.most)
    let leastOutside = levels.map { level in bounds.among(old.filter { request.wanted($0) >= level }) }
    (self.levels, self.leastOutside) = (levels, leastOutside)
    leastChanges = max(least, leastOutside[0])
    let crowded = meetingsOf.enumerated().filter { person, meetings in
      meetings.count { !standby.contains($0) } > request.most[person] ?? .max
    }
    self.hit = hit.union(fresh).union(crowded.flatMap(\.element)).union(
      Self.clashing(problem, request.slots, meetingsOf))
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

  // MARK: Comparing

  func dropped(_ slots: [Int?]) -> [Int] {
    slots.indices.filter { slots[$0] == nil && !standby.contains($0) }
  }

  func moved(_ slots: [Int?]) -> [Int] {
    slots.indices.filter { number in
      guard !standby.contains(number), let slot = slots[number], let was = before[number] else {
        return false
      }
      return slot != was
    }
  }

  /// For each level of wishes, how many of that level or more find no slot.
  private func outside(_ slots: [Int?]) -> [Int] {
    let dropped = dropped(slots)
    return levels.map { level in dropped.count { request.wanted($0) >= level } }
  }

  /// What a repair costs, the dearest first: how many find no slot, of those the most wanted, moves, scores, gaps that
  /// nobody fills.
  func costs(_ slots: [Int?]) -> [Int] {
    let outside = outside(slots)
    let scores = dropped(slots).map(request.score).reduce(0, +)
    let empty = standby.filter { slots[$0] == nil }.map { standby.count - (ranks[$0] ?? 0) }
    let wanted = Array(outside[1...].reversed())
    return [outside[0]] + wanted + [moved(slots).count, scores, empty.reduce(0, +)]
  }

  /// Whether it reaches all bounds that are proven at the outset.
  func isLeast(_ slots: [Int?]) -> Bool {
    zip(outside(slots), leastOutside).allSatisfy { $0 <= $1 }
      && moved(slots).count + dropped(slots).count <= leastChanges
  }

  /// A repair without a search, which keeps as much of a timetable as holds.
  func quick(_ slots: [Int?]) -> [Int?] {
    var repair = QuickRepair(request, slots: slots, standby: standby)
    repair.run()
    return repair.day.slots
  }

  // MARK: Searching

  /// These, and all that share a participant with one of them.
  func widened(_ reach: Set<Int>) -> Set<Int> {
    let people = Set(reach.flatMap { [problem.meetings[$0].first, problem.meetings[$0].second] })
    let wider = reach.union(people.flatMap { meetingsOf[$0] })
    // Nobody else is near, but what is hit cannot be mended there: then everybody.
    return wider.count == reach.count ? Set(before.indices) : wider
  }

  /// The least change where only these may change; nil where time is up before any is found.
  ///
  /// One thing after the other, each as little as those before allow: meetings without a slot, of those the most wanted,
  /// moves; then gaps and breaks. What is found stands when time is up.
  ///
  /// - Returns: `isLeast` where that is proven up to moves.
  func solve(_ reach: Set<Int>, isOver: @escaping () -> Bool) -> (slots: [Int?], isLeast: Bool)? {
    let numbers = reach.sorted()
    let (small, most) = part(numbers)
    let solver = SATSolver()
    solver.interrupt(when: isOver)
    let model = TimetableModel(small, mayStayOutside: true, in: solver)
    for (person, most) in most {
      let busy = small.occupied[person, default: []]
      let theirs = small.tables.indices.filter { !busy.contains($0) }.compactMap { model.used[person][$0] }
      if let tooMany = Totalizer(theirs, in: solver).more(than: max(0, most)) { solver.add(-tooMany) }
    }
    var found: [Int?]?
    func note() {
      var result = before
      for (number, slot) in zip(numbers, model.slots) { result[number] = slot }
      found = result
    }
    let bounds = LeastOutside(small, most: most)
    for level in [levels[0]] + Array(levels[1...].reversed()) {
      let places = numbers.indices.filter {
        !standby.contains(numbers[$0]) && request.wanted(numbers[$0]) >= level
      }
      let least = bounds.among(places)
      guard minimise(places.compactMap { model.outside[$0] }, from: least, in: solver, note) else {
        return found.map { ($0, false) }
      }
    }
    let stays = numbers.indices.compactMap { place -> Literal? in
      guard !standby.contains(numbers[place]), let slot = before[numbers[place]], slot < small.tables.count
      else { return nil }
      return model.at[place][slot]
    }
    let moves = LeastCost(stays.map { ($0, 1) }, in: solver)
    guard case .optimal = moves.minimise() else { return found.map { ($0, false) } }
    note()
    let moved = stays.count { !solver.holds($0) }
    if let more = Totalizer(stays.map { -$0 }, in: solver).more(than: moved) { solver.add(-more) }
    // One gap that is filled is dearer than all breaks.
    var soft = model.breaks.joined().map { (literal: -$0, price: 1) }
    let gap = soft.count + 1
    for (place, number) in numbers.enumerated() {
      guard let rank = ranks[number], let outside = model.outside[place] else { continue }
      soft.append((-outside, gap * (standby.count - rank)))
    }
    if case .optimal = LeastCost(soft, in: solver).minimise() { note() }
    return found.map { ($0, true) }
  }

  /// Has as few of these literals hold as can be, from now on; false where time is up.
  ///
  /// - Parameter least: proven: so many hold at least.
  private func minimise(_ literals: [Literal], from least: Int, in solver: SATSolver, _ note: () -> Void)
    -> Bool
  {
    // What is proven is told the solver, which would take long to find out.
    if least > 0, let tooFew = Totalizer(literals.map { -$0 }, in: solver).more(than: literals.count - least)
    {
      solver.add(-tooFew)
    }
    let count = Totalizer(literals, in: solver)
    for bound in min(least, literals.count)...literals.count {
      let more = count.more(than: bound)
      switch solver.solve(assuming: more.map { [-$0] } ?? []) {
      case .satisfiable:
        note()
        if let more { solver.add(-more) }
        return true
      case .unsatisfiable: continue
      case .interrupted: return false
      }
    }
    return false
  }

  /// The problem of these meetings alone; all others stay.
  ///
  /// - Returns: also how many of these each of its participants takes.
  private func part(_ numbers: [Int]) -> (problem: TimetableProblem, most: [Int: Int]) {
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
    var most: [Int: Int] = [:]
    for (person, number) in people {
      small.occupied[number] = problem.occupied[person]
      most[number] = request.most[person]
    }
    for (number, slot) in before.enumerated() where !inside.contains(number) {
      guard let slot else { continue }
      small.tables[slot] -= 1
      for person in [problem.meetings[number].first, problem.meetings[number].second] {
        guard let place = people[person] else { continue }
        small.occupied[place, default: []].insert(slot)
        if let left = most[place] { most[place] = left - 1 }
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
    return (small, most)
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
