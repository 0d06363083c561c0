import Dispatch
import Domain
import Glibc
import Matching
import Store

// The allocation of introductions alone: Benchmarks/introductions runs it.
//
// `allocate DATABASE` ranks the registry of a database, times emissions and judges the last one: one JSON object.
// `solve` reads small markets, a line each, and prints what comes about of each: `investor:firm` from 0. A line has
// the caps of investors, those of firms, and offers:
// `1,1 2 0:0:7:3 1:0:5:9` are two investors of one place, a firm of two, and investor:firm:score:firm's score.

let usage = """
  usage: introductions-benchmark allocate DATABASE [--rounds N] [--threads N] [--seed N]
         introductions-benchmark solve < MARKETS
  """

struct Options {
  var values = ["--rounds": 1, "--threads": 2, "--seed": 1]

  init?(_ words: ArraySlice<String>) {
    guard words.count % 2 == 0 else { return nil }
    for place in stride(from: words.startIndex, to: words.endIndex, by: 2) {
      guard let value = Int(words[place + 1]), values.updateValue(value, forKey: words[place]) != nil else {
        return nil
      }
    }
  }

  subscript(name: String) -> Int { values[name]! }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

func seconds(_ work: () -> Void) -> Double {
  let started = ContinuousClock.now
  work()
  return started.duration(to: .now) / .seconds(1)
}

// MARK: - allocate

func readRegistry(_ database: String) async throws -> Scorer {
  let connection = try await Connection.open(ConnectionString(database), deadline: .seconds(30))
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
  return Scorer(snapshot: try whole.rows.build(asOf: whole.day), policy: policy)
}

/// What some firms wish, made up.
func makeWishes(_ snapshot: Snapshot, _ numbers: inout Numbers) -> [Int32: FirmWishes] {
  let kinds = ["state_fund", "sub_fund", "vc", "cvc", "angel", "bank", "family_office"]
  func codes(_ count: Int) -> [String] {
    (0..<count).map { _ in
      snapshot.investorCode(at: Int.random(in: 0..<snapshot.investorCount, using: &numbers))
    }
  }
  var wishes: [Int32: FirmWishes] = [:]
  for candidate in 0..<snapshot.candidateCount where numbers.chance(80) {
    wishes[snapshot.candidateID(at: candidate)] = FirmWishes(
      seeksLead: numbers.chance(50),
      wantedKinds: numbers.chance(30) ? [kinds.randomElement(using: &numbers)!] : [],
      wantedInvestors: numbers.chance(10) ? codes(3) : [],
      unwantedInvestors: numbers.chance(10) ? codes(2) : [])
  }
  return wishes
}

/// Scores every deal of all lists in the eyes of its firm.
func scoreDeals(_ side: FirmSide, _ snapshot: Snapshot, _ lists: DealLists, threads: Int) {
  DispatchQueue.concurrentPerform(iterations: threads) { thread in
    for place in stride(from: thread, to: lists.count, by: threads) {
      guard let investor = snapshot.investor(id: lists.investors[place]) else { continue }
      for deal in lists.list(at: place) {
        if let candidate = snapshot.candidate(id: deal.candidate) {
          _ = side.score(of: investor, for: candidate)
        }
      }
    }
  }
}

/// Pairs that were left out though both sides would rather have them, found by looking: each list against what its
/// investor and each of its firms got, with nothing of the program but scores and caps.
func blockingPairs(_ emission: Emission, _ scorer: Scorer, _ lists: DealLists, _ side: FirmSide) -> Int {
  let (snapshot, policy) = (scorer.snapshot, scorer.policy)
  let ofInvestor = Dictionary(grouping: emission.proposals, by: \.investor)
  let ofFirm = Dictionary(grouping: emission.proposals, by: \.candidate)
  var blocking = 0
  for investor in 0..<snapshot.investorCount {
    let got = ofInvestor[investor] ?? []
    for (place, deal) in (lists[snapshot.investorID(at: investor)] ?? []).enumerated() {
      let candidate = snapshot.candidate(id: deal.candidate)!
      guard snapshot.candidateKind(at: candidate) == .firm,
        !got.contains(where: { $0.candidate == candidate }),
        let score = side.score(of: investor, for: candidate)
      else { continue }
      let rivals = ofFirm[candidate] ?? []
      let isBetterForInvestor = got.count < policy.investorCap || got.contains { $0.rank > place + 1 }
      let isBetterForFirm =
        rivals.count < policy.firmCap
        || rivals.contains { ($0.firmScore, $0.investorScore, investor) < (score, deal.score, $0.investor) }
      if isBetterForInvestor && isBetterForFirm { blocking += 1 }
    }
  }
  return blocking
}

func allocate(_ scorer: Scorer, _ options: Options) {
  let (snapshot, threads) = (scorer.snapshot, options["--threads"])
  let work = RankingWork(scorer: scorer)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in work.run() }
  let lists = work.lists()
  var numbers = Numbers(state: UInt64(options["--seed"]))
  var circumstances = Emission.Circumstances()
  circumstances.wishes = makeWishes(snapshot, &numbers)
  var (emission, allocating): (Emission?, [Double]) = (nil, [])
  for _ in 0..<max(1, options["--rounds"]) {
    allocating.append(
      seconds {
        emission = Emission(scorer: scorer, lists: lists, circumstances: circumstances, threads: threads)
      })
  }
  var side = FirmSide(scorer: scorer)
  let preparing = seconds { side = FirmSide(scorer: scorer, wishes: circumstances.wishes) }
  let scoring = seconds { scoreDeals(side, snapshot, lists, threads: threads) }
  guard let emission else { return }
  let spread = emission.spread
  print(
    """
    {"candidates":\(snapshot.candidateCount),"investors":\(snapshot.investorCount),"deals":\(lists.dealCount),\
    "offers":\(emission.offerCount),"proposals":\(emission.proposals.count),"firms":\(spread.firms),\
    "seconds":\(allocating),"firm_side_s":\(preparing),"firm_scores_s":\(scoring),\
    "blocking_pairs":\(blockingPairs(emission, scorer, lists, side)),\
    "blocking_pairs_by_itself":\(emission.blockingPairs),\
    "gini":[\(spread.before.gini),\(spread.after.gini)],\
    "without":[\(spread.before.without),\(spread.after.without)],\
    "introductions":[\(spread.before.introductions),\(spread.after.introductions)],\
    "price_of_fairness":\(spread.priceOfFairness)}
    """)
}

// MARK: - solve

func solve(_ market: String) -> String? {
  let words = market.split(separator: " ")
  guard words.count >= 2 else { return nil }
  let caps = words[..<2].map { $0.split(separator: ",").compactMap { Int32($0) } }
  let given = words[2...].map { $0.split(separator: ":").compactMap { Int32($0) } }
  guard given.allSatisfy({ $0.count == 4 }) else { return nil }
  var offers = Offers(firmCount: caps[1].count)
  for investor in caps[0].indices {
    offers.append(
      given.filter { Int($0[0]) == investor }.map {
        Offers.Offer(firm: $0[1], investorScore: $0[2], firmScore: $0[3])
      })
  }
  let allocation = StableAllocation(offers, investorCaps: caps[0], firmCaps: caps[1])
  let chosen = caps[0].indices.flatMap { investor in
    offers.places(of: investor).filter { allocation.isChosen[$0] }.map { "\(investor):\(offers[$0].firm)" }
  }
  return chosen.joined(separator: " ")
}

// MARK: -

let words = Array(CommandLine.arguments.dropFirst())
if words.first == "allocate", words.count >= 2, let options = Options(words.dropFirst(2)) {
  allocate(try await readRegistry(words[1]), options)
} else if words == ["solve"] {
  while let line = readLine() {
    guard let solution = solve(line) else {
      print("not a market: \(line)")
      exit(65)
    }
    print(solution)
  }
} else {
  print(usage)
  exit(64)
}
