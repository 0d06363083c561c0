import Domain
import Matching
import Store
import Wire

extension Desk {
  // MARK: EMIT

  /// Emits introductions. Looking, choosing and storing are one transaction, and emissions take turns, so that what one
  /// has done counts for the next, in whichever daemon it runs.
  func introEmit(_ command: IntroEmit, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    guard let published = served.published else { throw Self.nothingPublished }
    let threads = settings.rescoreThreads
    let emit: @Sendable (Session) throws -> (Emission, Duration) = { session in
      var known = try IntroductionStore.circumstances(cooldown: served.policy.cooldownDays, in: session)
      known.sectors = try Self.sectors(of: command.roadshow, served, session)
      (known.investorCap, known.firmCap) = (command.investorCap, command.firmCap)
      let began = ContinuousClock.now
      let emission = Emission(
        scorer: served.scorer, lists: served.lists, circumstances: known, threads: threads)
      return (emission, began.duration(to: .now))
    }
    guard !command.isDryRun else {
      let (emission, time) = try await pool.transaction(
        isolation: .repeatableRead, readOnly: true, deadline: time(of: call), emit)
      for proposal in emission.proposals {
        try await reply.row(Self.row(proposal, id: nil, served.snapshot))
      }
      return LastLine(
        .ok, [Attribute("rows", reply.rows)] + Self.figures(emission, emission.proposals, published, time),
        sentence: emission.whyNothing ?? "nothing was stored")
    }
    return try await write(call, key: command.key, &reply) { session in
      try IntroductionStore.lockEmission(in: session)
      let (emission, time) = try emit(session)
      let origin = IntroductionStore.Origin(
        action: .emit, by: call.principal.name, run: published, roadshow: command.roadshow,
        days: served.policy.introductionDays)
      let ids = try IntroductionStore.add(Self.introductions(emission, served), origin, in: session)
      // A pair of which a side was retired a moment ago is left out.
      let stored = emission.proposals.indices.filter { ids[$0] != nil }
      let figures = Self.figures(emission, stored.map { emission.proposals[$0] }, published, time)
      return Written(
        rows: stored.map { Self.row(emission.proposals[$0], id: ids[$0], served.snapshot) },
        last: LastLine(.ok, [Attribute("rows", stored.count)] + figures, sentence: emission.whyNothing),
        audit: .init(
          action: "intro emit", object: published.description,
          detail: .object(figures.map { .init($0.name, .string($0.value)) })))
    }
  }

  /// Indices of the sectors of a roadshow; nil where there is no roadshow, or it names none.
  static func sectors(of roadshow: String?, _ served: Served, _ session: Session) throws -> [Int]? {
    guard let roadshow else { return nil }
    guard let found = try RegistryStore.get(.roadshow, roadshow, in: session) else {
      throw WireError.notFound("roadshow", roadshow)
    }
    guard case .list(let codes)? = found["sectors"], !codes.isEmpty else { return nil }
    return codes.compactMap { served.snapshot.sectors.index(of: $0) }
  }

  private static func introductions(_ emission: Emission, _ served: Served) -> [NewIntroduction] {
    var blurbs = Blurbs(served.snapshot)
    return emission.proposals.map { proposal in
      introduction(
        investor: proposal.investor, firm: proposal.candidate, served.scorer, emission.firmSide, &blurbs)
    }
  }

  private static func introduction(
    investor: Int, firm: Int, _ scorer: Scorer, _ firmSide: FirmSide, _ blurbs: inout Blurbs
  ) -> NewIntroduction {
    let investorPoints = scorer.points(investor: investor, candidate: firm)
    let firmPoints = firmSide.points(of: investor, for: firm).map(\.points)
    return NewIntroduction(
      investor: scorer.snapshot.investorCode(at: investor), firm: scorer.snapshot.candidateCode(at: firm),
      investorScore: investorPoints.reduce(0, +), firmScore: firmPoints.reduce(0, +),
      investorPoints: investorPoints, firmPoints: firmPoints, investorBlurb: blurbs.ofInvestor(investor),
      firmBlurb: blurbs.ofFirm(firm))
  }

  private static func row(_ proposal: Emission.Proposal, id: Int?, _ snapshot: Snapshot) -> [JSON.Member] {
    [
      .init("id", JSON(id)), .init("investor", .string(snapshot.investorCode(at: proposal.investor))),
      .init("firm", .string(snapshot.candidateCode(at: proposal.candidate))),
      .init("rank", JSON(proposal.rank)), .init("investor_score", JSON(Int(proposal.investorScore))),
      .init("firm_score", JSON(Int(proposal.firmScore))),
    ]
  }

  /// What docs/INTRODUCTIONS.md says of the last line.
  private static func figures(
    _ emission: Emission, _ proposals: [Emission.Proposal], _ run: RunRevision, _ time: Duration
  ) -> [Attribute] {
    let spread = emission.spread
    return [
      Attribute("run", run.description), Attribute("introductions", proposals.count),
      Attribute("investors", Set(proposals.map(\.investor)).count),
      Attribute("firms", Set(proposals.map(\.candidate)).count),
      Attribute("blocking_pairs", emission.blockingPairs), Attribute("gini_before", spread.before.gini),
      Attribute("gini_after", spread.after.gini), Attribute("firms_without_before", spread.before.without),
      Attribute("firms_without_after", spread.after.without), Attribute("price", spread.priceOfFairness),
      Attribute("ms", Int(time / .milliseconds(1))),
    ]
  }

  // MARK: PROPOSE

  func introPropose(_ command: IntroPropose, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let served = try await picture.refresh(deadline: settings.statementTime)
    let snapshot = served.snapshot
    // All that may forbid it is asked behind the key: what was done once stays done.
    return try await write(call, key: command.key, &reply) { session in
      let investor = try served.investor(command.investor)
      guard let firm = snapshot.candidate(code: command.firm, kind: .firm) else {
        throw WireError.notFound("firm", command.firm)
      }
      for (noun, code, isRetired) in [
        ("investor", command.investor, snapshot.isInvestorRetired(at: investor)),
        ("firm", command.firm, snapshot.isCandidateRetired(at: firm)),
      ] where isRetired {
        throw WireError(.wrongState, [Attribute(noun, code)], "\(noun) \(code) is retired")
      }
      // The sectors do not matter, but that there is such a roadshow does.
      _ = try Self.sectors(of: command.roadshow, served, session)
      guard try !IntroductionStore.isRefused(investor: command.investor, firm: command.firm, in: session)
      else {
        throw WireError(
          .ruleViolated, [Attribute("rule", "refusal")],
          "one of the two has said no to the other, and a no is for good")
      }
      try IntroductionStore.lockEmission(in: session)
      let id = snapshot.candidateID(at: firm)
      let wishes = try IntroductionStore.wishes(ofFirm: id, in: session)
      let scorer = try Self.scorer(command, of: firm, served, in: session)
      let firmSide = FirmSide(scorer: scorer, wishes: wishes.map { [id: $0] } ?? [:])
      guard firmSide.score(of: investor, for: firm) != nil else {
        throw WireError(
          .ruleViolated, [Attribute("rule", "unwanted_investors")],
          "firm \(command.firm) does not want to be introduced to \(command.investor)")
      }
      var blurbs = Blurbs(scorer.snapshot)
      let new = Self.introduction(investor: investor, firm: firm, scorer, firmSide, &blurbs)
      let origin = IntroductionStore.Origin(
        action: .propose, by: call.principal.name, roadshow: command.roadshow, stake: command.stake,
        days: served.policy.introductionDays)
      guard let introduction = try IntroductionStore.add([new], origin, in: session)[0] else {
        throw WireError(
          .ruleViolated, [Attribute("rule", "introduction_under_way")],
          "\(command.investor) and \(command.firm) are being introduced already; INTRO LIST investor=\(command.investor) firm=\(command.firm) shows it"
        )
      }
      return Written(
        last: LastLine(
          .ok,
          [
            Attribute("introduction", introduction), Attribute("state", IntroductionState.proposed.rawValue),
          ]))
    }
  }

  /// What the two sides are scored by: the registry or, where a stake would be handed over, the registry in which the
  /// firm asks what that stake costs.
  private static func scorer(_ command: IntroPropose, of firm: Int, _ served: Served, in session: Session)
    throws -> Scorer
  {
    guard let code = command.stake else { return served.scorer }
    guard let stake = try IntroductionStore.stake(code, in: session) else {
      throw WireError.notFound("stake", code)
    }
    guard stake.firm == command.firm else {
      throw WireError.badArgument("stake", "stake \(code) is of firm \(stake.firm)")
    }
    guard stake.fund != command.investor else {
      throw WireError(
        .ruleViolated, [Attribute("rule", "tranche_buyer_is_another")],
        "\(command.investor) holds stake \(code) itself")
    }
    guard let price = stake.price else { return served.scorer }
    var row = served.snapshot.candidateRow(at: firm)
    (row.ask, row.currency) = (price, stake.currency)
    do {
      let snapshot = try served.snapshot.replacing(SnapshotChange(candidates: [row]))
      return Scorer(snapshot: snapshot, policy: served.policy, after: served.scorer)
    } catch { throw StoreError.unexpectedResult(reason: error.sentence) }
  }
}

extension Emission {
  /// Why there is no introduction; nil if there is one.
  fileprivate var whyNothing: String? {
    guard proposals.isEmpty else { return nil }
    var parts = PassedOver.Reason.allCases.compactMap { reason in
      passedOver[reason] == 0 ? nil : "\(passedOver[reason]) \(reason.words)"
    }
    if passedOver.investorsWithoutDeals > 0 {
      parts.append("\(passedOver.investorsWithoutDeals) investors without a deal (DEALS <investor> says why)")
    }
    return "no introduction: " + (parts.isEmpty ? "there is no investor" : parts.joined(separator: ", "))
  }
}

extension Emission.PassedOver.Reason {
  /// The words behind a number of deals.
  fileprivate var words: String {
    switch self {
    case .notOpen: "deals are projects or retired firms"
    case .otherSectors: "deals are of other sectors than the roadshow"
    case .declinedOrHeld: "declined or held already"
    case .introduced: "introduced already, or too short a time ago"
    case .unwanted: "not wanted by the firm"
    case .noPlace: "without a free place (cap_investor, cap_firm)"
    }
  }
}
