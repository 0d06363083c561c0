import Domain
import Planning
import Store
import Wire

/// What is said of a plan beside its meetings, as rows of one shape: who has fewer meetings than it should, which wishes
/// are left out, and what is in the way where there is no plan.
struct PlanRow: Sendable {
  private var what: String
  private var party: String?
  private var pair: RoadshowDesk.Pair?
  private var slot: Int?
  private var table: Int?
  private var wish: String?
  private var meetings: Int?
  /// How many there should be, or could be.
  private var wanted: Int?
  private var reason: String

  static func rows(_ rows: [PlanRow]) -> [[JSON.Member]] { rows.map(\.members) }

  private var members: [JSON.Member] {
    [
      .init("what", .string(what)), .init("party", JSON(party)), .init("firm", JSON(pair?.firm)),
      .init("investor", JSON(pair?.investor)), .init("slot", JSON(slot)), .init("table", JSON(table)),
      .init("wish", JSON(wish)), .init("meetings", JSON(meetings)), .init("wanted", JSON(wanted)),
      .init("reason", .string(reason)),
    ]
  }

  private init(_ what: String, reason: String) { (self.what, self.reason) = (what, reason) }

  // MARK: Plans

  static func shortages(_ day: PlanDay) -> [PlanRow] {
    (day.choice?.shortages ?? []).map { shortage in
      var row = PlanRow("shortage", reason: shortage.reason.rawValue)
      row.party = day.basis.code(shortage.party)
      (row.meetings, row.wanted) = (shortage.meetings, shortage.minimum)
      return row
    }
  }

  /// Wishes that come to nothing, the greatest first.
  static func leftOut(_ day: PlanDay) -> [PlanRow] {
    func row(_ pair: RoadshowDesk.Pair, _ isMust: Bool, _ reason: String) -> PlanRow {
      var row = PlanRow("left_out", reason: reason)
      (row.pair, row.wish) = (pair, isMust ? Wish.mustMeet.rawValue : Wish.meet.rawValue)
      return row
    }
    let possible = (day.choice?.leftOut ?? []).map { left in
      let pair = day.candidates.request.pairs[left.pair]
      return row(day.basis.pair(pair.firm, pair.investor), left.isMust, left.reason.rawValue)
    }
    return possible + day.candidates.hopeless.map { row($0.pair, $0.isMust, $0.reason) }
  }

  /// Meetings that are not in the half of the day that a participant prefers.
  init(unwelcome party: String, _ prefers: DayHalf, _ meetings: Int) {
    self.init("unwelcome", reason: "prefers_\(prefers.rawValue)")
    (self.party, self.meetings) = (party, meetings)
  }

  // MARK: None

  init(pin: RoadshowDesk.Pin, reason: String) {
    self.init("clash", reason: reason)
    (pair, slot, table) = (pin.pair, pin.slot, pin.table)
  }

  init(_ problem: MeetingChoice.Problem, _ candidates: PlanBasis.Candidates, _ basis: PlanBasis) {
    func names(_ pair: Int) -> RoadshowDesk.Pair {
      basis.pair(candidates.request.pairs[pair].firm, candidates.request.pairs[pair].investor)
    }
    switch problem {
    case .twice(let pair):
      self.init("clash", reason: "twice")
      self.pair = names(pair)
    case .pinnedUnwanted(let pair):
      self.init("clash", reason: "pinned_unwanted")
      self.pair = names(pair)
    case .pinnedBeyondRoom(let party, let pinned, let room):
      self.init("clash", reason: "pinned_beyond_room")
      (self.party, meetings, wanted) = (basis.code(party), pinned, room)
    case .pinnedBeyondCapacity(let pinned, let capacity):
      self.init("clash", reason: "pinned_beyond_capacity")
      (meetings, wanted) = (pinned, capacity)
    case .tooLarge: self.init("clash", reason: "minimums_too_high")
    }
  }

  init(_ what: String, _ reason: String, party: String? = nil, pair: RoadshowDesk.Pair? = nil) {
    self.init(what, reason: reason)
    (self.party, self.pair) = (party, pair)
  }

  func at(_ slot: Int, tables: Int) -> PlanRow {
    var row = self
    (row.slot, row.wanted) = (slot, tables)
    return row
  }
}

extension PlanBasis {
  func code(_ party: MeetingChoice.Party) -> String {
    switch party {
    case .firm(let place): firms[place].code
    case .investor(let place): investors[place].code
    }
  }
}
