import Domain
import Testing

@testable import Matching

@Suite struct PolicyTests {
  private func flaw(_ values: [String: Int]) -> Policy.Flaw? {
    do throws(Policy.Flaw) { _ = try Policy(number: 2, values: values) } catch { return error }
    return nil
  }

  @Test func defaultsAreAPolicy() throws {
    let policy = Policy(number: 7)
    #expect(try Policy(number: 7, values: policy.values) == policy)
    #expect(policy.values.count == Policy.parameters.count)
    #expect(policy.depth == 50)
    #expect(policy["stage_weight"] == 200_000)
    #expect(policy["nothing"] == nil)
    for parameter in Policy.parameters { #expect(parameter.range.contains(parameter.default)) }
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let policy = try Policy(number: 2, values: ["stage_prior": 1])
    #expect(policy["stage_prior"] == 1)
    #expect(policy["risk_prior"] == 500_000)
    #expect(try policy.changing(["risk_prior": 2], number: 3).values["stage_prior"] == 1)
  }

  /// A policy stored before a criterion existed: its weights sum to 1,000,000 without that one.
  @Test func aWeightThatAStoredPolicyDoesNotStateIsZero() throws {
    var stored = Policy(number: 2).values
    stored["co_investors_weight"] = nil
    stored["stage_weight"]! += 50_000
    #expect(throws: Policy.Flaw.self) { try Policy(number: 2, values: stored) }
    let policy = try Policy(number: 2, stored: stored)
    #expect(policy.weight(.coInvestors) == 0 && policy.weight(.stage) == 250_000)
    #expect(policy.weight(FirmCriterion.lead) == Policy(number: 1).weight(FirmCriterion.lead))
    #expect(try Policy(number: 2, stored: [:]) == Policy(number: 2))
    #expect(throws: Policy.Flaw.self) { try Policy(number: 2, stored: ["stage_weight": 1]) }
  }

  @Test func wrongValuesAreNamed() {
    #expect(flaw(["depht": 3])?.sentence == "there is no parameter depht")
    #expect(flaw(["depht": 3])?.parameter == "depht")
    #expect(flaw(["depth": 0])?.sentence == "depth is 0; 1 to 1000")
    #expect(flaw(["stage_prior": 1_000_001])?.sentence == "stage_prior is 1000001; 0 to 1000000")
    #expect(
      flaw(["stage_weight": 200_001])?.sentence
        == "the weights sum to 1000001; they must sum to exactly 1000000")
    #expect(flaw(["stage_weight": 100_000, "sector_weight": 400_000]) == nil)
    #expect(
      flaw(["firm_lead_weight": 199_999])?.sentence
        == "the weights of the firm's side sum to 999999; they must sum to exactly 1000000")
    #expect(flaw(["firm_lead_weight": 100_000, "firm_wishes_weight": 250_000]) == nil)
  }

  /// What the desk requires is nothing that a score depends on.
  @Test func whatIsNeededBeforeAStepIsOffAtFirst() throws {
    let needs = Policy.parameters.filter { $0.name.hasPrefix("need_") }
    #expect(needs.count == 20 && needs.allSatisfy { $0.default == 0 && $0.range == 0...1 })
    let policy = try Policy(number: 2, values: ["need_term_sheet_legal": 1, "need_handover_committee": 1])
    #expect(policy["need_term_sheet_legal"] == 1 && policy["need_term_sheet_expert"] == 0)
    #expect(flaw(["need_stake_expert": 2])?.sentence == "need_stake_expert is 2; 0 to 1")
  }

  @Test func aPerfectPairScoresAMillion() throws {
    var desk = Desk()
    desk.investor.stages = [.seed]
    desk.investor.sectors = [.init(code: "ai", millionths: 1_000_000)]
    desk.investor.regions = ["Anhui"]
    (desk.investor.risk, desk.investor.ticketMax) = (3, 10)
    (desk.candidate.stage, desk.candidate.sectors, desk.candidate.region) = (.seed, ["ai.vision"], "anhui")
    (desk.candidate.risk, desk.candidate.trl, desk.candidate.ask) = (3, 9, 5)
    desk.evidence = [EvidenceRow(firm: 1, date: desk.asOf), EvidenceRow(firm: 1, date: desk.asOf)]
    desk.hold(1, 2)
    for other in Int32(2)...4 {
      desk.hold(other, 1)
      desk.hold(other, 2)
    }
    #expect(try desk.explanation().score == 1_000_000)
  }
}
