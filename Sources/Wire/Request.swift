import Domain

/// A request, read and checked as far as it can be without the database. The compiler makes sure that
/// each has a handler.
public enum Request: Sendable {
  case help(Help)
  case ping, whoami
  case authToken(AuthToken)
  case token(TokenCommand)
  case audit(AuditCommand)
  case format(RowFormat)
  case cancel(Cancel)
  case quit
  case edit(Edit)
  case get(Get)
  case list(List)
  case retire(Retire)
  case merge(Merge)
  case spinout(Spinout)
  case importRows(Import)
  case export(Export)
  case find(Find)
  case sectorList(SectorList)
  case rateSet(RateSet)
  case rateList
  case deals(Deals)
  case backers(Backers)
  case explain(Explain)
  case whatIf(WhatIf)
  case moves(Moves)
  case effect(Effect)
  case handOverList(HandOverList)
  case relay(Relay)
  case gaps(Gaps)
  case scenarioMatch(ScenarioMatch)
  case reviewNeeded(ReviewNeeded)
  case reviewAssign(ReviewAssign)
  case digest(DigestCommand)
  case rescore(Rescore)
  case runList(RunList)
  case runGet(RunCommand)
  case runCancel(RunCommand)
  case runExport(RunCommand)
  case policy(PolicyCommand)
  case introEmit(IntroEmit)
  case introPropose(IntroPropose)
  case introList(IntroList)
  case introGet(IntroGet)
  case introMove(IntroMove)
  case introStats(IntroStats)
  case roadshow(RoadshowCommand)
  case roadshowShow(RoadshowShow)
  case lineUp(LineUpCommand)
  case roadshowResult(RoadshowResult)
  case invite(InviteCommand)
  case sheets(SheetsCommand)
  case roadshowDay(RoadshowDayCommand)
  case roadshowPlan(RoadshowPlan)
  case roadshowRepair(RoadshowRepair)
  case roadshowPlans(RoadshowPlans)
  case roadshowDiff(RoadshowDiff)
  case roadshowPublish(RoadshowPublish)
  case roadshowSchedule(RoadshowSchedule)
  case meetingList(MeetingList)
  case meetingGet(MeetingGet)
  case instituteRecord(InstituteRecord)
  case institutePipeline(InstitutePipeline)
  case programmeBalance(ProgrammeBalanceCommand)
  case programmeLedger(ProgrammeLedger)
  case cityReport(CityReportCommand)
  case maintain(Maintain)
  case watch(WatchCommand)
  case status

  /// Reads a request of somebody, if they may make it.
  ///
  /// - Parameter isOfHouse: whether an investor belongs to the house of this code.
  /// - Returns: the request, and whether it is one of a party about what is its own.
  /// - Throws: 501 when no command has these words, 502 for a wrong argument, and what the grammar says; 530 and 531 for who may not give the command, 550 for what is another's.
  public static func read(
    _ line: RequestLine, by standing: Standing, isOfHouse: (_ code: String, _ house: String) -> Bool
  ) throws(WireError) -> (Request, isParty: Bool) {
    let (spec, rest) = try CommandTable.find(line.positional)
    try spec.access.check(standing, spec.words)
    let given = try Arguments(spec, positional: rest, named: line.named)
    var (arguments, isParty) = try spec.access.admit(standing, given, isOfHouse: isOfHouse)
    return (try spec.read(&arguments), isParty)
  }

  /// Whether it shows deal lists or what stands on them.
  public var isRanking: Bool {
    switch self {
    case .deals, .explain, .whatIf, .moves, .digest, .backers: true
    default: false
    }
  }

  /// The key under which it takes effect at most once, for the commands that write.
  public var idempotencyKey: String? {
    switch self {
    case .edit(let edit): edit.key
    case .retire(let retire): retire.key
    case .merge(let merge): merge.key
    case .spinout(let spinout): spinout.key
    case .importRows(let rows): rows.key
    case .rateSet(let rate): rate.key
    case .rescore(let rescore): rescore.key
    case .effect(let effect): effect.key
    case .policy(.set(_, let key)), .policy(.activate(_, let key)): key
    case .introEmit(let emit): emit.key
    case .introPropose(let proposal): proposal.key
    case .introMove(let move): move.key
    case .roadshow(let roadshow): roadshow.key
    case .lineUp(let lineUp): lineUp.key
    case .roadshowResult(let result): result.key
    case .reviewAssign(let assign): assign.key
    case .roadshowDay(let day): day.key
    case .roadshowPlan(let plan): plan.key
    case .roadshowRepair(let repair): repair.key
    case .roadshowPublish(let publish): publish.key
    case .maintain(let maintain): maintain.key
    case .token(.add(_, let key)), .token(.revoke(_, let key)): key
    default: nil
    }
  }
}

/// All commands there are.
public enum CommandTable {
  public static let all: [CommandSpec] = [
    session, registry, ranking, introductions, roadshows, relay, operations,
  ].flatMap(\.self)

  private static let session = [
    Help.spec, PlainCommand.ping, PlainCommand.whoami, AuthToken.spec, RowFormat.spec, Cancel.spec,
    PlainCommand.quit,
  ]
  private static let registry =
    Noun.registered.flatMap(\.commands) + [
      Merge.spec, Spinout.spec, Import.spec, Export.spec, Find.spec, SectorList.spec, RateSet.spec,
      RateList.spec,
    ]
  private static let ranking = [
    Deals.spec, Backers.spec, Explain.spec, WhatIf.spec, Moves.spec,
    Rescore.spec, RunList.spec, RunCommand.get, RunCommand.cancel, RunCommand.export,
    PolicyCommand.showSpec, PolicyCommand.listSpec, PolicyCommand.setSpec, PolicyCommand.activateSpec,
  ]
  private static let introductions =
    [IntroEmit.spec, IntroPropose.spec, IntroList.spec, IntroGet.spec] + IntroMove.specs + [
      IntroStats.spec, DigestCommand.spec, WatchCommand.spec,
    ]
  private static let roadshows =
    RoadshowCommand.specs + [
      RoadshowShow.spec, LineUpCommand.spec, InviteCommand.spec, RoadshowPlan.spec, RoadshowRepair.spec,
      RoadshowPlans.spec, RoadshowDiff.spec, RoadshowPublish.publish, RoadshowPublish.rollback,
      RoadshowSchedule.spec, MeetingList.spec, MeetingGet.spec, SheetsCommand.spec, RoadshowResult.spec,
    ] + RoadshowDayCommand.specs
  private static let relay = [
    Effect.spec, HandOverList.spec, Relay.spec, Gaps.spec, ScenarioMatch.spec, ReviewNeeded.spec,
    ReviewAssign.spec,
    InstituteRecord.spec, InstitutePipeline.spec, ProgrammeBalanceCommand.spec, ProgrammeLedger.spec,
    CityReportCommand.spec,
  ]
  private static let operations = [
    PlainCommand.status, Maintain.spec, TokenCommand.addSpec, TokenCommand.listSpec, TokenCommand.revokeSpec,
    AuditCommand.listSpec, AuditCommand.verifySpec,
  ]

  private static let byWords: [String: CommandSpec] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.words, $0) })

  /// The command with these words, the longest match first, and the arguments that follow them.
  public static func find(_ words: [String]) throws(WireError) -> (CommandSpec, ArraySlice<String>) {
    let upper = words.prefix(2).map { $0.uppercased() }
    if upper.count == 2, let spec = byWords["\(upper[0]) \(upper[1])"] { return (spec, words[2...]) }
    if let first = upper.first, let spec = byWords[first] { return (spec, words[1...]) }
    throw WireError(.unknownCommand, [], unknown(words))
  }

  /// Why no command has these words, and which one was probably meant.
  private static func unknown(_ words: [String]) -> String {
    let upper = words.prefix(2).map { $0.uppercased() }
    let first = upper.first ?? ""
    let second = upper.count == 2 ? upper[1] : ""
    let relatives = all.map(\.words).filter { $0.hasPrefix(first + " ") }
    if !relatives.isEmpty {
      let known = relatives.map { String($0.dropFirst(first.count + 1)) }
      let near = NearestWord.nearest(to: second, among: known).map { "\(first) \($0)" }
      let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
      return "\(first) is followed by one of \(known.joined(separator: ", "))\(hint)"
    }
    let hint: String
    if byWords["\(second) \(first)"] != nil {
      hint = "; did you mean \(second) \(first)?"
    } else {
      let meant = NearestWord.nearest(
        to: first, among: all.lazy.map { String($0.words.prefix { $0 != " " }) })
      let whole = meant.map { byWords["\($0) \(second)"]?.words ?? $0 }
      hint = whole.isEmpty ? sharedBeginning(first) : "; did you mean \(whole.joined(separator: " or "))?"
    }
    return "no command \"\(words.first?.prefix(60) ?? "")\"; HELP lists them\(hint)"
  }

  /// The commands that share the longest beginning with a word, of two letters at least.
  private static func sharedBeginning(_ first: String) -> String {
    func shared(_ words: String) -> Int { zip(words, first).prefix { $0 == $1 }.count }
    let most = max(2, all.map { shared($0.words) }.max() ?? 0)
    let near = all.map(\.words).filter { shared($0) == most }.prefix(4)
    return near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
  }
}
