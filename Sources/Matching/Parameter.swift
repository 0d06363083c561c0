import Domain

/// One number of a policy.
public struct Parameter: Sendable, Hashable {
  public let name: String
  public let `default`: Int
  public let range: ClosedRange<Int>
  /// What it means, in half a sentence.
  public let help: String

  fileprivate init(_ name: String, _ `default`: Int, _ range: ClosedRange<Int>, _ help: String) {
    self.name = name
    self.default = `default`
    self.range = range
    self.help = help
  }

  /// A share of the whole, in millionths.
  fileprivate init(_ name: String, _ `default`: Int, _ help: String) {
    self.init(name, `default`, 0...1_000_000, help)
  }
}

extension Policy {
  /// Every parameter, in the order in which it is shown. Values of curves are millionths of a criterion.
  public static let parameters: [Parameter] =
    weights + priors + stage + sector + risk + ticket + region + readiness + coInvestors + lists + firmWeights
    + firmPriors + firmCurves + introductions + needs

  private static let weights = [
    Parameter("stage_weight", 200_000, "weight of the stage"),
    Parameter("sector_weight", 300_000, "weight of the sectors"),
    Parameter("risk_weight", 120_000, "weight of risk against tolerance"),
    Parameter("ticket_weight", 150_000, "weight of the ask against the ticket"),
    Parameter("region_weight", 100_000, "weight of the region"),
    Parameter("readiness_weight", 80_000, "weight of technology readiness and evidence"),
    Parameter("co_investors_weight", 50_000, "weight of known co-investors"),
  ]

  private static let priors = [
    Parameter("stage_prior", 500_000, "value of an unknown stage"),
    Parameter("sector_prior", 400_000, "value of unknown sectors"),
    Parameter("risk_prior", 500_000, "value of an unknown risk or tolerance"),
    Parameter("ticket_prior", 500_000, "value of an unknown ask, ticket or exchange rate"),
    Parameter("region_prior", 500_000, "value of an unknown region"),
    Parameter("readiness_prior", 500_000, "value of an unknown TRL within readiness"),
    Parameter("co_investors_prior", 400_000, "value where either side has no history of holdings"),
  ]

  private static let stage = [
    Parameter("stage_distance_0", 1_000_000, "value at a stage of the mandate"),
    Parameter("stage_distance_1", 600_000, "value one stage away"),
    Parameter("stage_distance_2", 250_000, "value two stages away"),
    Parameter("stage_distance_3", 0, "value three or more stages away"),
  ]

  private static let sector = [
    Parameter("sector_secondary", 800_000, "what a sector counts that is not the primary one")
  ]

  private static let risk = [
    Parameter("risk_under_0", 1_000_000, "value of a risk at the tolerance"),
    Parameter("risk_under_1", 1_000_000, "value one step under the tolerance"),
    Parameter("risk_under_2", 900_000, "value two steps under the tolerance"),
    Parameter("risk_under_3", 800_000, "value three steps under the tolerance"),
    Parameter("risk_under_4", 700_000, "value four steps under the tolerance"),
    Parameter("risk_over_cost", 300_000, "what each step above the tolerance takes from risk_under_0"),
  ]

  private static let ticket = [
    Parameter(
      "ticket_high_reach", 10, 1...1_000, "an ask above the largest ticket times this is a veto"),
    Parameter(
      "ticket_low_reach", 4, 1...1_000, "an ask below the smallest ticket over this is a veto"),
  ]

  private static let region = [
    Parameter(
      "region_same_country", 400_000,
      "value in the country of the investor outside its regions, before its local quota")
  ]

  private static let readiness = [
    Parameter("readiness_evidence", 300_000, "share of evidence in readiness, the rest being TRL"),
    Parameter("readiness_gap_0", 1_000_000, "value of a TRL at or above the norm of the stage"),
    Parameter("readiness_gap_1", 700_000, "value of a TRL one below the norm"),
    Parameter("readiness_gap_2", 350_000, "value of a TRL two below the norm"),
    Parameter("readiness_gap_3", 100_000, "value of a TRL three or more below the norm"),
    Parameter("evidence_0", 200_000, "value of no evidence"),
    Parameter("evidence_1", 700_000, "value of one piece of evidence"),
    Parameter("evidence_2", 1_000_000, "value of two or more pieces of evidence"),
    Parameter(
      "readiness_record", 700_000, "value of a full track record of its institute as evidence of a young one"),
    Parameter("trl_pre_seed", 3, 1...9, "normal TRL at pre_seed"),
    Parameter("trl_angel", 4, 1...9, "normal TRL at angel"),
    Parameter("trl_seed", 5, 1...9, "normal TRL at seed"),
    Parameter("trl_series_a", 6, 1...9, "normal TRL at series_a"),
    Parameter("trl_series_b", 7, 1...9, "normal TRL at series_b"),
    Parameter("trl_series_c", 8, 1...9, "normal TRL at series_c"),
    Parameter("trl_later", 9, 1...9, "normal TRL at series_d and later"),
  ]

  private static let coInvestors = [
    Parameter("co_investors_0", 200_000, "value of no known co-investor"),
    Parameter("co_investors_1", 600_000, "value of one known co-investor"),
    Parameter("co_investors_2", 850_000, "value of two known co-investors"),
    Parameter("co_investors_3", 1_000_000, "value of three or more known co-investors"),
    Parameter(
      "co_investors_state", 850_000, "value of state capital in it with a full effect, to other investors"),
  ]

  private static let lists = [
    Parameter(
      "concentration_from", 5, 0...1_000_000, "holdings from which on the concentration cap is checked"),
    Parameter("depth", 50, 1...Limits.listDepth, "candidates of a deal list"),
  ]

  private static let firmWeights = [
    Parameter("firm_lead_weight", 200_000, "for a firm, weight of whether the investor leads"),
    Parameter("firm_reach_weight", 200_000, "for a firm, weight of the coming stages that are covered"),
    Parameter("firm_value_weight", 250_000, "for a firm, weight of value beyond money"),
    Parameter("firm_limits_weight", 200_000, "for a firm, weight of the room that limits leave"),
    Parameter("firm_wishes_weight", 150_000, "for a firm, weight of its stated wishes"),
  ]

  private static let firmPriors = [
    Parameter("firm_lead_prior", 500_000, "value where either side does not say about leading"),
    Parameter("firm_reach_prior", 400_000, "value of an unknown stage or mandate without stages"),
    Parameter("firm_value_prior", 300_000, "value of an unknown part of the value beyond money"),
    Parameter("firm_limits_prior", 500_000, "value of an unknown limit"),
    Parameter("firm_wishes_prior", 500_000, "value where the firm states no wishes"),
  ]

  private static let firmCurves = [
    Parameter("firm_lead_follower", 200_000, "value of an investor that follows where a lead is sought"),
    Parameter("firm_lead_spare", 600_000, "value of an investor that leads where none is sought"),
    Parameter("firm_reach_house", 500_000, "what a stage counts that only others of the house cover"),
    Parameter("firm_value_held_0", 100_000, "value of no firm of the top-level sector held so far"),
    Parameter("firm_value_held_1", 500_000, "value of one firm of that sector held so far"),
    Parameter("firm_value_held_2", 750_000, "value of two firms of that sector held so far"),
    Parameter(
      "firm_value_held_3", 1_000_000, "value of three or more firms of that sector held so far"),
    Parameter("firm_value_cvc", 200_000, 0...500_000, "share of being a CVC in value beyond money"),
    Parameter(
      "firm_value_near", 200_000, 0...500_000,
      "share of being near in value beyond money, the rest being firms held"),
    Parameter("firm_value_region", 600_000, "value of being in the region of the firm, but not in its city"),
    Parameter(
      "firm_limits_ticket", 400_000, 0...500_000, "share of a ticket that carries the ask in the limits"),
    Parameter(
      "firm_limits_budget", 400_000, 0...500_000,
      "share of a budget that carries twice the ask in the limits, the rest being the concentration cap"),
    Parameter("firm_wishes_kind", 800_000, "value of an investor of a wanted kind, not wanted by name"),
    Parameter("firm_wishes_other", 200_000, "value of any other investor where the firm states wishes"),
  ]

  private static let introductions = [
    Parameter("intro_cap_investor", 5, 1...100, "introductions that may wait for the answer of an investor"),
    Parameter("intro_cap_firm", 10, 1...1_000, "introductions that may wait for the answer of a firm"),
    Parameter(
      "intro_interest", 3_000, 100...1_000_000, "thousandths of a yes that a firm may expect of one emission"),
    Parameter("intro_days", 14, 1...365, "days that both sides have to answer"),
    Parameter(
      "intro_cooldown_days", 90, 0...3_650,
      "days until a pair that came to nothing without a no may come again"),
  ]

  /// What the desk requires before a step. No score depends on it.
  private static let needs = RelayStep.names.flatMap { step in
    ["expert", "commercial", "financial", "legal", "committee"].map { kind in
      let needed = kind == "committee" ? "an approving decision of a committee" : "a fresh \(kind) review"
      return Parameter("need_\(step)_\(kind)", 0, 0...1, "1: \(needed) is needed before \(step)")
    }
  }
}
