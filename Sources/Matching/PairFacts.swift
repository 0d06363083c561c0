import Domain

/// What is known of a pair, in plain words.
struct PairFacts {
  let pair: Pair

  private var snapshot: Snapshot { pair.snapshot }
  private var noun: String { snapshot.candidateKind(at: pair.candidate).name }

  func fact(_ criterion: Criterion) -> String {
    switch criterion {
    case .stage: stage
    case .sector: sector
    case .risk: risk
    case .ticket: ticket
    case .region: region
    case .readiness: readiness
    case .coInvestors: coInvestors
    }
  }

  func fact(_ veto: Veto) -> String {
    switch veto {
    case .excludedSector:
      pair.excludedSector.map { sector, excluded in
        let codes = snapshot.sectors.codes
        return sector == excluded
          ? "\(codes[sector]) is an excluded sector"
          : "\(codes[sector]) lies below \(codes[excluded]), an excluded sector"
      } ?? ""
    case .excludedFirm: "\(snapshot.candidateCode(at: pair.candidate)) is an excluded firm"
    case .risk: risk + ", a veto from \(steps(pair.riskVeto)) on"
    case .ticket: ticket + ", " + ticketReach
    case .region:
      pair.localQuota == 100 && pair.region != .abroad
        ? region + " of 100 %, which leaves nothing for other places" : region
    case .noBudget: budget
    case .concentration: concentration
    case .alreadyHolds: "the investor holds the firm already"
    case .declined: "a side has said no to an introduction"
    case .retired: retired
    }
  }

  // MARK: Criteria

  private var stage: String {
    let mask = pair.investors.stages[pair.investor]
    guard mask != 0 else { return "the mandate names no stages" }
    guard let stage = pair.stage, let distance = pair.stageDistance else {
      return "the stage of the \(noun) is not known"
    }
    let subject = noun == "project" ? "a project counts as \(stage.name), which" : stage.name
    guard distance > 0 else { return "\(subject) is a stage of the mandate" }
    // Of two stages equally near, the earlier one is named.
    let nearest = Stage.allCases.first {
      mask >> UInt16($0.rawValue) & 1 == 1 && abs(Int($0.rawValue) - Int(stage.rawValue)) == distance
    }
    let away = distance == 1 ? "1 stage" : "\(distance) stages"
    return "\(subject) is \(away) from \(nearest?.name ?? "")"
  }

  private var sector: String {
    guard !pair.investors.sectors.range(pair.investor).isEmpty else { return "the mandate names no sectors" }
    guard let match = pair.sector else { return "the sectors of the \(noun) are not known" }
    guard match.value > 0 else { return "none of its sectors is near one of the mandate" }
    let tree = snapshot.sectors
    let (code, wanted) = (tree.codes[match.sector], tree.codes[match.wanted])
    let weight = pair.investors.sectors[pair.investor].first { Int($0.sector) == match.wanted }
    let nearness = tree.nearness(of: match.sector, to: match.wanted)
    let relation =
      match.sector == match.wanted
      ? "\(code) is wanted"
      : nearness == Curves.one
        ? "\(code) lies below \(wanted), wanted"
        : "\(code) is near to \(wanted) by \(Decimal6.text(nearness)), wanted"
    let counted =
      match.isPrimary
      ? "" : ", as a further sector counted \(Decimal6.text(pair.curves.sectorSecondary))"
    return "\(relation) with weight \(Decimal6.text(Int(weight?.millionths ?? 0)))\(counted)"
  }

  private var risk: String {
    let tolerance = pair.investors.risks[pair.investor]
    guard tolerance > 0 else { return "the risk tolerance of the investor is not known" }
    let risk = pair.candidates.risks[pair.candidate]
    guard let over = pair.riskOver else { return "the risk of the \(noun) is not known" }
    if over == 0 { return "R\(risk) is at tolerance C\(tolerance)" }
    return "R\(risk) is \(steps(abs(over))) \(over > 0 ? "above" : "under") tolerance C\(tolerance)"
  }

  private func steps(_ count: Int) -> String { count == 1 ? "1 step" : "\(count) steps" }

  private var ticket: String {
    let investors = pair.investors
    guard pair.candidates.asks[pair.candidate] >= 0 else {
      return "the \(noun) asks for no amount"
    }
    guard investors.ticketMins[pair.investor] >= 0 || investors.ticketMaxes[pair.investor] >= 0 else {
      return "the mandate names no ticket"
    }
    guard let ask = pair.ask else {
      let (from, to) = (investors.currencies[pair.investor], pair.candidates.currencies[pair.candidate])
      return "no exchange rate leads from \(currency(from)) to \(currency(to))"
    }
    let subject = "ask " + money(ask.amount, ask.currency)
    if let max = ask.ticket.max, ask.amount > max {
      return "\(subject) is \(times(ask.amount, max)) the largest ticket \(largest)"
    }
    if let min = ask.ticket.min, ask.amount < min {
      return
        "\(subject) is \(Decimal6.text(Curves.share(ask.amount, of: min))) of the smallest ticket \(smallest)"
    }
    return "\(subject) is within the ticket"
      + (ask.ticket.min == nil ? "" : " from \(smallest)")
      + (ask.ticket.max == nil ? "" : " up to \(largest)")
  }

  /// An end of the ticket as the mandate says it and, where that differs, in the currency of the ask.
  private func end(_ amount: Int64, _ converted: Int64?) -> String {
    let currency = pair.investors.currencies[pair.investor]
    let written = money(amount, currency)
    guard let ask = pair.ask, let converted, ask.currency != currency else { return written }
    return "\(written) (\(money(converted, ask.currency)))"
  }

  private var largest: String { end(pair.investors.ticketMaxes[pair.investor], pair.ask?.ticket.max) }
  private var smallest: String { end(pair.investors.ticketMins[pair.investor], pair.ask?.ticket.min) }

  private func currency(_ number: Int32) -> String {
    snapshot.interning.currencies.text(number) ?? "no currency"
  }

  private func money(_ amount: Int64, _ currency: Int32) -> String {
    snapshot.interning.currencies.text(currency).map { "\(amount) \($0)" } ?? "\(amount)"
  }

  /// How many times an amount is another, smaller one, to hundredths.
  private func times(_ amount: Int64, _ other: Int64) -> String {
    guard other > 0 else { return "above" }
    let hundredths = (Int128(amount) * 100 + Int128(other) / 2) / Int128(other)
    if hundredths == 100 { return "just above" }
    return "\(Decimal6.text(Int(clamping: hundredths * 10_000))) times"
  }

  private var ticketReach: String {
    guard let ask = pair.ask else { return "" }
    if let max = ask.ticket.max, ask.amount > max {
      return "more than \(pair.curves.ticketHighReach) times"
    }
    return "less than 1/\(pair.curves.ticketLowReach)"
  }

  private var placeName: String {
    let (place, words) = (pair.place, snapshot.interning.words)
    let parts = [place.city, place.region, place.country].compactMap { words.text($0) }
    return parts.isEmpty ? "nowhere known" : parts.joined(separator: ", ")
  }

  private var region: String {
    let words = snapshot.interning.words
    switch pair.region {
    case .unlimited: return "the mandate names no regions"
    case .covered:
      let regions = pair.investors.regions[pair.investor]
      let (place, folds) = (pair.place, Set(regions.map { words.fold($0) }))
      let word = [place.country, place.region, place.city].first { folds.contains(words.fold($0)) }
      return "\(word.flatMap { words.text($0) } ?? "") is a region of the mandate"
    case .sameCountry:
      let outside = "\(placeName) is outside the regions of the mandate, in the country of the investor"
      return pair.investors.localQuotas[pair.investor] > 0
        ? outside + ", with a local quota" + (pair.localQuota == 100 ? "" : " of \(pair.localQuota) %")
        : outside
    case .outside:
      return "\(placeName) is outside the regions of the mandate"
        + (pair.localQuota == 100 ? ", with a local quota" : "")
    case .abroad: return "\(placeName) is outside the regions of the mandate and in another country"
    case .unknown: return "the country of the \(noun) is not known"
    }
  }

  private var readiness: String {
    guard let stage = pair.stage else { return "the stage of the \(noun) is not known; \(evidence)" }
    guard let trl = pair.trl else { return "the TRL is not known; \(evidence)" }
    let norm = pair.curves.trlNorms[Int(stage.rawValue)]
    let standing =
      trl == norm ? "at" : trl > norm ? "\(trl - norm) above" : "\(norm - trl) below"
    return "TRL \(trl) is \(standing) \(norm), the norm of \(stage.name); \(evidence)"
  }

  private var evidence: String {
    let count = pair.evidence
    let own = count == 0 ? "no evidence" : count == 1 ? "1 piece of evidence" : "\(count) pieces of evidence"
    guard let record = pair.record, record > pair.curves.evidence(count) else { return own }
    let whole = Decimal6.text(pair.candidates.record(pair.candidate) ?? 0)
    return "\(own), and the track record \(whole) of its institute counts for more"
  }

  private var coInvestors: String {
    guard let signal = pair.signal else { return sharers }
    let counted = pair.coInvestors.map { pair.curves.coInvestors($0) } ?? pair.curves.prior(.coInvestors)
    let weight = pair.curves.stateCapital(signal) > counted ? "more" : "no more"
    return "\(sharers), and the effect \(Decimal6.text(signal)) of state capital in it counts for \(weight)"
  }

  private var sharers: String {
    guard !snapshot.positions.ofInvestor.range(pair.investor).isEmpty else {
      return "no holding of the investor is on record"
    }
    guard let count = pair.coInvestors else { return "no other holder of the \(noun) is on record" }
    return switch count {
    case 0: "no other holder shares another firm with the investor"
    case 1: "1 other holder shares another firm with the investor"
    default: "\(count) other holders share another firm with the investor"
    }
  }

  // MARK: Vetoes

  private var budget: String {
    let budget = pair.investors.budgets[pair.investor]
    let currency = pair.investors.currencies[pair.investor]
    if budget == 0 { return "the investor has no budget left" }
    return "budget left \(money(budget, currency)) is below the smallest ticket "
      + money(pair.investors.ticketMins[pair.investor], currency)
  }

  private var concentration: String {
    guard let share = pair.concentration else { return "" }
    let cap = pair.investors.concentrationCaps[pair.investor]
    return
      "with it \(share.inSector) of \(share.total) holdings are in \(snapshot.sectors.codes[share.top]), "
      + "more than the cap of \(cap) %"
  }

  private var retired: String {
    switch (
      snapshot.isInvestorRetired(at: pair.investor), snapshot.isCandidateRetired(at: pair.candidate)
    ) {
    case (true, true): "the investor and the \(noun) are retired"
    case (true, false): "the investor is retired"
    default: "the \(noun) is retired"
    }
  }
}
