import Domain
import Planning
import Store

/// Meetings that were chosen, on their way to slots and tables.
struct PlanDay: Sendable {
  let basis: PlanBasis
  let candidates: PlanBasis.Candidates
  /// Who meets, by place among the pairs of the candidates.
  let chosen: [Int]
  /// How they were chosen; nil where they are those of another plan.
  let choice: MeetingChoice?
  let problem: TimetableProblem
  /// Participants of the problem: firms, then investors, that have a meeting, by place in the basis.
  let parties: [Party]
  /// For each meeting the place of its firm, and its room where rooms matter.
  private let seated: [(firm: Int, room: Int?, table: Int?)]
  private let rooms: [String?]

  enum Party: Sendable, Hashable {
    case firm(Int)
    case investor(Int)
  }

  /// - Parameters:
  ///   - walkingMinutes: what somebody needs from one room to another.
  ///   - mostSpread: how many breaks more than another one somebody may have.
  init(
    _ basis: PlanBasis, _ candidates: PlanBasis.Candidates, _ chosen: [Int], _ choice: MeetingChoice? = nil,
    walkingMinutes: Int, mostSpread: Int
  ) {
    (self.basis, self.candidates, self.chosen, self.choice) = (basis, candidates, chosen, choice)
    let (slots, tables) = (basis.desk.slots, basis.openTables)
    let pairs = chosen.map { candidates.request.pairs[$0] }
    parties =
      Set(pairs.map(\.firm)).sorted().map { .firm($0) }
      + Set(pairs.map(\.investor)).sorted().map { .investor($0) }
    let number = Dictionary(uniqueKeysWithValues: parties.enumerated().map { ($1, $0) })
    let hurried = Set(
      slots.indices.filter { slots[$0].minutesToNext.map { $0 < walkingMinutes } ?? false })
    let rooms = Set(tables.map(\.room)).sorted { ($0 ?? "") < ($1 ?? "") }
    self.rooms = rooms
    let pins = pairs.map { basis.pin($0.firm, $0.investor) }
    let seated =
      hurried.isEmpty || rooms.count < 2
      ? zip(pairs, pins).map { (firm: $0.firm, room: Int?.none, table: $1?.table) }
      : Self.inRooms(pairs, pins, tables, rooms)
    self.seated = seated
    let meetings = zip(chosen, seated).map { pair, seat in
      let (request, slots) = (candidates.request.pairs[pair], candidates.slots[pair])
      return TimetableProblem.Meeting(
        number[.firm(request.firm)]!, number[.investor(request.investor)]!, slots: slots, room: seat.room)
    }
    problem = TimetableProblem(
      participants: parties.count, tables: slots.map { _ in tables.count }, meetings: meetings,
      precedences: Self.precedences(pairs, pins, basis), places: Self.places(seated, tables, rooms),
      dayStarts: basis.dayStarts,
      hurriedSlots: seated.contains { $0.room != nil } ? hurried : [], mostSpread: mostSpread)
  }

  /// Gives each firm a room: that of a table it is pinned to, else, in order of codes, the one with the fewest meetings for
  /// its tables.
  private static func inRooms(
    _ pairs: [MeetingChoice.Pair], _ pins: [RoadshowDesk.Pin?], _ tables: [RoadshowDesk.Table],
    _ rooms: [String?]
  ) -> [(firm: Int, room: Int?, table: Int?)] {
    let seats = rooms.map { room in tables.count { $0.room == room } }
    func room(ofTable number: Int?) -> Int? {
      number.flatMap { number in tables.first { $0.number == number } }.flatMap {
        rooms.firstIndex(of: $0.room)
      }
    }
    var roomOf: [Int: Int] = [:]
    for (pair, pin) in zip(pairs, pins) where roomOf[pair.firm] == nil {
      roomOf[pair.firm] = room(ofTable: pin?.table)
    }
    let counts = pairs.reduce(into: [Int: Int]()) { $0[$1.firm, default: 0] += 1 }
    var load = rooms.map { _ in 0 }
    for (firm, room) in roomOf { load[room] += counts[firm]! }
    for firm in counts.keys.sorted() where roomOf[firm] == nil {
      let room = rooms.indices.min { load[$0] * seats[$1] < load[$1] * seats[$0] }!
      roomOf[firm] = room
      load[room] += counts[firm]!
    }
    return zip(pairs, pins).map { ($0.firm, room(ofTable: $1?.table) ?? roomOf[$0.firm], $1?.table) }
  }

  private static func precedences(
    _ pairs: [MeetingChoice.Pair], _ pins: [RoadshowDesk.Pin?], _ basis: PlanBasis
  ) -> [TimetableProblem.Precedence] {
    let number = Dictionary(
      uniqueKeysWithValues: pairs.enumerated().map { (basis.pair($1.firm, $1.investor), $0) })
    return pins.enumerated().compactMap { after, pin in
      pin?.after.flatMap { number[$0] }.map { .init($0, after) }
    }
  }

  /// Meetings that are pinned to one table, and those in one room.
  private static func places(
    _ seated: [(firm: Int, room: Int?, table: Int?)], _ tables: [RoadshowDesk.Table], _ rooms: [String?]
  ) -> [TimetableProblem.Place] {
    func places(_ key: (Int) -> Int?, _ most: (Int) -> Int) -> [TimetableProblem.Place] {
      let groups = seated.indices.reduce(into: [Int: [Int]]()) { groups, meeting in
        if let place = key(meeting) { groups[place, default: []].append(meeting) }
      }
      return groups.keys.sorted().compactMap { place in
        groups[place]!.count > most(place) ? .init(groups[place]!, most: most(place)) : nil
      }
    }
    return places({ seated[$0].table }, { _ in 1 })
      + places({ seated[$0].room }, { room in tables.count { $0.room == rooms[room] } })
  }

  /// Tables for meetings that have their slots.
  ///
  /// - Parameter held: by meeting, the number of the table that it stays at.
  func meetings(at slots: [Int], holding held: [Int: Int] = [:]) throws(TableSeating.Problem) -> (
    meetings: [NewPlan.Meeting], moves: Int
  ) {
    let seating = try TableSeating(
      seated.indices.map { meeting in
        let seat = seated[meeting]
        return .init(
          firm: seat.firm, slot: slots[meeting], room: seat.room, table: seat.table ?? held[meeting])
      },
      at: basis.openTables.map { table in
        .init(number: table.number, room: rooms.firstIndex(of: table.room))
      })
    let meetings = chosen.indices.map { meeting in
      NewPlan.Meeting(
        pair: pair(meeting), slot: basis.desk.slots[slots[meeting]],
        table: seating.tables[meeting])
    }
    return (meetings, seating.moves)
  }

  func party(_ participant: Int) -> PlanBasis.Party {
    switch parties[participant] {
    case .firm(let place): basis.firms[place]
    case .investor(let place): basis.investors[place]
    }
  }

  func code(_ participant: Int) -> String { party(participant).code }

  func pair(_ meeting: Int) -> RoadshowDesk.Pair {
    let pair = candidates.request.pairs[chosen[meeting]]
    return basis.pair(pair.firm, pair.investor)
  }

  func pin(_ meeting: Int) -> RoadshowDesk.Pin? {
    let pair = candidates.request.pairs[chosen[meeting]]
    return basis.pin(pair.firm, pair.investor)
  }

  /// By participant, how many of its meetings are not in the half of the day that it prefers.
  func unwelcome(_ slots: [Int]) -> [(code: String, prefers: DayHalf, meetings: Int)] {
    parties.indices.compactMap { participant in
      let party = party(participant)
      let count = zip(problem.meetings, slots).count { meeting, slot in
        (meeting.first == participant || meeting.second == participant) && !party.isWelcome[slot]
      }
      return party.prefers.flatMap { count > 0 ? (party.code, $0, count) : nil }
    }
  }
}
