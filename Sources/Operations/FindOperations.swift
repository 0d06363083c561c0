import Domain
import Matching
import Store
import Wire

extension Desk {
  func find(_ command: Find, _ call: Call, _ reply: inout Reply) async throws -> LastLine {
    let isOrganizer = call.principal.standing.roles.contains(.organizer)
    // What a party finds stands on the published list, which is in memory.
    let inMemory = isOrganizer ? nil : picture.served
    let served: Served
    if let inMemory {
      served = inMemory
    } else {
      served = try await picture.refresh(deadline: settings.statementTime)
    }
    let nouns: [Noun] =
      switch command.noun {
      case .noun(let noun): [noun]
      case .candidate: [.firm, .project]
      case .party: [.firm, .investor]
      }
    var finding = Finding(command)
    for noun in nouns {
      if noun == .sector {
        Self.lookThroughSectors(served.snapshot, &finding)
      } else if isOrganizer {
        finding = try await lookThrough(noun, served, call, finding)
      } else {
        // Looks at nothing but what the party may see, so that neither the answer nor its time tells of anything else.
        Self.lookThroughOwn(noun, served, call.principal.standing.own, &finding)
      }
    }
    for (found, match) in finding.ranked {
      try await reply.row([
        .init("noun", .string(found.noun.name)), .init("code", .string(found.code)),
        .init("name", .string(found.name)), .init("name_zh", JSON(found.nameZh)),
        .init("match", .string(match.word)),
      ])
    }
    return LastLine(.ok, [Attribute("rows", reply.rows)])
  }

  private static func lookThroughSectors(_ snapshot: Snapshot, _ finding: inout Finding) {
    let tree = snapshot.sectors
    for index in tree.codes.indices {
      finding.take(
        .init(noun: .sector, code: tree.codes[index], name: tree.names[index], nameZh: tree.namesZh[index]))
    }
  }

  /// Looks through all of a noun, in memory where it is there.
  private func lookThrough(
    _ noun: Noun, _ served: Served, _ call: Call, _ finding: Finding
  ) async throws -> Finding {
    let snapshot = served.snapshot
    switch noun {
    case .firm, .project:
      let kind: CandidateRow.Kind = noun == .firm ? .firm : .project
      return try await offThread {
        var finding = finding
        for index in finding.candidates(snapshot) where snapshot.candidateKind(at: index) == kind {
          finding.take(candidate: index, snapshot)
        }
        return finding
      }
    case .investor:
      return try await offThread {
        var finding = finding
        for index in 0..<snapshot.investorCount { finding.take(investor: index, snapshot) }
        return finding
      }
    default:
      let objects = try await read(call) { session in
        try RegistryStore.list(
          noun, filters: Record(noun: noun, code: nil), after: nil, limit: Limits.findObjects, in: session)
      }
      var finding = finding
      for object in objects {
        func text(_ field: String) -> String? {
          guard case .text(let text)? = object[field] else { return nil }
          return text
        }
        finding.take(
          .init(noun: noun, code: object.code ?? "", name: text("name") ?? "", nameZh: text("name_zh")))
      }
      return finding
    }
  }

  /// Looks through a party itself, the funds of its house, and the candidates of its list in force.
  private static func lookThroughOwn(
    _ noun: Noun, _ served: Served, _ own: Standing.OwnObject?, _ finding: inout Finding
  ) {
    let snapshot = served.snapshot
    guard let own else { return }
    guard own.noun == .investor else {
      if noun == .firm, let index = snapshot.candidate(code: own.code, kind: .firm) {
        finding.take(candidate: index, snapshot)
      }
      return
    }
    guard let investor = snapshot.investor(code: own.code) else { return }
    if noun == .investor {
      let funds = own.includesHouse ? served.funds(of: investor) : []
      for index in Set(funds + [investor]) { finding.take(investor: index, snapshot) }
    }
    // The lists of a house are its funds', which a token for the house alone does not read.
    guard noun == .firm || noun == .project, own.includesHouse || !served.isHouse(investor) else { return }
    let kind: CandidateRow.Kind = noun == .firm ? .firm : .project
    let shown = ShownList(of: investor, served, limit: .max, list: served.list(of:))
    for row in shown.rows where snapshot.candidateKind(at: Int(row.candidate)) == kind {
      finding.take(candidate: Int(row.candidate), snapshot)
    }
  }
}

/// What FIND has come upon: at most as much as it shows.
private struct Finding: Sendable {
  /// An object with its names.
  struct Named: Sendable {
    var noun: Noun
    var code: String
    var name: String
    var nameZh: String?
  }

  /// How something matches, the closest first.
  enum Match: Int, Sendable {
    case code, name, beginning

    var word: String {
      switch self {
      case .code: "code"
      case .name: "name"
      case .beginning: "beginning"
      }
    }
  }

  private let codes: Set<String>
  private let text: [UInt8]
  private let lowered: [UInt8]
  private let limit: Int
  /// By ``Match``, each no longer than the limit.
  private var found: [[Named]] = [[], [], []]

  init(_ command: Find) {
    codes = Set(command.codes)
    text = Array((command.text ?? "").utf8)
    lowered = Self.lowered(text)
    limit = command.limit
  }

  var ranked: [(Named, Match)] {
    let all = found.enumerated().flatMap { match, named in
      named.sorted { Code.precedes($0.code, $1.code) }.map { ($0, Match(rawValue: match)!) }
    }
    return Array(all.prefix(limit))
  }

  /// The candidates to look at: those with the codes that are asked for, or all.
  func candidates(_ snapshot: Snapshot) -> [Int] {
    codes.isEmpty
      ? Array(0..<snapshot.candidateCount) : codes.flatMap { Array(snapshot.candidates(code: $0)) }
  }

  mutating func take(_ named: Named) {
    guard
      let match = match(
        code: Array(named.code.utf8)[...], name: Array(named.name.utf8)[...],
        nameZh: Array((named.nameZh ?? "").utf8)[...])
    else { return }
    add(named, match)
  }

  mutating func take(candidate index: Int, _ snapshot: Snapshot) {
    let zh = snapshot.candidateNameZhUTF8(at: index)
    guard
      let match = match(
        code: snapshot.candidateCodeUTF8(at: index), name: snapshot.candidateNameUTF8(at: index), nameZh: zh)
    else { return }
    guard found[match.rawValue].count < limit else { return }
    add(
      Named(
        noun: snapshot.candidateKind(at: index) == .firm ? .firm : .project,
        code: snapshot.candidateCode(at: index), name: snapshot.candidateName(at: index),
        nameZh: zh.isEmpty ? nil : String(decoding: zh, as: UTF8.self)), match)
  }

  mutating func take(investor index: Int, _ snapshot: Snapshot) {
    take(
      Named(
        noun: .investor, code: snapshot.investorCode(at: index), name: snapshot.investorName(at: index),
        nameZh: snapshot.investorRow(at: index).nameZh))
  }

  private mutating func add(_ named: Named, _ match: Match) {
    if found[match.rawValue].count < limit { found[match.rawValue].append(named) }
  }

  private func match(code: ArraySlice<UInt8>, name: ArraySlice<UInt8>, nameZh: ArraySlice<UInt8>) -> Match? {
    if !codes.isEmpty { return codes.contains(String(decoding: code, as: UTF8.self)) ? .code : nil }
    if text.isEmpty { return .beginning }
    if code.elementsEqual(text) { return .code }
    var begins = Self.begins(code, lowered)
    for other in [name, nameZh] where Self.begins(other, lowered) {
      if other.count == lowered.count { return .name }
      begins = true
    }
    return begins ? .beginning : nil
  }

  /// Letters of ASCII count without case; others have none in the names of this trade.
  private static func begins(_ bytes: ArraySlice<UInt8>, _ lowered: [UInt8]) -> Bool {
    bytes.count >= lowered.count
      && zip(bytes, lowered).allSatisfy { (65...90).contains($0) ? $0 | 0x20 == $1 : $0 == $1 }
  }

  private static func lowered(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
  }
}
