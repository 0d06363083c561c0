import Foundation
import TestSupport

@testable import Store

/// A client that writes without pause, as a good client should: it gives each write a key, and sends one whose outcome it
/// does not know again with the same key until it is told. The firms it writes are its own, so that it knows what is
/// to come of each write.
actor Writer {
  private let name: String
  private let rescores: Bool
  private let history: WriteHistory
  private let connect: @Sendable () throws -> LineClient
  private var client: LineClient?
  private var random: SeededRandom
  private var model = RegistryModel()
  private var writes: [(write: Write, reply: String)] = []
  private var count = 0
  /// It blocks its thread, of which the tests of a process share only a few.
  private let executor: ThreadExecutor

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - name: In capital letters, for its codes and currencies.
  ///   - rescores: Whether it starts runs, and nothing else.
  init(
    _ name: String, rescores: Bool = false, seed: UInt64, history: WriteHistory,
    connect: @escaping @Sendable () throws -> LineClient
  ) throws {
    self.name = name
    self.rescores = rescores
    self.history = history
    self.connect = connect
    random = SeededRandom(seed: seed &+ UInt64(name.utf8.reduce(0) { $0 * 31 + Int($1) }))
    executor = try ThreadExecutor(name: "writer")
  }

  deinit { executor.stop() }

  /// Loads the investors that firms are proposed to.
  static func prepare(on client: LineClient) throws {
    let investors = (0..<100).map {
      "{\"code\":\"I-\($0)\",\"name\":\"Investor \($0)\",\"kind\":\"vc\",\"sectors\":\"ai\",\"stages\":\"seed\"}"
    }
    let last = try client.upload("IMPORT investor", investors).last ?? ""
    guard last.hasPrefix("250 ok") else { throw LineClient.Failure(description: last) }
  }

  /// Writes until the history is over and everything is answered.
  func run() {
    while !history.isOver {
      let write = next()
      guard let reply = settle(write) else { return }
      history.acknowledge(write, reply)
      model.apply(write.effect, reply: reply)
      writes.append((write, reply))
      if case .run = write.effect { checkWhole(reply) }
    }
  }

  /// Sends every write once more: each must be remembered, with what was said of it.
  func replay() {
    for (write, reply) in writes {
      guard let again = settle(write, isReplay: true) else { return }
      let words = reply.split(separator: " ").dropFirst(2)
      if !again.hasPrefix("251 unchanged") || again.split(separator: " ").dropFirst(2) != words {
        return history.note(fault: "\(write.request) sent again got \(again) after \(reply)")
      }
    }
  }

  // MARK: Asking

  /// Sends a write until it is answered for good, and gives the answer; nil where that is not what may be.
  private func settle(_ write: Write, isReplay: Bool = false) -> String? {
    let limit = ContinuousClock.now + .seconds(180)
    var last = "nothing"
    var isOpen = false
    while ContinuousClock.now < limit {
      do {
        last = "no connection"
        let client = try client ?? connect()
        self.client = client
        // From here on it may have been done.
        last = "no reply"
        last = try ask(client, write)
      } catch {
        client = nil
        if last == "no reply" {
          isOpen = true
          history.noteUnknown()
        }
        usleep(10_000)
        continue
      }
      switch last.prefix(3) {
      case "250": return last
      case "251":
        // 4yz other than 454 says that nothing was changed.
        if !isOpen, !isReplay {
          history.note(fault: "\(write.request) was done although the client was told that it was not")
        }
        return last
      case "454":
        isOpen = true
        history.noteUnknown()
      case "421": client = nil
      default:
        guard last.hasPrefix("4") else {
          history.note(fault: "\(write.request) key=\(write.key) got \(last)")
          return nil
        }
      }
      usleep(10_000)
    }
    history.note(fault: "\(write.request) key=\(write.key) is not answered: \(last)")
    return nil
  }

  private func ask(_ client: LineClient, _ write: Write) throws -> String {
    let request = "\(write.request) key=\(write.key)"
    let first = try client.ask(request).last!
    guard first.hasPrefix("354") else { return first }
    try client.send(bytes: Array((write.rows + ["."]).map { "\($0)\n" }.joined().utf8))
    return try client.reply().last!
  }

  /// A run that is published is there as a whole.
  private func checkWhole(_ reply: String) {
    guard let run = reply.firstMatch(of: /run=([0-9.]+)/)?.1,
      let deals = reply.firstMatch(of: /deals=(\d+)/).flatMap({ Int($0.1) })
    else { return history.note(fault: "no run is named by \(reply)") }
    // When something is broken just now, another run will be looked at.
    guard let lines = try? client?.ask("RUN EXPORT \(run)"), lines.last?.hasPrefix("250 ok") == true else {
      client = nil
      return
    }
    if lines.count - 1 != deals {
      history.note(fault: "of run \(run) there are \(lines.count - 1) of \(deals) deals")
    }
  }

  // MARK: Choosing

  private func next() -> Write {
    count += 1
    let (number, key) = (count, "\(name)-\(count)")
    if rescores { return Write(effect: .run, request: "RESCORE wait=yes scope=all", key: key) }
    let living = model.firms.filter { $0.value.mergedInto == nil }.keys.sorted()
    let choice = living.count < 4 ? 0 : Int.random(in: 0..<100, using: &random)
    switch choice {
    case 0..<20:
      let code = "F-\(name)-\(number)"
      return Write(
        effect: .add(firm: code, ask: number),
        request: "FIRM ADD \(code) name=\(word(number)) sectors=ai stage=seed ask=\(number)", key: key)
    case 20..<52:
      let code = living.randomElement(using: &random)!
      let version = Bool.random(using: &random) ? " version=\(model.firms[code]!.version)" : ""
      return Write(
        effect: .set(firm: code, ask: number), request: "FIRM SET \(code) ask=\(number)\(version)", key: key)
    case 52..<60: return introduce(living, number, key)
    case 60..<75:
      let added = (0..<Int.random(in: 1...20, using: &random)).map { "F-\(name)-\(number)-\($0)" }
      let changed = Array(living.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)))
      let rows = added.enumerated().map { index, code in
        "{\"code\":\"\(code)\",\"name\":\"\(word(number * 1_000 + index))\",\"sectors\":\"ai\",\"stage\":\"seed\",\"ask\":\(number)}"
      }
      return Write(
        effect: .rows(added: added, changed: changed, ask: number), request: "IMPORT firm",
        rows: rows + changed.map { "{\"code\":\"\($0)\",\"ask\":\(number)}" }, key: key)
    case 75..<90:
      let pair = living.shuffled(using: &random).prefix(2)
      return Write(
        effect: .merge(from: pair[0], into: pair[1]), request: "FIRM MERGE \(pair[0]) \(pair[1])", key: key)
    case 90..<97:
      let date = "\(1990 + number / 336 % 30)-\(pad(number / 28 % 12 + 1))-\(pad(number % 28 + 1))"
      let from = "WR" + name.prefix(1)
      return Write(
        effect: .rate(from: from, date: date, rate: number),
        request: "RATE SET \(from) CNY \(number) date=\(date)", key: key)
    default:
      return Write(effect: .policy, request: "POLICY SET depth=\(20 + number % 50)", key: key)
    }
  }

  /// Takes the introduction of some firm one step further, or proposes one.
  private func introduce(_ living: [String], _ number: Int, _ key: String) -> Write {
    let open = model.introductions.filter { ["proposed", "asked"].contains($0.value.state) }.keys.sorted()
    if let id = open.randomElement(using: &random), Bool.random(using: &random) {
      let side = model.introductions[id]!.state == "proposed" ? "firm" : "investor"
      return Write(
        effect: .accept(introduction: id), request: "INTRO ACCEPT \(id) side=\(side)", key: key)
    }
    let introduced = Set(model.introductions.values.map(\.firm))
    guard let firm = living.filter({ !introduced.contains($0) }).randomElement(using: &random) else {
      return Write(effect: .policy, request: "POLICY SET depth=\(20 + number % 50)", key: key)
    }
    let investor = "I-\(number % 100)"
    return Write(
      effect: .propose(firm: firm, investor: investor), request: "INTRO PROPOSE \(investor) \(firm)", key: key
    )
  }

  private func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Names that are not nearly alike, about which the daemon would have much to say.
  private func word(_ number: Int) -> String {
    String(UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15, radix: 36) + name
  }
}
