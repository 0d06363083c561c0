import Domain

/// Looks for timetables with few breaks by many small changes, the worse ones less and less often (S. Kirkpatrick, C. D.
/// Gelatt, M. P. Vecchi: "Optimization by Simulated Annealing", 1983).
///
/// A meeting moves to another slot, and what is in its way there moves to where it was, and so on (a Kempe chain of the
/// two slots), so that nobody ever is at two places. No rule is ever broken; a meeting that finds no slot waits
/// outside, at a price. Proves nothing.
struct TimetableAnnealing {
  private let problem: TimetableProblem
  private let slots: Int
  private let first: [Int]
  private let second: [Int]
  private let domains: [[Bool]]
  private let options: [[Int]]
  /// For each meeting its places, and for each place and slot how many meetings are there.
  private let placesOf: [[Int]]
  private var placeLoad: [Int]
  private let precedencesOf: [[TimetableProblem.Precedence]]
  /// A bit for each slot that begins a day, and for each day the bits of its slots.
  private let dayStarts: UInt128
  private let days: [UInt128]
  private var random: SplitMix64

  /// For each meeting its slot; -1 outside.
  private var slotOf: [Int]
  /// For each participant and slot, the meeting there; -1 for none.
  private var meetingAt: [Int]
  /// For each participant, a bit for each slot in which it has a meeting.
  private var busy: [UInt128]
  private var load: [Int]
  private var outside: [Int]
  private var breaks: [Int]
  /// Breaks of all, and those above the most allowed.
  private var total = 0
  private var excess = 0
  /// How readily a change for the worse is made.
  private var heat = 1.0
  /// Of the chain at hand: its meetings, and whether a meeting is one of them.
  private var chain: [Int] = []
  private var slotBefore: [Int]
  private var isInChain: [Bool]
  private var touched: [Int] = []
  private var isTouched: [Bool]

  /// What a meeting outside costs, in breaks.
  private static let outsidePrice = 4
  /// What a break above the most allowed costs.
  private static let excessPrice = 4
  /// Longer chains change so much that they are hardly ever for the better.
  private static let longestChain = 60

  /// Nil where there are more than 128 slots, as which are busy is kept in so many bits.
  init?(_ problem: TimetableProblem, seed: UInt64) {
    guard problem.tables.count <= UInt128.bitWidth else { return nil }
    self.problem = problem
    slots = problem.tables.count
    first = problem.meetings.map(\.first)
    second = problem.meetings.map(\.second)
    domains = problem.domains
    options = domains.map { domain in domain.indices.filter { domain[$0] } }
    var precedencesOf = [[TimetableProblem.Precedence]](repeating: [], count: problem.meetings.count)
    for precedence in problem.precedences {
      precedencesOf[precedence.before].append(precedence)
      precedencesOf[precedence.after].append(precedence)
    }
    self.precedencesOf = precedencesOf
    var placesOf = [[Int]](repeating: [], count: problem.meetings.count)
    for (number, place) in problem.places.enumerated() {
      for meeting in place.meetings { placesOf[meeting].append(number) }
    }
    self.placesOf = placesOf
    placeLoad = Array(repeating: 0, count: problem.places.count * slots)
    let starts = problem.dayStarts.filter { $0 < problem.tables.count }.sorted()
    dayStarts = starts.reduce(0) { $0 | (1 << UInt128($1)) }
    days = zip(starts, starts.dropFirst() + [problem.tables.count]).map { start, end in
      (start..<end).reduce(0) { $0 | (1 << UInt128($1)) }
    }
    random = SplitMix64(seed: seed)
    slotOf = Array(repeating: -1, count: problem.meetings.count)
    meetingAt = Array(repeating: -1, count: problem.participants * slots)
    busy = Array(repeating: 0, count: problem.participants)
    load = Array(repeating: 0, count: slots)
    slotBefore = slotOf
    outside = Array(problem.meetings.indices)
    breaks = Array(repeating: 0, count: problem.participants)
    isInChain = Array(repeating: false, count: problem.meetings.count)
    isTouched = Array(repeating: false, count: problem.participants)
  }

  /// Anneals once from where it is, from hot to cold in so many steps.
  ///
  /// - Parameter found: told of each timetable that is whole, in which no participant has more breaks than `mostSpread`,
  ///   and that has fewer breaks than those before.
  mutating func anneal(steps: Int, isOver: () -> Bool, found: ([Int]) -> Void) {
    var best = Int.max
    for step in 0..<steps {
      if step & 255 == 0, isOver() { return }
      if step & 1_023 == 0 { heat = Self.heat(at: Double(step) / Double(steps)) }
      if let place = outside.indices.last, random.number(below: 4) == 0 {
        insert(Int(random.number(below: UInt64(place + 1))))
      } else {
        swap()
      }
      if outside.isEmpty, total < best, excess == 0 {
        best = total
        found(slotOf)
      }
    }
  }

  /// From hot to cold; the longer it is at it, the slower it cools.
  ///
  /// - Parameter share: of the steps that are done.
  private static func heat(at share: Double) -> Double {
    let (hot, cold) = (0.3, 0.03)
    return 1 / (1 / hot + share * share * (1 / cold - 1 / hot))
  }

  /// Whether a change that costs so much more is made.
  private mutating func accepts(_ cost: Int) -> Bool {
    guard cost > 0 else { return true }
    // 1/2^(cost/heat), by the bits of a random number: half of them begin with 0, a quarter with 00, …
    let halvings = Double(cost) / heat
    guard halvings < 60 else { return false }
    let whole = Int(halvings)
    let part = halvings - Double(whole)
    guard random.next().leadingZeroBitCount >= whole else { return false }
    // Between two halvings a line is near enough.
    return Double(random.number(below: 1 << 20)) < Double(1 << 20) * (1 - part / 2)
  }

  private mutating func swap() {
    let meeting = Int(random.number(below: UInt64(slotOf.count)))
    let from = slotOf[meeting]
    guard from >= 0 else { return }
    let choices = options[meeting]
    let to = choices[Int(random.number(below: UInt64(choices.count)))]
    guard to != from, follow(meeting, from, to) else { return }
    defer { clear() }
    let before = chain.reduce(0) { $0 + (slotOf[$1] == from ? 1 : -1) }
    guard load[to] + before <= problem.tables[to], load[from] - before <= problem.tables[from] else { return }
    flip(from, to)
    let (cost, isKept) = price()
    if isKept, accepts(cost) { settle() } else { flip(from, to) }
  }

  /// Collects what moves with the meeting; false where something may not.
  private mutating func follow(_ meeting: Int, _ from: Int, _ to: Int) -> Bool {
    chain.removeAll(keepingCapacity: true)
    chain.append(meeting)
    isInChain[meeting] = true
    var next = 0
    while next < chain.count {
      let meeting = chain[next]
      next += 1
      let target = slotOf[meeting] == from ? to : from
      guard domains[meeting][target], chain.count <= Self.longestChain else {
        clear()
        return false
      }
      reach(first[meeting], target)
      reach(second[meeting], target)
    }
    return true
  }

  /// A meeting of this person comes to that slot; what it has there goes the other way.
  private mutating func reach(_ person: Int, _ slot: Int) {
    touch(person)
    let other = meetingAt[person * slots + slot]
    guard other >= 0, !isInChain[other] else { return }
    isInChain[other] = true
    chain.append(other)
  }

  private mutating func touch(_ person: Int) {
    guard !isTouched[person] else { return }
    isTouched[person] = true
    touched.append(person)
  }

  private mutating func clear() {
    for meeting in chain { isInChain[meeting] = false }
    for person in touched { isTouched[person] = false }
    chain.removeAll(keepingCapacity: true)
    touched.removeAll(keepingCapacity: true)
  }

  private mutating func flip(_ from: Int, _ to: Int) {
    for meeting in chain { take(meeting) }
    for meeting in chain { put(meeting, slotBefore[meeting] == from ? to : from) }
  }

  private mutating func take(_ meeting: Int) {
    let slot = slotOf[meeting]
    slotBefore[meeting] = slot
    slotOf[meeting] = -1
    load[slot] -= 1
    for place in placesOf[meeting] { placeLoad[place * slots + slot] -= 1 }
    set(first[meeting], slot, to: -1)
    set(second[meeting], slot, to: -1)
  }

  private mutating func put(_ meeting: Int, _ slot: Int) {
    slotOf[meeting] = slot
    load[slot] += 1
    for place in placesOf[meeting] { placeLoad[place * slots + slot] += 1 }
    set(first[meeting], slot, to: meeting)
    set(second[meeting], slot, to: meeting)
  }

  private mutating func set(_ person: Int, _ slot: Int, to meeting: Int) {
    meetingAt[person * slots + slot] = meeting
    let bit: UInt128 = 1 << UInt128(slot)
    if meeting < 0 { busy[person] &= ~bit } else { busy[person] |= bit }
  }

  /// What the change at hand costs, and whether it keeps places, precedences and the time to walk.
  private func price() -> (cost: Int, isKept: Bool) {
    var cost = 0
    for person in touched {
      guard canWalk(person) else { return (0, false) }
      cost += weight(breaks(of: person)) - weight(breaks[person])
    }
    for meeting in chain where slotOf[meeting] >= 0 {
      for place in placesOf[meeting] {
        let slot = slotOf[meeting]
        if placeLoad[place * slots + slot] > problem.places[place].room(in: slot) { return (0, false) }
      }
      for precedence in precedencesOf[meeting] {
        let (before, after) = (slotOf[precedence.before], slotOf[precedence.after])
        if before >= 0, after >= 0, before >= after { return (0, false) }
      }
    }
    return (cost, true)
  }

  private func weight(_ breaks: Int) -> Int {
    breaks + Self.excessPrice * max(0, breaks - problem.mostSpread)
  }

  private mutating func settle() {
    for person in touched {
      let now = breaks(of: person)
      total += now - breaks[person]
      excess += max(0, now - problem.mostSpread) - max(0, breaks[person] - problem.mostSpread)
      breaks[person] = now
    }
  }

  private func breaks(of person: Int) -> Int {
    let mask = busy[person]
    // A stretch of meetings begins where there was none before, or a day begins.
    var count = (mask & (~(mask << 1) | dayStarts)).nonzeroBitCount
    for day in days where mask & day != 0 { count -= 1 }
    return count
  }

  private func canWalk(_ person: Int) -> Bool {
    guard !problem.hurriedSlots.isEmpty else { return true }
    return problem.hurriedSlots.allSatisfy { slot in
      guard slot + 1 < slots, dayStarts & (1 << UInt128(slot + 1)) == 0 else { return true }
      let (here, next) = (meetingAt[person * slots + slot], meetingAt[person * slots + slot + 1])
      guard here >= 0, next >= 0, let room = problem.meetings[here].room,
        let other = problem.meetings[next].room
      else { return true }
      return room == other
    }
  }

  /// Brings a meeting from outside in, and those in its way out.
  private mutating func insert(_ place: Int) {
    let meeting = outside[place]
    guard !options[meeting].isEmpty else { return }
    let slot = options[meeting][Int(random.number(below: UInt64(options[meeting].count)))]
    var out: [Int] = []
    for person in [first[meeting], second[meeting]] {
      let other = meetingAt[person * slots + slot]
      if other >= 0, out.first != other { out.append(other) }
    }
    guard load[slot] - out.count < problem.tables[slot] else { return }
    defer { clear() }
    chain = out + [meeting]
    for moved in chain {
      touch(first[moved])
      touch(second[moved])
    }
    for other in out { take(other) }
    put(meeting, slot)
    let (cost, isKept) = price()
    if isKept, accepts(cost + Self.outsidePrice * (out.count - 1)) {
      settle()
      outside.swapAt(place, outside.count - 1)
      outside.removeLast()
      outside += out
    } else {
      take(meeting)
      for other in out { put(other, slot) }
    }
  }
}
