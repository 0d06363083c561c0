/// How far an introduction has come.
///
/// `proposed → asked → mutual → introduced → met → diligence → term_sheet → invested`, or an end before that. The first
/// four before `introduced` follow from what the two sides have answered, see ``IntroductionStanding``.
public enum IntroductionState: String, Sendable, CaseIterable, Hashable {
  /// Both sides may answer, neither has.
  case proposed
  /// One side wants it, so the other one is asked for.
  case asked
  /// A side has said "not now" and is asked again on a day.
  case notNow = "not_now"
  /// Both want it. From here on each knows who the other is.
  case mutual
  case introduced, met, diligence
  case termSheet = "term_sheet"
  case invested
  /// A side wants it no more, or never did: this pair is never proposed again.
  case declined
  /// A side did not answer in time.
  case expired
  /// The desk has taken it back.
  case withdrawn
  /// A side did not come.
  case noShow = "no_show"

  /// Whether both sides still have their say.
  public var isOpen: Bool { [.proposed, .asked, .notNow].contains(self) }

  /// Whether nothing comes after it.
  public var isEnd: Bool { [.invested, .declined, .expired, .withdrawn, .noShow].contains(self) }

  /// Whether each side may know who the other is.
  public var isMutual: Bool { !isOpen && !isEnd || self == .invested }

  /// The next step of the way that the desk takes an introduction; nil where it takes none.
  public var next: IntroductionState? {
    switch self {
    case .mutual: .introduced
    case .introduced: .met
    case .met: .diligence
    case .diligence: .termSheet
    case .termSheet: .invested
    case .proposed, .asked, .notNow, .invested, .declined, .expired, .withdrawn, .noShow: nil
    }
  }
}

/// What an introduction is about.
public enum IntroductionKind: String, Sendable, CaseIterable, Hashable {
  /// The investor puts money into the firm.
  case investment
  /// It takes over what a programme of the state holds of the firm.
  case handover

  public static let names = allCases.map(\.rawValue)
}

/// One of the two that are introduced to each other.
public enum IntroductionSide: String, Sendable, CaseIterable, Hashable {
  case investor, firm

  public var other: IntroductionSide { self == .investor ? .firm : .investor }

  /// The role of those who answer for it.
  public var role: Role { self == .investor ? .investor : .firm }
}

/// What a side has answered.
public enum IntroductionAnswer: String, Sendable, CaseIterable, Hashable {
  case pending, yes, no
  case notNow = "not_now"
}

/// Why a side declines, in words that can be counted.
public enum DeclineReason: String, Sendable, CaseIterable, Hashable {
  case stage, sector, risk, ticket, region, valuation, team, technology
  /// It holds or backs a competitor.
  case conflict
  case terms, timing
  /// No hands or no money for another one.
  case capacity
  /// The two know each other already.
  case knownAlready = "known_already"
  case other

  public static let names = allCases.map(\.rawValue)
}

/// Something that is done to an introduction.
public enum IntroductionMove: Sendable, Hashable {
  /// A side wants it.
  case accept(IntroductionSide)
  /// A side does not want it, for good.
  case decline(IntroductionSide, DeclineReason)
  /// A side wants to be asked again on a day.
  case `defer`(IntroductionSide, until: Day)
  /// A side, or the desk, asks or answers something.
  case ask(IntroductionSide?)
  /// The desk takes it back.
  case withdraw
  /// The desk takes it a step further, to the next state where none is given, or notes that a side did not come.
  case advance(to: IntroductionState?, IntroductionSide?)
  /// The day has come on which a side wanted to be asked again.
  case `return`(IntroductionSide)
  /// The days to answer are over.
  case expire

  /// The side whose move it is; nil for the desk's.
  public var side: IntroductionSide? {
    switch self {
    case .accept(let side), .decline(let side, _), .defer(let side, _), .return(let side): side
    case .ask(let side), .advance(_, let side): side
    case .withdraw, .expire: nil
    }
  }

  /// Why a side declines.
  public var reason: DeclineReason? { if case .decline(_, let reason) = self { reason } else { nil } }

  public var action: Action {
    switch self {
    case .accept: .accept
    case .decline: .decline
    case .defer: .defer
    case .ask: .ask
    case .withdraw: .withdraw
    case .advance: .advance
    case .return: .return
    case .expire: .expire
    }
  }

  /// The name of a move in SQL and protocol.
  public enum Action: String, Sendable, CaseIterable, Hashable {
    case emit, propose, accept, decline, `defer`, ask, withdraw, advance, `return`, expire
    /// The two met at a roadshow without having been introduced; the introduction begins in `met`.
    case meet
    /// The firm was merged into another, which has the introduction from then on.
    case merge
    /// The desk has taken its own last move back.
    case revert
    /// Somebody has changed the row by hand.
    case correct

    /// The commands `INTRO …` that are legal in a state.
    public static func legal(in state: IntroductionState) -> [Action] {
      if state.isEnd { return [] }
      let answers: [Action] = state.isOpen ? [.accept, .decline, .defer] : [.decline]
      return answers + [.ask, .withdraw] + (state.next == nil ? [] : [.advance])
    }
  }
}

/// Where an introduction stands: its state and both answers.
public struct IntroductionStanding: Sendable, Hashable {
  public var state: IntroductionState
  public var investor: IntroductionAnswer
  public var firm: IntroductionAnswer
  /// The days on which those who said "not now" are asked again.
  public var investorUntil: Day?
  public var firmUntil: Day?
  /// The side that has declined or did not come.
  public var endedBy: IntroductionSide?

  public init(
    state: IntroductionState = .proposed, investor: IntroductionAnswer = .pending,
    firm: IntroductionAnswer = .pending, investorUntil: Day? = nil, firmUntil: Day? = nil,
    endedBy: IntroductionSide? = nil
  ) {
    self.state = state
    self.investor = investor
    self.firm = firm
    self.investorUntil = investorUntil
    self.firmUntil = firmUntil
    self.endedBy = endedBy
  }

  /// A move that is not legal here.
  public struct Illegal: Error, Hashable {
    public let state: IntroductionState
    /// What would be.
    public let legal: [IntroductionMove.Action]
  }

  public func answer(of side: IntroductionSide) -> IntroductionAnswer { side == .investor ? investor : firm }

  /// Makes a move.
  ///
  /// An open introduction is where its answers put it: `declined` with a no, `not_now` with a "not now", `mutual` with
  /// two yeses, `asked` with one, else `proposed`.
  /// - Returns: whether anything has changed: a side that says the same twice changes nothing.
  /// - Throws: ``Illegal`` where the move is not one of docs/INTRODUCTIONS.md.
  public mutating func make(_ move: IntroductionMove) throws(Illegal) -> Bool {
    let before = self
    switch move {
    case .accept(let side):
      try require(state.isOpen)
      set(side, .yes, until: nil)
    case .decline(let side, _):
      try require(!state.isEnd)
      set(side, .no, until: nil)
      (state, endedBy) = (.declined, side)
    case .defer(let side, let until):
      try require(state.isOpen)
      set(side, .notNow, until: until)
    case .ask:
      try require(!state.isEnd)
      return true
    case .withdraw:
      try require(!state.isEnd)
      state = .withdrawn
    case .advance(let wanted, let side):
      guard let next = wanted ?? state.next,
        next == state.next || state == .introduced && next == .noShow && side != nil
      else { throw illegal }
      state = next
      if next == .noShow { endedBy = side }
    case .return(let side):
      try require(state == .notNow && answer(of: side) == .notNow)
      set(side, .pending, until: nil)
    case .expire:
      try require(state == .proposed || state == .asked)
      state = .expired
    }
    if state.isOpen { state = openState }
    return self != before
  }

  private func require(_ isLegal: Bool) throws(Illegal) {
    guard isLegal else { throw illegal }
  }

  private var illegal: Illegal { Illegal(state: state, legal: IntroductionMove.Action.legal(in: state)) }

  private mutating func set(_ side: IntroductionSide, _ answer: IntroductionAnswer, until: Day?) {
    switch side {
    case .investor: (investor, investorUntil) = (answer, until)
    case .firm: (firm, firmUntil) = (answer, until)
    }
  }

  private var openState: IntroductionState {
    let answers = [investor, firm]
    if answers.contains(.notNow) { return .notNow }
    return switch answers.count(where: { $0 == .yes }) {
    case 2: .mutual
    case 1: .asked
    default: .proposed
    }
  }
}
