import Dispatch
import Domain
import Glibc
import Matching
import Store

// The kernel alone, on the registry of a database: Benchmarks/scoring runs it beside its peers.
//
// Prints one JSON object: the seconds of each round for compiling and ranking that many investors (all without
// --investors), evenly spread over the registry. --out takes the lists, one a line: the investor's code, then
// code:score of each candidate, best first. `warm` reads the registry and ranks nothing, for counting instructions.

let usage =
  "usage: kernel-benchmark DATABASE blocks|scan|warm [--threads N] [--investors N] [--rounds N] [--out FILE]"

struct Options {
  var database = ""
  var mode = ""
  var values = ["--threads": "1", "--investors": "0", "--rounds": "1", "--out": ""]

  init?(_ words: [String]) {
    guard words.count >= 2, words.count % 2 == 0, ["blocks", "scan", "warm"].contains(words[1]) else {
      return nil
    }
    (database, mode) = (words[0], words[1])
    for place in stride(from: 2, to: words.count, by: 2) {
      guard values.updateValue(words[place + 1], forKey: words[place]) != nil else { return nil }
    }
  }

  func number(_ name: String) -> Int { Int(values[name]!) ?? 0 }
}

guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
  print(usage)
  exit(64)
}
let connection = try await Connection.open(ConnectionString(options.database), deadline: .seconds(30))
let (whole, stored) = try await connection.transaction(
  isolation: .repeatableRead, readOnly: true, deadline: .seconds(600)
) { session in
  (try SnapshotReader.readWhole(in: session), try PolicyStore.get(nil, in: session))
}
await connection.close()
guard let stored else {
  print("the database has no active policy; start a daemon on it once")
  exit(65)
}
let policy = try Policy(number: Int32(stored.number), values: stored.values)
let snapshot = try whole.rows.build(asOf: whole.day)
let wanted = options.number("--investors")
let count = wanted == 0 ? snapshot.investorCount : min(wanted, snapshot.investorCount)
let investors = (0..<count).map { $0 * snapshot.investorCount / count }

var lists: [[Deal]] = []
var seconds: [Double] = []
for _ in 0..<(options.mode == "warm" ? 0 : options.number("--rounds")) {
  // A new scorer, so that all that a run prepares is counted.
  let started = ContinuousClock.now
  let scorer = Scorer(snapshot: snapshot, policy: policy)
  if options.mode == "blocks" {
    let work = RankingWork(scorer: scorer, investors: investors)
    DispatchQueue.concurrentPerform(iterations: options.number("--threads")) { _ in work.run() }
    let ranked = work.lists()
    seconds.append(started.duration(to: .now) / .seconds(1))
    // One by one, as --out takes them.
    lists = investors.map { Array(ranked[snapshot.investorID(at: $0)] ?? []) }
  } else {
    lists = []
    var mandate = Mandate(scorer: scorer, investor: 0)
    for investor in investors {
      mandate.turn(to: investor)
      lists.append(mandate.topByScan(policy.depth))
    }
    seconds.append(started.duration(to: .now) / .seconds(1))
  }
}
if let path = options.values["--out"], !path.isEmpty {
  guard let file = fopen(path, "w") else {
    perror(path)
    exit(73)
  }
  for (investor, list) in zip(investors, lists) {
    let deals = list.map { deal in
      "\(snapshot.candidateCode(at: snapshot.candidate(id: deal.candidate)!)):\(deal.score)"
    }
    fputs("\(snapshot.investorCode(at: investor)) \(deals.joined(separator: " "))\n", file)
  }
  fclose(file)
}
let head = "\"mode\":\"\(options.mode)\",\"candidates\":\(snapshot.candidateCount),\"investors\":\(count)"
print("{\(head),\"seconds\":\(seconds)}")
