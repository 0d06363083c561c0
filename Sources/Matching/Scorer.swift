import Domain
import Synchronization

/// A snapshot under a policy: what all mandates share, prepared once. Scores pairs one at a time (exactly,
/// with reasons, in about a microsecond); for whole lists compile a ``Mandate``.
public final class Scorer: Sendable {
  public let snapshot: Snapshot
  public let policy: Policy
  let curves: Curves
  /// By candidate.
  let facets: [Facet]
  /// By list of sectors, the top-level sector of the first one; -1 for none.
  private let topOfList: [Int32]
  /// The most that the effect of state capital in some candidate brings; 0 where nobody has any.
  let mostOfSignals: Int32
  /// Currencies that somebody asks in, by number.
  let askCurrencies: [Int32]
  /// How to come from each currency of a ticket to each currency of an ask.
  private let conversions: [CurrencyPair: ExchangeRates.Conversion]
  private let made: Mutex<Making>

  private enum Making {
    case notYet
    case underWay(BlockWork)
    case done(Made)
  }

  /// Blocks, and the candidates by index that are not as they have them.
  struct Made {
    var blocks: Blocks
    var stale: [UInt32]
  }

  private struct CurrencyPair: Hashable {
    var ticket: Int32
    var ask: Int32
  }

  /// - Parameter previous: What it has prepared is used on where little has changed since.
  public init(snapshot: Snapshot, policy: Policy, after previous: Scorer? = nil) {
    self.snapshot = snapshot
    self.policy = policy
    let curves = Curves(policy)
    self.curves = curves
    let step = previous.flatMap { $0.policy == policy ? snapshot.step(from: $0.snapshot) : nil }
    if let previous, let step {
      var facets = previous.facets
      facets.replace(step, by: Facet.some(of: snapshot, step, curves))
      self.facets = facets
    } else {
      facets = Facet.all(of: snapshot, curves)
    }
    topOfList = snapshot.sectorTops
    mostOfSignals = curves.points(
      .coInvestors, curves.stateCapital(Int(max(0, snapshot.candidates.signals.max() ?? 0))))
    if let previous, previous.policy == policy, case .done(let made) = previous.made.withLock({ $0 }),
      let usable = Self.usedOn(made, facets, snapshot, previous, step)
    {
      self.made = Mutex(.done(usable))
    } else {
      made = Mutex(.notYet)
    }
    var isAsked = [Bool](repeating: false, count: snapshot.interning.currencies.texts.count + 1)
    for facet in facets where facet.ask >= 0 { isAsked[Int(facet.currency)] = true }
    askCurrencies = isAsked.indices.filter { isAsked[$0] }.map { Int32($0) - 1 }
    var conversions: [CurrencyPair: ExchangeRates.Conversion] = [:]
    let currencies = snapshot.interning.currencies
    var isPaid = isAsked.map { _ in false }
    for currency in snapshot.investors.currencies { isPaid[Int(currency) + 1] = true }
    for ticket in isPaid.indices.filter({ isPaid[$0] }).map({ Int32($0) - 1 }) {
      for ask in askCurrencies {
        conversions[.init(ticket: ticket, ask: ask)] = snapshot.rates.conversion(
          from: currencies.text(ticket), to: currencies.text(ask))
      }
    }
    self.conversions = conversions
  }

  /// How many candidates may be stale before blocks are made anew.
  public static let mostStale = 256

  /// The blocks of an earlier scorer, with the candidates that are not as they have them; nil where they are of no use.
  private static func usedOn(
    _ made: Made, _ facets: [Facet], _ snapshot: Snapshot, _ previous: Scorer, _ step: [Int]?
  ) -> Made? {
    let old = previous.snapshot
    // A snapshot that was built anew may number otherwise what blocks hold by number.
    guard old.candidates.ids == snapshot.candidates.ids, old.isContinued(by: snapshot) else { return nil }
    // Investors are named by their indices, which move when one is added.
    guard old.investors.ids == snapshot.investors.ids else { return nil }
    var stale = Set(made.stale)
    let (before, now) = (old.positions.holders, snapshot.positions.holders)
    if let step {
      for index in step where facets[index] != previous.facets[index] || before[index] != now[index] {
        stale.insert(UInt32(index))
      }
    } else {
      for index in facets.indices where facets[index] != previous.facets[index] {
        stale.insert(UInt32(index))
      }
      for candidate in old.positions.changedHolders(snapshot.positions) { stale.insert(UInt32(candidate)) }
    }
    return stale.count > mostStale ? nil : Made(blocks: made.blocks, stale: stale.sorted())
  }

  /// Made when they are first asked for, by all that ask: single pairs do without.
  var blocks: Made {
    let making = made.withLock { making in
      if case .notYet = making { making = .underWay(blockWork) }
      return making
    }
    switch making {
    case .done(let made): return made
    case .notYet: preconditionFailure("Whoever asks first begins.")
    case .underWay(let work):
      let fresh = Made(blocks: work.finish(), stale: [])
      made.withLock { if case .underWay = $0 { $0 = .done(fresh) } }
      return fresh
    }
  }

  private var blockWork: BlockWork {
    BlockWork(
      facets: facets, readiness: ReadinessTable(curves), sectorLists: snapshot.interning.sectorLists,
      sectorCount: snapshot.sectors.count,
      positions: snapshot.positions)
  }

  /// Makes blocks anew where so many candidates are stale, so that nobody has to wait for it later: tens of milliseconds
  /// for 100,000. For a moment when nobody ranks.
  public func renewBlocks(from count: Int = mostStale / 2) {
    guard case .done(let old) = made.withLock({ $0 }), old.stale.count >= count else { return }
    let fresh = Made(blocks: blockWork.finish(), stale: [])
    made.withLock { $0 = .done(fresh) }
  }

  /// How to come from the currency of a ticket to one that somebody asks in, by number; nil without a rate.
  func conversion(from ticket: Int32, to ask: Int32) -> ExchangeRates.Conversion? {
    conversions[.init(ticket: ticket, ask: ask)]
  }

  /// The investor's ticket in a currency of asks; nil where both ends or a needed rate are unknown.
  func ticket(of investor: Int, in currency: Int32) -> Ticket? {
    let investors = snapshot.investors
    let (min, max) = (investors.ticketMins[investor], investors.ticketMaxes[investor])
    guard min >= 0 || max >= 0,
      let conversion = conversion(from: investors.currencies[investor], to: currency)
    else { return nil }
    return Ticket(min: min < 0 ? nil : min, max: max < 0 ? nil : max).converted(by: conversion)
  }

  /// What the effect of state capital in a candidate brings with an investor that is none; 0 where it has none.
  func signalPoints(_ candidate: Int) -> Int32 {
    curves.points(.coInvestors, curves.stateCapital(snapshot.candidates.signal(candidate) ?? 0))
  }

  /// Whether there is no money: none left, or less than the smallest ticket. One field gives the currency
  /// of both.
  func hasNoBudget(_ investor: Int) -> Bool {
    let budget = snapshot.investors.budgets[investor]
    return budget >= 0 && (budget == 0 || budget < snapshot.investors.ticketMins[investor])
  }

  /// Positions held today: in all, and by top-level sector of the firm's primary one.
  func currentPositions(of investor: Int) -> (total: Int, byTop: [Int]) {
    // Which positions are held today cannot be foreseen, so no branch depends on it. The last place is for no sector.
    var (total, byTop) = (0, [Int](repeating: 0, count: snapshot.sectors.count + 1))
    let none = byTop.count - 1
    let lists = snapshot.candidates.sectorLists
    for position in snapshot.positions.ofInvestor[investor] {
      let (top, count) = (Int(topOfList[Int(lists[position.firm])]), position.isCurrent ? 1 : 0)
      total += count
      byTop[top < 0 ? none : top] += count
    }
    return (total, byTop)
  }

  /// Top-level sector of a candidate's primary sector.
  func top(of candidate: Int) -> Int? {
    snapshot.sectorList(at: candidate).first.map { snapshot.sectors.top(of: Int($0)) }
  }

  // MARK: Pairs

  /// The score of a pair, vetoed or not.
  public func score(investor: Int, candidate: Int) -> Int32 {
    let pair = Pair(scorer: self, investor: investor, candidate: candidate)
    return Criterion.allCases.reduce(0) { $0 + curves.points($1, pair.finding($1).value) }
  }

  /// Why a pair is kept off the list; empty for one that may stand on it.
  public func vetoes(investor: Int, candidate: Int) -> [Veto] {
    let pair = Pair(scorer: self, investor: investor, candidate: candidate)
    return Veto.allCases.filter { pair.isVetoed($0) }
  }

  /// All investors that no veto keeps from a candidate, best score first, ties by code of the investor.
  public func backers(of candidate: Int, limit: Int = .max) -> [Backer] {
    let prospect = Prospect(scorer: self, candidate: candidate)
    var backers: [Backer] = []
    for investor in 0..<snapshot.investorCount {
      guard let score = prospect.score(investor) else { continue }
      backers.append(Backer(investor: snapshot.investorID(at: investor), score: score))
    }
    // The sort is stable, and investors come in order of their codes.
    backers.sort { $0.score > $1.score }
    return Array(backers.prefix(limit))
  }

  /// The scores of a candidate for these investors, all by index: of each the best of its funds, with the place of that one;
  /// nil where a veto keeps the candidate off all their lists. O(funds), and O(investors of the registry) once.
  public func scores(of candidate: Int, for investors: [[Int]]) -> [(fund: Int, score: Int32)?] {
    let prospect = Prospect(scorer: self, candidate: candidate)
    return investors.map { funds in
      var best: (fund: Int, score: Int32)?
      for fund in funds {
        if let score = prospect.score(fund), score > best?.score ?? -1 { best = (fund, score) }
      }
      return best
    }
  }
}

/// An investor for a candidate.
public struct Backer: Sendable, Hashable {
  /// Id of the investor.
  public var investor: Int32
  /// Millionths.
  public var score: Int32
}
