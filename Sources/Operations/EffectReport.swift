import Documents
import Domain
import Matching
import Store
import Wire

/// What EFFECT is measured from.
struct EffectBasis: Sendable {
  let asOf: Day
  /// That of the programmes, or of most of them.
  let currency: String
  let history: CapitalStore.History

  init(_ command: Effect, in session: Session) throws {
    let today = try IntroductionStore.today(in: session)
    asOf = command.asOf ?? today
    guard asOf <= today else { throw WireError.badArgument("as_of", "\(asOf) is yet to come") }
    let programmes = try CapitalStore.programmes(command.programme, in: session)
    if let programme = command.programme, programmes.isEmpty {
      throw WireError.notFound("programme", programme)
    }
    guard let currency = command.currency ?? Self.mostCommon(programmes.map(\.currency)) else {
      throw WireError(.wrongState, [], "there is no programme yet; PROGRAMME ADD enters one")
    }
    self.currency = currency
    history = try CapitalStore.history(asOf: asOf, in: session)
  }

  /// For the programmes of a report; nil where it has none.
  init?(_ report: CityReport, in session: Session) throws {
    guard let currency = Self.mostCommon(report.programmes.map(\.currency)) else { return nil }
    (asOf, self.currency) = (report.day, currency)
    history = try CapitalStore.history(asOf: asOf, in: session)
  }

  private static func mostCommon(_ currencies: [String]) -> String? {
    let counts = Dictionary(grouping: currencies) { $0 }.mapValues(\.count)
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }
}

/// The effect, measured.
struct EffectReport: Sendable {
  private let effect: BellwetherEffect
  /// Amounts that are left out, since no exchange rate leads from their currency.
  let unconverted: Int

  init(_ basis: EffectBasis, _ served: Served) throws {
    let (history, snapshot) = (basis.history, served.snapshot)
    do throws(Flaw) {
      let rates = try ExchangeRates(history.rates, asOf: basis.asOf)
      var unconverted = 0
      func amount(_ payment: CapitalStore.Payment) -> Int64? {
        guard payment.amount > 0 else { return 0 }
        let amount = rates.convert(payment.amount, from: payment.currency, to: basis.currency)
        if amount == nil { unconverted += 1 }
        return amount.map { min($0, Limits.amount) }
      }
      func payments(_ entered: [CapitalStore.Payment]) -> [BellwetherEffect.Payment] {
        entered.compactMap { entry in amount(entry).map { .init(day: entry.day, amount: $0) } }
      }
      let rounds = Dictionary(grouping: history.rounds, by: \.firm)
      let held = Dictionary(grouping: history.holdings, by: \.firm)
      let firms = history.firms.map { firm in
        BellwetherEffect.Firm(
          code: firm.code,
          sector: snapshot.candidate(code: firm.code, kind: .firm).flatMap { snapshot.topSector(of: $0) },
          founded: firm.founded, rounds: payments(rounds[firm.code] ?? []),
          // The state holds what it holds, whatever that is worth.
          state: (held[firm.code] ?? []).map { .init(day: $0.day, amount: amount($0) ?? 0) })
      }
      let known = Set(firms.map(\.code))
      let treatments = history.purchases.filter { known.contains($0.firm) }.map { purchase in
        BellwetherEffect.Treatment(
          firm: purchase.firm, programme: purchase.programme ?? "", purchases: payments([purchase]))
      }
      effect = try BellwetherEffect(firms: firms, treatments: treatments, asOf: basis.asOf)
      self.unconverted = unconverted
    } catch { throw StoreError.unexpectedResult(reason: error.sentence) }
  }

  /// All programmes together and each of them; of one where it is named, without windows where it has bought nothing.
  func findings(of programme: String?) -> [BellwetherEffect.Finding] {
    guard let programme else { return [effect.all] + effect.programmes }
    return effect.programmes.filter { $0.programme == programme }
  }

  static func rows(_ finding: BellwetherEffect.Finding) -> [[JSON.Member]] {
    finding.windows.enumerated().map { place, window in
      [
        .init("programme", JSON(finding.programme)), .init("months", JSON(window.months)),
        .init("firms", JSON(window.firms)), .init("unmatched", JSON(window.unmatched)),
        .init("state", JSON(Int(window.state))), .init("followed", JSON(Int(window.followed))),
        .init("matched", JSON(Int(window.matched))), .init("per_unit", decimal(window.perUnit)),
        .init("matched_per_unit", decimal(window.matchedPerUnit)),
        .init("low", decimal(window.interval?.lowerBound)),
        .init("high", decimal(window.interval?.upperBound)),
        .init("value", place == finding.windows.count - 1 ? JSON(finding.value) : .null),
      ]
    }
  }

  /// As a report of these programmes tells them.
  func effects(of programmes: [CityReport.Programme]) -> [CityReport.Effect] {
    let names = Dictionary(programmes.map { ($0.named.code, $0.named) }) { first, _ in first }
    return findings(of: nil).filter { $0.programme == nil || names[$0.programme!] != nil }.map { finding in
      CityReport.Effect(
        finding.programme.flatMap { names[$0] }, firms: finding.windows.map(\.firms).max() ?? 0,
        unmatched: finding.windows.map(\.unmatched).max() ?? 0, followed: finding.windows.map(\.perUnit),
        matched: finding.windows.map(\.matchedPerUnit))
    }
  }

  private static func decimal(_ millionths: Int?) -> JSON {
    guard let millionths else { return .null }
    let text = Decimal6.text(Int(millionths.magnitude))
    return .number(millionths < 0 ? "-\(text)" : text)
  }
}
