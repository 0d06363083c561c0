import Domain

/// A plan of a roadshow as its sheets tell of it: who meets whom, when and where, and who pitches when. Times are seconds
/// since 1970, UTC. Names may hold anything; what would break a line is a blank.
public struct Programme: Sendable {
  /// Of the roadshow.
  public var code: String
  public var name: String
  public var nameZh: String?
  public var city: String?
  public var venue: String?
  /// The time zone in which the roadshow is told.
  public var zone: ZoneOffsets
  /// Number of the plan.
  public var plan: Int
  /// When the sheets are made.
  public var madeAt: Int
  /// Seconds that the roadshow's clocks are ahead of UTC when the sheets are made, which may be months before the days that
  /// ``zone`` covers; nil for what ``zone`` says.
  public var madeOffset: Int?
  /// Who sends the calendars.
  public var organizer: Mailbox
  /// What appointments are of, in their UID. It has to stay the same for ever, or calendars show everything twice.
  public var host: String
  /// Those of all meetings, taken or free.
  public var slots: [Slot]
  /// Those that are in use, in any order.
  public var tables: [Table]
  /// Those that stand and those that are cancelled, in any order.
  public var appointments: [Appointment]

  /// `host` is the organizer's unless it is given.
  public init(
    code: String, name: String, nameZh: String? = nil, city: String? = nil, venue: String? = nil,
    zone: ZoneOffsets, plan: Int, madeAt: Int, madeOffset: Int? = nil, organizer: Mailbox,
    host: String? = nil, slots: [Slot],
    tables: [Table], appointments: [Appointment]
  ) {
    self.code = code
    self.name = name
    self.nameZh = nameZh
    self.city = city
    self.venue = venue
    self.zone = zone
    self.plan = plan
    self.madeAt = madeAt
    self.madeOffset = madeOffset
    self.organizer = organizer
    self.host = host ?? organizer.address.domain
    self.slots = slots
    self.tables = tables
    self.appointments = appointments
  }

  /// A time at which tables can be taken.
  public struct Slot: Sendable, Hashable {
    public var number: Int
    public var start: Int
    public var end: Int

    public init(number: Int, start: Int, end: Int) {
      self.number = number
      self.start = start
      self.end = end
    }
  }

  public struct Table: Sendable, Hashable {
    public var number: Int
    public var name: String?
    public var room: String?

    public init(number: Int, name: String? = nil, room: String? = nil) {
      self.number = number
      self.name = name
      self.room = room
    }
  }

  /// A firm or an investor, and those who come for it.
  public struct Delegation: Sendable, Hashable {
    public var code: String
    public var name: String
    public var nameZh: String?
    public var persons: [Person]

    public init(code: String, name: String, nameZh: String? = nil, persons: [Person] = []) {
      self.code = code
      self.name = name
      self.nameZh = nameZh
      self.persons = persons
    }
  }

  public struct Person: Sendable, Hashable {
    public var code: String
    public var name: String

    public init(code: String, name: String) {
      self.code = code
      self.name = name
    }
  }

  public struct Appointment: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
      /// With the number that this pair has on this roadshow in every plan.
      case meeting(Int)
      /// Of the firm, before all.
      case pitch
    }

    public var kind: Kind
    /// How often it was changed after it was first told; rises with every change, cancelling included.
    public var sequence: Int
    public var isCancelled: Bool
    /// It lost its table, and has no other one yet.
    public var isUnseated: Bool
    public var start: Int
    public var end: Int
    /// Number of its slot; nil for a pitch.
    public var slot: Int?
    /// Nil for a pitch, and for a meeting that is unseated.
    public var table: Table?
    public var firm: Delegation
    /// Nil for a pitch.
    public var investor: Delegation?

    public init(
      _ kind: Kind, sequence: Int = 0, isCancelled: Bool = false, isUnseated: Bool = false, start: Int,
      end: Int, slot: Int? = nil, table: Table? = nil, firm: Delegation, investor: Delegation? = nil
    ) {
      self.kind = kind
      self.sequence = sequence
      self.isCancelled = isCancelled
      self.isUnseated = isUnseated
      self.start = start
      self.end = end
      self.slot = slot
      self.table = table
      self.firm = firm
      self.investor = investor
    }

    /// As calendars and CSV name it.
    var status: String { isCancelled ? "cancelled" : isUnseated ? "tentative" : "confirmed" }
  }

  /// Whom a sheet or a calendar is for: a delegation, or one of those who come for it.
  public struct Recipient: Sendable, Hashable {
    public var party: Delegation
    public var side: IntroductionSide
    public var person: Person?
    public var language: SheetLanguage

    public init(
      _ party: Delegation, side: IntroductionSide, person: Person? = nil, language: SheetLanguage
    ) {
      self.party = party
      self.side = side
      self.person = person
      self.language = language
    }
  }
}

extension Programme.Appointment {
  /// The delegation of a side.
  func delegation(_ side: IntroductionSide) -> Programme.Delegation? { side == .firm ? firm : investor }

  /// In order of time, then as they are found.
  static func precedes(_ left: Self, _ right: Self) -> Bool {
    (left.start, left.table?.number ?? 0, left.end) < (right.start, right.table?.number ?? 0, right.end)
  }
}

extension Programme {
  /// The appointments of a delegation in order of time, the cancelled ones included. Linear but for sorting what is found.
  public func appointments(of code: String, side: IntroductionSide) -> [Appointment] {
    appointments.filter { $0.delegation(side)?.code == code }.sorted(by: Appointment.precedes)
  }

  /// The meetings that stand, in order of time.
  var meetings: [Appointment] {
    appointments.filter { !$0.isCancelled && $0.kind != .pitch }.sorted(by: Appointment.precedes)
  }

  /// The pitches that stand, in order of time.
  var pitches: [Appointment] {
    appointments.filter { !$0.isCancelled && $0.kind == .pitch }.sorted(by: Appointment.precedes)
  }

  /// Those that are in use and those that somebody sits at all the same, by number.
  var allTables: [Table] {
    var tables = Dictionary(tables.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    for table in meetings.compactMap(\.table) where tables[table.number] == nil {
      tables[table.number] = table
    }
    return tables.values.sorted { $0.number < $1.number }
  }

  /// The days of some times, in order.
  func days(of starts: some Sequence<Int>) -> [Day] { Set(starts.map { zone.local($0).day }).sorted() }
}
