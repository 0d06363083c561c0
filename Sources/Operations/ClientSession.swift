import Domain
import Store
import Synchronization
import Wire

/// One connection: takes its lines apart and answers them.
final class ClientSession: LineSession {
  private let desk: Desk
  private let identity: Identity
  private let connection: Int
  private let hangUp: @Sendable (LastLine?) -> Void
  /// The token that the client's certificate names.
  private let certificate: String?
  private var format = RowFormat.json
  private var upload: Upload?

  init(desk: Desk, peer: Peer, hangUp: @escaping @Sendable (LastLine?) -> Void) {
    self.desk = desk
    self.hangUp = hangUp
    certificate = if case .tls(_, let name) = peer.transport { name } else { nil }
    identity = Identity(peer, organizers: desk.settings.organizers)
    connection = desk.connections.open(identity, hangUp: hangUp)
  }

  /// Whoever shows a certificate is signed in before anything is said, and else told why not.
  func greet() -> LineHandling {
    guard let certificate else { return .reply(greeting) }
    let (desk, identity, connection, greeting, hangUp) = (desk, identity, connection, greeting, hangUp)
    return .work { sink in
      do {
        try await desk.authenticate(certificate: certificate, identity, connection)
        try await sink.send(greeting)
      } catch { hangUp(desk.errors.wireError(error, command: "").lastLine) }
    }
  }

  private var greeting: [UInt8] {
    let last = LastLine(
      .ready,
      [
        Attribute("protocol", 1), Attribute("host", desk.settings.host),
        Attribute("version", desk.settings.version),
      ])
    return Self.bytes(last)
  }

  var isKnown: Bool { !identity.principal.standing.roles.isEmpty }

  var lineLimit: Int { upload == nil ? Limits.requestLine : Limits.uploadRow }

  func ended() { desk.connections.close(connection) }

  func receiveOversize() -> LineHandling {
    if upload != nil {
      upload!.passOver("is longer than \(Limits.uploadRow) octets")
      return .none
    }
    return .reply(
      Self.bytes(
        WireError(.lineTooLong, [], "a request line has at most \(Limits.requestLine) octets").lastLine))
  }

  func answer(_ line: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int? {
    // While the database is out of reach every list says so, which is left to the general way.
    guard upload == nil, format == .json, desk.reach.silence == nil, let command = Deals(plain: line),
      mayPlainlyRead(command.investor)
    else { return nil }
    // What fails here is told when it has failed once more on the general way.
    guard let page = try? desk.dealsFromMemory(command) else { return nil }
    return page.write(into: room)
  }

  func receive(_ line: [UInt8]) -> LineHandling {
    if upload != nil { return receiveRow(line) }
    do throws(WireError) {
      let words: RequestLine
      do throws(WireError) { words = try RequestLine(parsing: line) } catch {
        // Rows may be on their way already, so even a broken IMPORT line opens an upload.
        if Self.startsWithImport(line) { return begin(Upload(refusal: error)) }
        throw error
      }
      guard !words.positional.isEmpty || !words.named.isEmpty else { return .none }
      return try handle(words)
    } catch { return .reply(Self.bytes(error.lastLine)) }
  }

  // MARK: Requests

  private func handle(_ words: RequestLine) throws(WireError) -> LineHandling {
    if words.positional.first?.uppercased() == "IMPORT" {
      do throws(WireError) {
        _ = try read(words)
        let spec = try CommandTable.find(words.positional).0
        return begin(Upload(words, of: spec, place: try desk.places.take(for: spec)))
      } catch { return begin(Upload(refusal: error)) }
    }
    let (request, isParty) = try read(words)
    switch request {
    case .ping: return .reply(Self.bytes(LastLine(.ok)))
    case .format(let format):
      self.format = format
      return .reply(Self.bytes(LastLine(.ok, [Attribute("format", format.rawValue)])))
    case .quit: return .close(Self.bytes(LastLine(.bye)))
    case .deals(let deals):
      // The common case is answered at once, from memory.
      if let page = try desk.dealsFromMemory(deals), page.rowCount > 0 { return .reply(page.reply(format)) }
      return try work(request, words, isParty: isParty)
    default: return try work(request, words, isParty: isParty)
    }
  }

  /// Reads a request that the one who makes it may make.
  private func read(_ words: RequestLine) throws(WireError) -> (Request, isParty: Bool) {
    let standing = identity.principal.standing
    let (request, isParty) = try Request.read(words, by: standing) { code, house in
      desk.picture.served?.isInvestor(code, ofHouse: house) ?? false
    }
    if isParty, request.isRanking, let own = standing.own, !mayReadLists(own) {
      throw WireError(
        .notPermitted, [],
        "\(own.code) is a house, whose lists are those of its funds, and this token is good for \(own.code) alone"
      )
    }
    return (request, isParty)
  }

  /// Whether an investor's lists are its own: those of a house are its funds'.
  private func mayReadLists(_ own: Standing.OwnObject) -> Bool {
    own.noun == .firm || own.includesHouse || !(desk.picture.served?.isHouse(own.code) ?? true)
  }

  /// Whether a list may be shown without another look: to an organizer, and to the investor whose it is.
  private func mayPlainlyRead(_ investor: String?) -> Bool {
    let standing = identity.principal.standing
    guard let own = standing.own else { return standing.roles.contains(.organizer) }
    return own.noun == .investor && own.code == investor && mayReadLists(own)
  }

  private func work(
    _ request: Request, _ words: RequestLine, isParty: Bool, _ upload: Upload? = nil
  ) throws(WireError) -> LineHandling {
    let spec = try CommandTable.find(words.positional).0
    let place = if let upload { upload.place } else { try desk.places.take(for: spec) }
    let call = Call(
      identity: identity, connection: connection, words: words, format: format, load: spec.load, place: place,
      upload: upload, isParty: isParty)
    let desk = desk
    if case .watch = request { return .stream { sink in await desk.perform(request, call, sink) } }
    return .work { sink in await desk.perform(request, call, sink) }
  }

  // MARK: Uploads

  private func begin(_ upload: Upload) -> LineHandling {
    self.upload = upload
    return .reply(Self.bytes(LastLine(.sendRows, sentence: "one JSON object a line, then . alone")))
  }

  private func receiveRow(_ line: [UInt8]) -> LineHandling {
    guard line == [UInt8(ascii: ".")] else {
      upload!.append(line)
      return .none
    }
    let finished = upload!
    upload = nil
    do throws(WireError) {
      let words = try finished.accepted.get()
      // Asked once more: while the rows came, a token may have ended.
      let (request, isParty) = try read(words)
      return try work(request, words, isParty: isParty, finished)
    } catch { return .reply(Self.bytes(error.lastLine)) }
  }

  private static func startsWithImport(_ line: [UInt8]) -> Bool {
    let word = line.drop { $0 == 32 }.prefix { $0 > 32 && $0 != 34 }
    return String(decoding: word, as: UTF8.self).uppercased() == "IMPORT"
  }

  private static func bytes(_ last: LastLine) -> [UInt8] { Array("\(last.text)\n".utf8) }
}

/// One request on its way through the desk.
struct Call: Sendable {
  let identity: Identity
  /// Who made it; AUTH may make the connection another's meanwhile.
  let principal: Principal
  let connection: Int
  let words: RequestLine
  let format: RowFormat
  let load: Load
  /// What it takes up of a command of which only so many may run.
  let place: Places.Place?
  var upload: Upload?
  /// Whether a party asks about what is its own, so that nothing else is shown.
  let isParty: Bool
  /// Whether somebody has asked for it to be cancelled; a client that merely went away has not.
  let cancellation = Cancellation()

  init(
    identity: Identity, connection: Int, words: RequestLine, format: RowFormat, load: Load,
    place: Places.Place?,
    upload: Upload? = nil, isParty: Bool = false
  ) {
    self.identity = identity
    principal = identity.principal
    self.connection = connection
    self.words = words
    self.format = format
    self.load = load
    self.place = place
    self.upload = upload
    self.isParty = isParty
  }
}

extension Call {
  /// For whom the connections to the database are borrowed that it takes.
  var borrower: Borrower {
    Borrower(
      name: principal.name, mayUseReserve: principal.standing.roles.contains(.admin),
      isSlow: load.time != nil && load.atOnce != nil)
  }

  /// What it changes by its words, of which the database lets one writer at a time have its way: a noun of the registry
  /// (see `RegistryStore.lock`), or one introduction, roadshow, token. Nil where they name none, and for uploads.
  var object: String? {
    guard upload == nil, let (spec, rest) = try? CommandTable.find(words.positional),
      let noun = spec.words.split(separator: " ").first
    else { return nil }
    if Noun.registered.contains(where: { $0.name.uppercased() == noun }) { return String(noun) }
    return (rest.first ?? principal.standing.own?.code).map { "\(noun) \($0)" }
  }
}

/// That a request is to be given up, its effect included where it has none yet.
final class Cancellation: Sendable {
  private let flag = Atomic(false)

  var isRequested: Bool { flag.load(ordering: .relaxed) }
  func request() { flag.store(true, ordering: .relaxed) }
}

extension Desk {
  /// Answers a request that may take time; always ends with a last line while somebody listens.
  func perform(_ request: Request, _ call: Call, _ sink: any ReplySink) async {
    let task = Task {
      var reply = Reply(
        format: call.format, columns: request.columns(isParty: call.isParty), sink: sink)
      let last: LastLine
      do {
        last = try await Borrower.$current.withValue(call.borrower) {
          try await self.answer(request, call, &reply)
        }
      } catch {
        // What follows the command's own words may be a secret, and is not for the log.
        let command = (try? CommandTable.find(call.words.positional))?.0.words ?? ""
        last = self.errors.wireError(error, command: command).lastLine
      }
      // Before the client can know that it is over and ask again.
      call.place?.leave()
      // A client that is gone cannot be told.
      try? await reply.end(last)
    }
    connections.running(call.connection) {
      call.cancellation.request()
      task.cancel()
    }
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    connections.running(call.connection, cancel: nil)
  }

  /// The handler of each request that has no arguments.
  private func answerPlain(_ request: Request, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    switch request {
    case .whoami: return Self.whoami(call.principal, call.connection)
    case .status: return try await status(&reply)
    case .rateList: return try await rateList(&reply)
    default: preconditionFailure("answered by the session")
    }
  }

  /// The handler of each request.
  private func answer(_ request: Request, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    switch request {
    case .ping, .format, .quit, .whoami, .status, .rateList:
      return try await answerPlain(request, call, &reply)
    case .help(let command): return try await help(command, call, &reply)
    case .authToken(let command): return try await authenticate(command, call)
    case .audit(let command): return try await audit(command, call, &reply)
    case .token(let command): return try await token(command, call, &reply)
    case .cancel(let command): return try cancel(command, call)
    case .edit(let command): return try await edit(command, call, &reply)
    case .get(let command): return try await get(command, call, &reply)
    case .list(let command): return try await list(command, &reply)
    case .retire(let command): return try await retire(command, call, &reply)
    case .merge(let command): return try await merge(command, call, &reply)
    case .spinout(let command): return try await spinout(command, call, &reply)
    case .importRows(let command): return try await importRows(command, call, &reply)
    case .export(let command): return try await export(command, call, &reply)
    case .find(let command): return try await find(command, call, &reply)
    case .sectorList(let command): return try await sectorList(command, &reply)
    case .rateSet(let command): return try await rateSet(command, call, &reply)
    case .deals(let command): return try await deals(command, call, &reply)
    case .backers(let command): return try await backers(command, &reply)
    case .explain(let command): return try await explain(command, call, &reply)
    case .whatIf(let command): return try await whatIf(command, call, &reply)
    case .moves(let command): return try await moves(command, call, &reply)
    case .effect(let command): return try await effect(command, call, &reply)
    case .handOverList(let command): return try await handOverList(command, call, &reply)
    case .relay(let command): return try await relay(command, call, &reply)
    case .gaps(let command): return try await gaps(command, &reply)
    case .scenarioMatch(let command): return try await scenarioMatch(command, call, &reply)
    case .reviewNeeded(let command): return try await reviewNeeded(command, call, &reply)
    case .reviewAssign(let command): return try await reviewAssign(command, call, &reply)
    case .digest(let command): return try await digest(command, call, &reply)
    case .rescore(let command): return try await rescore(command, call, &reply)
    case .runList(let command): return try await runList(command, &reply)
    case .runGet(let command): return try await runGet(command, &reply)
    case .runCancel(let command): return try await runCancel(command, call, &reply)
    case .runExport(let command): return try await runExport(command, call, &reply)
    case .policy(let command): return try await policy(command, call, &reply)
    case .introEmit(let command): return try await introEmit(command, call, &reply)
    case .introPropose(let command): return try await introPropose(command, call, &reply)
    case .introList(let command): return try await introList(command, call, &reply)
    case .introGet(let command): return try await introGet(command, call, &reply)
    case .introMove(let command): return try await introMove(command, call, &reply)
    case .introStats(let command): return try await introStats(command, call, &reply)
    case .roadshow(let command): return try await roadshow(command, call, &reply)
    case .roadshowShow(let command): return try await roadshowShow(command, call, &reply)
    case .lineUp(let command): return try await lineUp(command, call, &reply)
    case .roadshowResult(let command): return try await roadshowResult(command, call, &reply)
    case .invite(let command): return try await invite(command, call, &reply)
    case .sheets(let command): return try await sheets(command, call, &reply)
    case .roadshowDay(let command): return try await roadshowDay(command, call, &reply)
    case .roadshowPlan(let command): return try await roadshowPlan(command, call, &reply)
    case .roadshowRepair(let command): return try await roadshowRepair(command, call, &reply)
    case .roadshowPlans(let command): return try await roadshowPlans(command, &reply)
    case .roadshowDiff(let command): return try await roadshowDiff(command, &reply)
    case .roadshowPublish(let command): return try await roadshowPublish(command, call, &reply)
    case .roadshowSchedule(let command): return try await roadshowSchedule(command, call, &reply)
    case .meetingList(let command): return try await meetingList(command, call, &reply)
    case .meetingGet(let command): return try await meetingGet(command, call, &reply)
    case .instituteRecord(let command): return try await instituteRecord(command, &reply)
    case .institutePipeline(let command): return try await institutePipeline(command, &reply)
    case .programmeBalance(let command): return try await programmeBalance(command, &reply)
    case .programmeLedger(let command): return try await programmeLedger(command, &reply)
    case .cityReport(let command): return try await cityReport(command, call, &reply)
    case .maintain(let command): return try await maintain(command, call, &reply)
    case .watch(let command): return try await watch(command, call, reply)
    }
  }
}
