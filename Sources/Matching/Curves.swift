import Domain

/// A policy's curves, taken out of its parameters once. Values are millionths of a criterion. Without arrays, so that
/// threads that copy it count no references.
struct Curves: Sendable {
  static let one = 1_000_000

  /// Weights and priors by criterion, with room for more than there are.
  let weights: InlineArray<16, Int>
  let priors: InlineArray<16, Int>
  let stageDistance: InlineArray<4, Int>
  let sectorSecondary: Int
  let riskUnder: InlineArray<5, Int>
  let riskOverCost: Int
  let ticketHighReach: Int64
  let ticketLowReach: Int64
  let regionSameCountry: Int
  let readinessEvidence: Int
  let readinessGap: InlineArray<4, Int>
  private let evidence: InlineArray<3, Int>
  private let record: Int
  /// By stage.
  let trlNorms: InlineArray<10, Int>
  let coInvestors: InlineArray<4, Int>
  private let stateCapital: Int
  let concentrationFrom: Int

  init(_ policy: Policy) {
    func value(_ name: String) -> Int {
      guard let value = policy[name] else { preconditionFailure("No parameter is named \(name).") }
      return value
    }
    func values<let count: Int>(_ prefix: String) -> InlineArray<count, Int> {
      InlineArray { value("\(prefix)_\($0)") }
    }
    func byCriterion(_ suffix: String) -> InlineArray<16, Int> {
      let criteria = Criterion.allCases
      precondition(criteria.count <= 16, "Curves have room for 16 criteria, as Reasons have.")
      return InlineArray { $0 < criteria.count ? value(criteria[$0].name + suffix) : 0 }
    }
    weights = byCriterion("_weight")
    priors = byCriterion("_prior")
    stageDistance = values("stage_distance")
    sectorSecondary = value("sector_secondary")
    riskUnder = values("risk_under")
    riskOverCost = value("risk_over_cost")
    ticketHighReach = Int64(value("ticket_high_reach"))
    ticketLowReach = Int64(value("ticket_low_reach"))
    regionSameCountry = value("region_same_country")
    readinessEvidence = value("readiness_evidence")
    readinessGap = values("readiness_gap")
    evidence = values("evidence")
    record = value("readiness_record")
    trlNorms = InlineArray {
      let stage = Stage.allCases[$0]
      return value(stage >= .seriesD ? "trl_later" : "trl_\(stage.name)")
    }
    coInvestors = values("co_investors")
    stateCapital = value("co_investors_state")
    concentrationFrom = value("concentration_from")
  }

  /// What a value brings to the score, in millionths of the whole.
  func points(_ criterion: Criterion, _ value: Int) -> Int32 { Self.points(weight: weight(criterion), value) }

  static func points(weight: Int, _ value: Int) -> Int32 { Int32(weight * value / one) }

  func weight(_ criterion: Criterion) -> Int { weights[Int(criterion.rawValue)] }

  func prior(_ criterion: Criterion) -> Int { priors[Int(criterion.rawValue)] }

  func stage(distance: Int) -> Int { stageDistance[min(distance, 3)] }

  /// - Parameter over: steps of the risk above the tolerance, negative below it.
  func risk(over: Int) -> Int {
    over > 0 ? max(0, riskUnder[0] - over * riskOverCost) : riskUnder[-over]
  }

  /// - Parameters:
  ///   - trl: nil unknown.
  ///   - record: As ``record(_:stage:)`` gives it.
  func readiness(stage: Stage?, trl: Int?, evidence count: Int, record: Int? = nil) -> Int {
    var maturity = prior(.readiness)
    if let stage, let trl {
      maturity = readinessGap[min(max(0, trlNorms[Int(stage.rawValue)] - trl), 3)]
    }
    let evidence = max(evidence(count), record ?? 0)
    return (maturity * (Self.one - readinessEvidence) + evidence * readinessEvidence) / Self.one
  }

  func evidence(_ count: Int) -> Int { evidence[min(count, 2)] }

  /// What the track record of an institute counts as evidence of a candidate; nil where there is none, and where the
  /// candidate is too old for it to tell anything.
  func record(_ record: Int?, stage: Stage?) -> Int? {
    guard let record, let stage, stage <= .seed else { return nil }
    return record * self.record / Self.one
  }

  func coInvestors(_ count: Int) -> Int { coInvestors[min(count, 3)] }

  /// What the effect of state capital in a candidate is worth to investors that are none of it.
  func stateCapital(_ signal: Int) -> Int { signal * stateCapital / Self.one }

  /// The part of a whole, both not negative, in millionths, rounded down.
  @inline(__always)
  static func share(_ part: Int64, of whole: Int64) -> Int {
    let (product, overflow) = part.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? wideShare(part, of: whole) : Int(product / whole)
  }

  @inline(never)
  private static func wideShare(_ part: Int64, of whole: Int64) -> Int {
    Int(Int128(part) * 1_000_000 / Int128(whole))
  }
}
