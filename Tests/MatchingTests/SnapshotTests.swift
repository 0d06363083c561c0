import Domain
import Testing

@testable import Matching

@Suite struct SnapshotTests {
  @Test func rowsComeBackAsTheyWent() throws {
    for seed in 0..<50 {
      var random = SeededGenerator(UInt64(seed))
      let rows = RandomRegistry.rows(&random)
      let snapshot = try rows.build(asOf: RandomRegistry.asOf)
      #expect(snapshot.candidateCount == rows.candidates.count)
      #expect(snapshot.investorCount == rows.investors.count)
      for row in rows.candidates {
        let index = try #require(snapshot.candidate(id: row.id))
        #expect(snapshot.candidateRow(at: index) == row)
        #expect(snapshot.candidate(code: row.code, kind: row.kind) == index)
        #expect(snapshot.candidates(code: row.code).contains(index))
      }
      for row in rows.investors {
        let index = try #require(snapshot.investor(id: row.id))
        #expect(snapshot.investorRow(at: index) == row)
        #expect(snapshot.investor(code: row.code) == index)
      }
      for index in 1..<max(1, snapshot.candidateCount) {
        let (left, right) = (snapshot.candidateRow(at: index - 1), snapshot.candidateRow(at: index))
        #expect(
          Code.precedes(left.code, right.code)
            || (left.code == right.code && left.kind == .firm && right.kind == .project))
      }
      #expect(snapshot.candidate(id: 99_999) == nil)
      #expect(snapshot.candidates(code: "C-").isEmpty)
      #expect(snapshot.investor(code: "Z") == nil)
    }
  }

  @Test func aCandidateIsInASectorAtOrBelowIt() throws {
    let snapshot = try Desk().with { $0.candidate.sectors = ["chips", "ai.vision"] }.rows
      .build(asOf: Desk().asOf)
    let inside = Desk.sectors.filter {
      snapshot.candidate(at: 0, isInSector: snapshot.sectors.index(of: $0.code)!)
    }
    #expect(inside.map(\.code) == ["ai", "ai.vision", "chips"])
  }

  @Test func fundsOfAHouseAreAllBelowIt() throws {
    var rows = SnapshotBuilder()
    // 1 above 2 and 3, 3 above 4; 5 and 6 are each other's house; 7 stands alone.
    let parents: [Int32?] = [nil, 1, 1, 3, 6, 5, nil]
    rows.investors = parents.enumerated().map {
      InvestorRow(id: Int32($0 + 1), code: "I\($0 + 1)", name: "I", parent: $1)
    }
    let snapshot = try rows.build(asOf: Desk().asOf)
    #expect(snapshot.funds(ofHouse: 0) == [1, 2, 3])
    #expect(snapshot.funds(ofHouse: 2) == [3])
    #expect(snapshot.funds(ofHouse: 4) == [5])
    #expect(snapshot.funds(ofHouse: 6) == [])
  }

  @Test(arguments: 0..<4) func replacingEqualsBuildingAnew(batch: Int) throws {
    for seed in 0..<60 {
      var random = SeededGenerator(UInt64(batch * 1_000 + seed))
      var rows = RandomRegistry.rows(&random)
      let policy = RandomRegistry.policy(&random)
      var snapshot = try rows.build(asOf: RandomRegistry.asOf)
      for _ in 0..<3 {
        let change = Self.change(&rows, &random)
        snapshot = try snapshot.replacing(change)
        let anew = try rows.build(asOf: RandomRegistry.asOf)
        try Self.expectEqual(snapshot, anew, policy, "batch \(batch) seed \(seed)")
      }
    }
  }

  /// Changes the rows at random and says how.
  private static func change(_ rows: inout SnapshotBuilder, _ random: inout SeededGenerator) -> SnapshotChange
  {
    var change = SnapshotChange()
    let codes = rows.sectors.map(\.code)
    let firms = rows.candidates.filter { $0.kind == .firm }
    for index in rows.candidates.indices where random.isOne(in: 8) {
      let old = rows.candidates[index]
      var new = RandomRegistry.candidate(random.number(0...20), codes, &random)
      (new.id, new.kind, new.version) = (old.id, old.kind, old.version + 1)
      // A code may change too, as long as it stays its own.
      new.code = random.isOne(in: 4) ? "A-\(old.id)-\(random.number(0...99))" : old.code
      rows.candidates[index] = new
      change.candidates.append(new)
    }
    for _ in 0..<random.number(0...2) {
      var new = RandomRegistry.candidate(random.number(0...20), codes, &random)
      new.id = (rows.candidates.map(\.id).max() ?? 0) + 2
      new.code = "\(random.one(of: ["A", "C", "Z"]))--\(new.id)"
      rows.candidates.append(new)
      change.candidates.append(new)
    }
    for index in rows.investors.indices where random.isOne(in: 6) {
      let old = rows.investors[index]
      var new = RandomRegistry.investor(random.number(0...11), codes, firms, &random)
      (new.id, new.version) = (old.id, old.version + 1)
      new.code = random.isOne(in: 4) ? "J-\(old.id)" : old.code
      rows.investors[index] = new
      change.investors.append(new)
    }
    let held = rows.candidates.filter { $0.kind == .firm }.map(\.id)
    for investor in rows.investors.map(\.id) where random.isOne(in: 4) && !held.isEmpty {
      rows.holdings.removeAll { $0.investor == investor }
      let now = (0..<random.number(0...4)).map { _ in
        HoldingRow(
          investor: investor, firm: random.one(of: held),
          exitedOn: random.maybe(RandomRegistry.day(&random)))
      }
      rows.holdings += now
      change.holdings[investor] = now
    }
    for firm in held where random.isOne(in: 4) {
      rows.evidence.removeAll { $0.firm == firm }
      let now = (0..<random.number(0...3)).map { _ in RandomRegistry.evidence(of: firm, &random) }
      rows.evidence += now
      change.evidence[firm] = now
    }
    return change
  }

  private static func expectEqual(_ left: Snapshot, _ right: Snapshot, _ policy: Policy, _ place: Comment)
    throws
  {
    let (candidates, investors) = (0..<right.candidateCount, 0..<right.investorCount)
    try #require(left.candidateCount == right.candidateCount && left.investorCount == right.investorCount)
    #expect(candidates.allSatisfy { left.candidateRow(at: $0) == right.candidateRow(at: $0) }, place)
    #expect(investors.allSatisfy { left.investorRow(at: $0) == right.investorRow(at: $0) }, place)
    #expect(candidates.allSatisfy { left.candidate(id: right.candidateID(at: $0)) == $0 }, place)
    #expect(investors.allSatisfy { left.investor(id: right.investorID(at: $0)) == $0 }, place)
    #expect(left.evidenceCounts == right.evidenceCounts, place)
    let (one, other) = (Scorer(snapshot: left, policy: policy), Scorer(snapshot: right, policy: policy))
    for investor in investors {
      let all = right.candidateCount + 1
      #expect(one.top(all, of: investor) == other.top(all, of: investor), place)
      // One of them in full, since words take time.
      for candidate in candidates where investor == investors.count / 2 {
        #expect(
          one.explanation(investor: investor, candidate: candidate)
            == other.explanation(investor: investor, candidate: candidate), place)
      }
    }
  }

  @Test func aChangedSnapshotLeavesTheOldOneAlone() throws {
    let old = try Desk().rows.build(asOf: Desk().asOf)
    var row = old.candidateRow(at: 0)
    (row.name, row.ask) = ("Renamed", 5)
    let new = try old.replacing(SnapshotChange(candidates: [row]))
    #expect(old.candidateName(at: 0) == "Firm")
    #expect(new.candidateRow(at: 0) == row)
  }

  @Test func flawsAreNamed() throws {
    func flaw(_ change: (inout SnapshotBuilder) -> Void) -> String? {
      var rows = Desk().rows
      change(&rows)
      do throws(Flaw) { _ = try rows.build(asOf: Desk().asOf) } catch { return error.sentence }
      return nil
    }
    let day = Desk().asOf
    #expect(flaw { _ in } == nil)
    #expect(flaw { $0.candidates[1].code = "F" } == "firm F stands twice")
    #expect(flaw { ($0.candidates[1].code, $0.candidates[1].kind) = ("F", .project) } == nil)
    #expect(flaw { $0.candidates[1].id = 1 } == "candidate id 1 stands twice")
    #expect(flaw { $0.candidates[1].id = -1 } == "candidate id -1 is negative")
    #expect(flaw { $0.investors[1].code = "I" } == "investor I stands twice")
    #expect(flaw { $0.investors[1].id = 1 } == "investor id 1 stands twice")
    #expect(
      flaw { $0.candidates[0].sectors = ["none"] } == "firm F names sector none, which does not exist")
    #expect(
      flaw { $0.investors[0].excludedSectors = ["none"] }
        == "investor I names sector none, which does not exist")
    #expect(flaw { $0.candidates[0].risk = 6 } == "firm F has a trl, risk or ask out of range")
    for share in [-1, 1_000_001] {
      #expect(flaw { $0.candidates[0].record = share } == "firm F has a record or signal out of range")
      #expect(flaw { $0.candidates[0].signal = share } == "firm F has a record or signal out of range")
    }
    #expect(flaw { $0.candidates[0].sectors = [String](repeating: "ai", count: 9) } == "firm F has 9 sectors")
    #expect(
      flaw { ($0.investors[0].ticketMin, $0.investors[0].ticketMax) = (2, 1) }
        == "investor I has a risk, risk_veto, amount, percent or weight out of range")
    #expect(
      flaw { $0.holdings = [HoldingRow(investor: 1, firm: 77)] }
        == "a holding names investor id 1 and firm id 77, not both there")
    #expect(
      flaw { $0.evidence = [EvidenceRow(firm: 77, date: day)] }
        == "a piece of evidence names firm id 77, which does not exist")
  }

  @Test func flawsOfChangesAreNamed() throws {
    let snapshot = try Desk().rows.build(asOf: Desk().asOf)
    func flaw(_ change: SnapshotChange) -> String? {
      do throws(Flaw) { _ = try snapshot.replacing(change) } catch { return error.sentence }
      return nil
    }
    var row = snapshot.candidateRow(at: 0)
    row.id = 50
    #expect(flaw(SnapshotChange(candidates: [row])) == "firm F stands twice")
    row.code = "F3"
    #expect(flaw(SnapshotChange(candidates: [row])) == "firm F3 stands twice")
    row.kind = .project
    #expect(flaw(SnapshotChange(candidates: [row])) == nil)
    var investor = snapshot.investorRow(at: 0)
    investor.code = "I2"
    #expect(flaw(SnapshotChange(investors: [investor])) == "investor I2 stands twice")
    #expect(
      flaw(SnapshotChange(holdings: [1: [HoldingRow(investor: 2, firm: 1)]]))
        == "the holdings given for investor id 1 name another investor")
    #expect(
      flaw(SnapshotChange(evidence: [9: []])) == "evidence is given for firm id 9, which does not exist")
  }
}
