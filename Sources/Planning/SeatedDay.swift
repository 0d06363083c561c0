/// A timetable that holds at every moment, while meetings are put into it and taken out.
struct SeatedDay {
  private let problem: TimetableProblem
  /// Meetings that a participant may have at most; those without an entry have no limit.
  private let most: [Int: Int]
  private let placesOf: [[Int]]
  private let orders: [[(other: Int, isLater: Bool)]]
  /// For each meeting its slot; nil where it has none.
  private(set) var slots: [Int?]
  /// The meetings of each slot.
  private(set) var here: [[Int]]
  /// For each participant and slot, the meeting it has there.
  private var holder: [[Int]]
  private var count: [Int]
  /// For each place and slot, how many of its meetings are there.
  private var load: [[Int]]

  private static let free = -1
  private static let elsewhere = -2

  /// An empty day.
  init(_ problem: TimetableProblem, most: [Int: Int]) {
    (self.problem, self.most) = (problem, most)
    var placesOf = [[Int]](repeating: [], count: problem.meetings.count)
    for (number, place) in problem.places.enumerated() {
      for meeting in place.meetings { placesOf[meeting].append(number) }
    }
    self.placesOf = placesOf
    var orders = [[(other: Int, isLater: Bool)]](repeating: [], count: problem.meetings.count)
    for precedence in problem.precedences {
      orders[precedence.before].append((precedence.after, true))
      orders[precedence.after].append((precedence.before, false))
    }
    self.orders = orders
    slots = Array(repeating: nil, count: problem.meetings.count)
    here = problem.tables.map { _ in [] }
    count = Array(repeating: 0, count: problem.participants)
    holder = Array(repeating: problem.tables.map { _ in Self.free }, count: problem.participants)
    for (participant, taken) in problem.occupied {
      for slot in taken where problem.tables.indices.contains(slot) {
        holder[participant][slot] = Self.elsewhere
      }
    }
    load = problem.places.map { _ in problem.tables.map { _ in 0 } }
  }

  private func people(_ meeting: Int) -> [Int] {
    [problem.meetings[meeting].first, problem.meetings[meeting].second]
  }

  /// Whether a meeting without a slot can have this one while all others stay.
  func fits(_ meeting: Int, _ slot: Int) -> Bool {
    let (first, second) = (problem.meetings[meeting].first, problem.meetings[meeting].second)
    guard problem.meetings[meeting].slots[slot], holder[first][slot] == Self.free,
      holder[second][slot] == Self.free, here[slot].count < problem.tables[slot],
      count[first] < most[first] ?? .max, count[second] < most[second] ?? .max
    else { return false }
    for place in placesOf[meeting] where load[place][slot] >= problem.places[place].room(in: slot) {
      return false
    }
    for order in orders[meeting] {
      guard let other = slots[order.other] else { continue }
      if order.isLater ? other <= slot : other >= slot { return false }
    }
    return hurried(meeting, slot).isEmpty
  }

  /// Meetings right before and after that are too far to walk to.
  private func hurried(_ meeting: Int, _ slot: Int) -> [Int] {
    guard let room = problem.meetings[meeting].room, !problem.hurriedSlots.isEmpty else { return [] }
    var found: [Int] = []
    for (from, to, next) in [(slot, slot + 1, slot + 1), (slot - 1, slot, slot - 1)]
    where problem.hurriedSlots.contains(from) && !problem.dayStarts.contains(to)
      && problem.tables.indices.contains(next)
    {
      for person in people(meeting) {
        let other = holder[person][next]
        if other >= 0, let there = problem.meetings[other].room, there != room { found.append(other) }
      }
    }
    return found
  }

  /// - Precondition: it fits.
  mutating func put(_ meeting: Int, in slot: Int) {
    slots[meeting] = slot
    here[slot].append(meeting)
    for person in people(meeting) {
      holder[person][slot] = meeting
      count[person] += 1
    }
    for place in placesOf[meeting] { load[place][slot] += 1 }
  }

  mutating func take(_ meeting: Int) {
    guard let slot = slots[meeting] else { return }
    slots[meeting] = nil
    here[slot].remove(at: here[slot].firstIndex(of: meeting)!)
    for person in people(meeting) {
      holder[person][slot] = Self.free
      count[person] -= 1
    }
    for place in placesOf[meeting] { load[place][slot] -= 1 }
  }

  /// Gives a meeting a slot, and others another one where that is needed.
  ///
  /// - Parameters:
  ///   - chain: how many others may move for it, each for the one before.
  ///   - budget: how many moves may still be tried.
  /// - Returns: false where none was found; then nothing has changed.
  mutating func seat(_ meeting: Int, chain: Int, budget: inout Int) -> Bool {
    if let slot = problem.tables.indices.first(where: { fits(meeting, $0) }) {
      put(meeting, in: slot)
      return true
    }
    guard chain > 0 else { return false }
    for slot in problem.tables.indices where problem.meetings[meeting].slots[slot] {
      for other in obstacles(of: meeting, in: slot) {
        budget -= 1
        guard budget > 0 else { return false }
        let before = slots[other]!
        take(other)
        if fits(meeting, slot) {
          put(meeting, in: slot)
          if seat(other, chain: chain - 1, budget: &budget) { return true }
          take(meeting)
        }
        put(other, in: before)
      }
    }
    return false
  }

  /// Meetings of which any one might be all that keeps a meeting out of a slot.
  private func obstacles(of meeting: Int, in slot: Int) -> [Int] {
    let busy = Set(people(meeting).map { holder[$0][slot] }.filter { $0 != Self.free })
    guard busy.isEmpty else { return busy.count == 1 && busy.first! >= 0 ? Array(busy) : [] }
    return here[slot] + hurried(meeting, slot) + orders[meeting].map(\.other).filter { slots[$0] != nil }
  }

  /// Whether two meetings have a participant in common.
  func share(_ one: Int, _ other: Int) -> Bool { people(one).contains(where: people(other).contains) }
}

/// A repair that needs no search: all that can stay stays, the most wanted first; each of the rest takes a seat that is
/// left, or one that a short chain of moves makes, or that of a meeting that is wanted less. Whatever it is given, its
/// result holds, within O(meetings · slots · moves tried).
struct QuickRepair {
  private let request: TimetableRepair.Request
  private let standby: Set<Int>
  private(set) var day: SeatedDay

  /// Moves that are tried for one meeting.
  private static let budget = 4_000

  /// - Parameter slots: where meetings are to stay, as far as they can.
  init(_ request: TimetableRepair.Request, slots: [Int?], standby: Set<Int>) {
    (self.request, self.standby) = (request, standby)
    day = SeatedDay(request.problem, most: request.most)
    for meeting in ranked(slots.indices) {
      if let slot = slots[meeting], day.slots.indices.contains(meeting),
        request.problem.tables.indices.contains(slot), day.fits(meeting, slot)
      {
        day.put(meeting, in: slot)
      }
    }
  }

  /// How much a meeting is wanted; one on standby is no loss.
  private func worth(_ meeting: Int) -> Int { standby.contains(meeting) ? -1 : request.wanted(meeting) }

  /// The most wanted first.
  private func ranked(_ meetings: some Sequence<Int>) -> [Int] {
    meetings.sorted {
      (worth($0), request.score($0), $1) > (worth($1), request.score($1), $0)
    }
  }

  private var outside: [Int] {
    ranked(day.slots.indices.filter { day.slots[$0] == nil && !standby.contains($0) })
  }

  mutating func run() {
    for chain in 0...2 {
      for meeting in outside {
        var budget = Self.budget
        _ = day.seat(meeting, chain: chain, budget: &budget)
      }
    }
    exchange()
    for (meeting, slot) in day.slots.enumerated() {
      guard let slot, let own = request.slots[meeting], own != slot else { continue }
      day.take(meeting)
      let returns = request.problem.tables.indices.contains(own) && day.fits(meeting, own)
      day.put(meeting, in: returns ? own : slot)
    }
    for meeting in request.standby where day.slots[meeting] == nil {
      var budget = 0
      _ = day.seat(meeting, chain: 0, budget: &budget)
    }
  }

  /// Gives seats of meetings that are wanted less to those that have none. A score is no reason to move anybody: among
  /// meetings that are wished for alike, only who need not move takes another one's seat.
  mutating func exchange() {
    var improves = true
    while improves {
      improves = false
      for meeting in outside where day.slots[meeting] == nil {
        let taken = ranked(day.slots.indices.filter { day.slots[$0] != nil }).reversed()
        for other in taken {
          guard (worth(other), request.score(other)) < (worth(meeting), request.score(meeting)) else { break }
          guard exchange(other, for: meeting) else { continue }
          improves = true
          break
        }
      }
    }
  }

  private mutating func exchange(_ other: Int, for meeting: Int) -> Bool {
    let from = day.slots[other]!
    day.take(other)
    var wanted = day.share(other, meeting) ? Array(request.problem.tables.indices) : [from]
    if let own = request.slots[meeting] { wanted = [own] + wanted }
    for slot in wanted where request.problem.tables.indices.contains(slot) && day.fits(meeting, slot) {
      let moves = cost(meeting, slot) - cost(other, from)
      guard worth(other) < worth(meeting) || moves <= 0 else { continue }
      day.put(meeting, in: slot)
      var budget = 0
      _ = day.seat(other, chain: 0, budget: &budget)
      return true
    }
    day.put(other, in: from)
    return false
  }

  private func cost(_ meeting: Int, _ slot: Int) -> Int {
    request.slots[meeting].map { $0 == slot ? 0 : 1 } ?? 0
  }
}
