import Foundation
import Store
import Synchronization
import TestSupport

/// A request that writes, with what it has to leave behind once.
struct Write: Sendable {
  enum Effect: Sendable {
    case add(firm: String, ask: Int)
    case set(firm: String, ask: Int)
    /// An upload that adds some firms and changes others.
    case rows(added: [String], changed: [String], ask: Int)
    case merge(from: String, into: String)
    case rate(from: String, date: String, rate: Int)
    case policy
    /// Proposes the firm to an investor.
    case propose(firm: String, investor: String)
    /// The side of an introduction that has not yet said so wants it: the firm first.
    case accept(introduction: String)
    case run
  }

  let effect: Effect
  let request: String
  var rows: [String] = []
  let key: String
}

/// What the registry holds when every write had its effect once.
struct RegistryModel: Sendable, Equatable {
  struct Firm: Sendable, Equatable {
    var ask: Int
    var version = 1
    var mergedInto: String?
  }

  struct Introduction: Sendable, Equatable {
    var firm: String
    var investor: String
    var state = "proposed"

    /// How far it has come; nil where it is over.
    var reached: Int? { ["proposed", "asked", "mutual"].firstIndex(of: state) }
  }

  var firms: [String: Firm] = [:]
  var rates: [String: Int] = [:]
  var policies: Set<String> = []
  /// Introductions by number.
  var introductions: [String: Introduction] = [:]
  /// Digests by number.
  var runs: [String: String] = [:]
  /// Entries of the audit, each there so many times.
  var audit: [String: Int] = [:]

  mutating func apply(_ effect: Write.Effect, reply: String) {
    switch effect {
    case .add(let firm, let ask):
      firms[firm] = Firm(ask: ask)
      note("firm add", firm, "\(ask)")
    case .set(let firm, let ask):
      change(firm, ask)
      note("firm set", firm, "\(ask)")
    case .rows(let added, let changed, let ask):
      for firm in added { firms[firm] = Firm(ask: ask) }
      for firm in changed { change(firm, ask) }
      note("import", "firm", "\(added.count)/\(changed.count)")
    case .merge(let from, let into):
      firms[from]?.mergedInto = into
      firms[from]?.version += 1
      firms[into]?.version += 1
      note("firm merge", into, from)
      mergeIntroductions(from, into)
    case .rate(let from, let date, let rate):
      rates["\(from) \(date)"] = rate
      note("rate set", "\(from)/CNY/\(date)", "")
    case .policy:
      let number = Self.attribute("policy", of: reply)
      policies.insert(number)
      note("policy set", number, "")
    case .propose(let firm, let investor):
      let id = Self.attribute("introduction", of: reply)
      introductions[id] = Introduction(firm: firm, investor: investor)
      note("intro propose", id, firm)
    case .accept(let id):
      let introduction = introductions[id]!
      introductions[id]!.state = introduction.state == "proposed" ? "asked" : "mutual"
      note("intro accept", id, introduction.firm)
    case .run:
      let run = Self.attribute("run", of: reply)
      runs[run] = Self.attribute("digest", of: reply)
      note("publish", run, "")
    }
  }

  /// Of two with the same investor the further one stays, and that of the firm that stays where none is.
  private mutating func mergeIntroductions(_ from: String, _ into: String) {
    for (id, own) in introductions where own.firm == from {
      if let reached = own.reached {
        let twin = introductions.first {
          $0.value.firm == into && $0.value.investor == own.investor && $0.value.reached != nil
        }
        if let twin {
          let (ended, firm) = reached > twin.value.reached! ? (twin.key, into) : (id, from)
          introductions[ended]!.state = "withdrawn"
          note("intro withdraw", ended, firm)
        }
        if introductions[id]!.reached != nil { note("intro merge", id, into) }
      }
      introductions[id]!.firm = into
    }
  }

  private mutating func change(_ firm: String, _ ask: Int) {
    firms[firm]?.ask = ask
    firms[firm]?.version += 1
  }

  private mutating func note(_ action: String, _ object: String, _ detail: String) {
    audit["\(action) \(object) \(detail)", default: 0] += 1
  }

  private static func attribute(_ name: String, of reply: String) -> String {
    // A sentence may follow, after a colon.
    reply.split { $0 == " " || $0 == ":" }.first { $0.hasPrefix("\(name)=") }.map {
      String($0.dropFirst(name.count + 1))
    }
      ?? "none in \(reply)"
  }
}

/// All that clients were told about what they wrote, held against what the database holds.
///
/// Writers note every answer; a write that got none, or one that leaves it open, is sent again until it is answered. So
/// in the end every write is acknowledged, and the database has to hold the effect of each of them exactly once.
final class WriteHistory: Sendable {
  private struct State {
    var model = RegistryModel()
    var keys: Set<String> = []
    var acknowledged: [ContinuousClock.Instant] = []
    var unknown = 0
    var isOver = false
    var faults: [String] = []
  }

  private let state = Mutex(State())

  // MARK: For writers

  var isOver: Bool { state.withLock { $0.isOver } }

  func acknowledge(_ write: Write, _ reply: String) {
    state.withLock {
      $0.model.apply(write.effect, reply: reply)
      $0.keys.insert(write.key)
      $0.acknowledged.append(.now)
    }
  }

  /// A write whose outcome was left open: 454, or an end of the connection.
  func noteUnknown() { state.withLock { $0.unknown += 1 } }

  /// Something that no client may ever be told.
  func note(fault: String) {
    state.withLock {
      if $0.faults.count < 20 { $0.faults.append(fault) }
      $0.isOver = true
    }
  }

  // MARK: For whoever breaks things meanwhile

  func end() { state.withLock { $0.isOver = true } }

  var faults: [String] { state.withLock { $0.faults } }

  var acknowledged: Int { state.withLock { $0.acknowledged.count } }

  /// How often an outcome was left open.
  var unknown: Int { state.withLock { $0.unknown } }

  /// Keys of all that is acknowledged now.
  var keys: Set<String> { state.withLock { $0.keys } }

  /// Returns when so many more writes are acknowledged.
  func advance(by count: Int) async throws {
    let (goal, limit) = (acknowledged + count, ContinuousClock.now + .seconds(120))
    while acknowledged < goal, !isOver {
      guard ContinuousClock.now < limit else {
        throw LineClient.Failure(description: "writes are not acknowledged any more")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// The longest time without an acknowledged write since a moment.
  func longestSilence(since moment: ContinuousClock.Instant) -> Duration {
    let times = state.withLock { $0.acknowledged.filter { $0 > moment } }
    return zip([moment] + times, times).map { $0.duration(to: $1) }.max() ?? .zero
  }

  // MARK: The verdict

  struct Verdict {
    /// Acknowledged writes that are not there.
    var lost: [String] = []
    /// Writes that took effect more than once, or that nobody asked for.
    var twice: [String] = []
  }

  /// Holds everything against the database, when all writers have ended.
  func verdict(on database: ConnectionString) async throws -> Verdict {
    let (model, keys) = state.withLock { ($0.model, $0.keys) }
    let (found, foundKeys) = try await RegistryModel.read(database)
    var verdict = Verdict()
    verdict.lost += keys.subtracting(foundKeys).map { "key \($0)" }
    verdict.twice += foundKeys.subtracting(keys).map { "key \($0)" }
    for entry in Set(model.audit.keys).union(found.audit.keys).sorted() {
      let (wanted, there) = (model.audit[entry] ?? 0, found.audit[entry] ?? 0)
      if there < wanted { verdict.lost.append("audit \(entry): \(there) instead of \(wanted)") }
      if there > wanted { verdict.twice.append("audit \(entry): \(there) instead of \(wanted)") }
    }
    for code in Set(model.firms.keys).union(found.firms.keys).sorted() {
      let (wanted, there) = (model.firms[code], found.firms[code])
      guard wanted != there else { continue }
      let text =
        "firm \(code): \(there.map { "\($0)" } ?? "none") instead of \(wanted.map { "\($0)" } ?? "none")"
      if (there?.version ?? 0) > (wanted?.version ?? 0) {
        verdict.twice.append(text)
      } else {
        verdict.lost.append(text)
      }
    }
    verdict.lost += model.rates.filter { found.rates[$0.key] != $0.value }.map { "rate \($0)" }
    verdict.lost += model.policies.subtracting(found.policies).map { "policy \($0)" }
    verdict.twice += found.policies.subtracting(model.policies).map { "policy \($0)" }
    for id in Set(model.introductions.keys).union(found.introductions.keys).sorted() {
      let (wanted, there) = (model.introductions[id], found.introductions[id])
      guard wanted != there else { continue }
      let text =
        "introduction \(id): \(there.map { "\($0)" } ?? "none") instead of \(wanted.map { "\($0)" } ?? "none")"
      if wanted == nil { verdict.twice.append(text) } else { verdict.lost.append(text) }
    }
    verdict.lost += model.runs.filter { found.runs[$0.key] != $0.value }.map { "run \($0)" }
    return verdict
  }

  /// Acknowledged writes whose key a database does not know, while writers go on.
  func missing(from database: ConnectionString) async throws -> Set<String> {
    let keys = keys
    return keys.subtracting(try await RegistryModel.keys(database))
  }
}

// MARK: - What the database holds

extension RegistryModel {
  private struct Line: Statement {
    let name: String
    let sql: String
    func decode(_ row: Row) throws -> [String] { try (0..<5).map { try row.text($0) } }
  }

  private static let keys = Line(
    name: "model_keys",
    sql: "SELECT key, '', '', '', '' FROM idempotency_key")
  private static let firms = Line(
    name: "model_firms",
    sql: """
      SELECT code::text, coalesce(ask, -1)::text, version::text, coalesce(merged_into::text, ''), retired::text FROM firm
      """)
  private static let rates = Line(
    name: "model_rates",
    sql: "SELECT \"from\"::text, date::text, rate::bigint::text, '', '' FROM rate")
  private static let policies = Line(
    name: "model_policies",
    sql: "SELECT number::text, '', '', '', '' FROM policy WHERE created_by <> 'bellwetherd'")
  private static let introductions = Line(
    name: "model_introductions",
    sql: "SELECT firm::text, id::text, state::text, investor::text, '' FROM introduction")
  private static let runs = Line(
    name: "model_runs",
    sql: "SELECT number || '.0', encode(digest, 'hex'), '', '', '' FROM run WHERE state = 'published'")
  private static let audit = Line(
    name: "model_audit",
    sql: """
      SELECT action, object, CASE action
          WHEN 'firm merge' THEN detail->>'from'
          WHEN 'intro propose' THEN detail->>'firm' WHEN 'intro accept' THEN detail->>'firm'
          WHEN 'intro withdraw' THEN detail->>'firm' WHEN 'intro merge' THEN detail->>'firm'
          WHEN 'import' THEN concat(detail->>'added', '/', detail->>'changed')
          WHEN 'firm add' THEN coalesce(detail->>'ask', '') WHEN 'firm set' THEN detail->>'ask' ELSE '' END,
        count(*)::text, ''
      FROM audit
      WHERE action IN ('firm add', 'firm set', 'firm merge', 'rate set', 'policy set', 'publish',
          'intro propose', 'intro accept', 'intro withdraw', 'intro merge')
        OR action = 'import' AND object = 'firm'
      GROUP BY 1, 2, 3
      """)

  static func keys(_ database: ConnectionString) async throws -> Set<String> {
    try await query(database) { Set(try $0.query(keys).map { $0[0] }) }
  }

  /// Reads all of it in one transaction.
  static func read(_ database: ConnectionString) async throws -> (model: RegistryModel, keys: Set<String>) {
    try await query(database) { session in
      var model = RegistryModel()
      for line in try session.query(firms) {
        let firm = Firm(
          ask: Int(line[1])!, version: Int(line[2])!, mergedInto: line[3].isEmpty ? nil : line[3])
        // A firm is retired here by a merge alone.
        model.firms[(line[4] == "true") == (firm.mergedInto != nil) ? line[0] : "\(line[0]), half merged"] =
          firm
      }
      for line in try session.query(rates) { model.rates["\(line[0]) \(line[1])"] = Int(line[2])! }
      model.policies = Set(try session.query(policies).map { $0[0] })
      for line in try session.query(introductions) {
        model.introductions[line[1]] = Introduction(firm: line[0], investor: line[3], state: line[2])
      }
      for line in try session.query(runs) { model.runs[line[0]] = line[1] }
      for line in try session.query(audit) { model.audit["\(line[0]) \(line[1]) \(line[2])"] = Int(line[3])! }
      return (model, Set(try session.query(keys).map { $0[0] }))
    }
  }

  private static func query<Result: Sendable>(
    _ database: ConnectionString, _ body: @Sendable (Session) throws -> Result
  ) async throws -> Result {
    let connection = try await Connection.open(database, deadline: .seconds(30))
    do {
      let result = try await connection.transaction(
        isolation: .repeatableRead, readOnly: true, deadline: .seconds(60), body)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }
}
