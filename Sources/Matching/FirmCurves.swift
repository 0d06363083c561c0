import Domain

/// A policy's curves of the firm's side, taken out of its parameters once. Values are millionths of a criterion.
struct FirmCurves: Sendable {
  /// By criterion.
  private let weights: [Int]
  private let priors: [Int]
  let leadFollower: Int
  let leadSpare: Int
  let reachHouse: Int
  private let valueHeld: [Int]
  let valueCVC: Int
  let valueNear: Int
  let valueRegion: Int
  let limitsTicket: Int
  let limitsBudget: Int
  let wishesKind: Int
  let wishesOther: Int
  let concentrationFrom: Int

  init(_ policy: Policy) {
    func value(_ name: String) -> Int {
      guard let value = policy[name] else { preconditionFailure("No parameter is named \(name).") }
      return value
    }
    weights = FirmCriterion.allCases.map(policy.weight)
    priors = FirmCriterion.allCases.map { value("firm_\($0.name)_prior") }
    leadFollower = value("firm_lead_follower")
    leadSpare = value("firm_lead_spare")
    reachHouse = value("firm_reach_house")
    valueHeld = (0...3).map { value("firm_value_held_\($0)") }
    valueCVC = value("firm_value_cvc")
    valueNear = value("firm_value_near")
    valueRegion = value("firm_value_region")
    limitsTicket = value("firm_limits_ticket")
    limitsBudget = value("firm_limits_budget")
    wishesKind = value("firm_wishes_kind")
    wishesOther = value("firm_wishes_other")
    concentrationFrom = value("concentration_from")
  }

  /// What a value brings to the score, in millionths of the whole; the prior's for nil.
  func points(_ criterion: FirmCriterion, _ value: Int?) -> Int32 {
    let place = Int(criterion.rawValue)
    return Int32(weights[place] * (value ?? priors[place]) / Curves.one)
  }

  func held(_ count: Int) -> Int { valueHeld[min(count, 3)] }

  /// The value of three parts, the prior standing in for one that is not known; nil where none is.
  /// - Parameter shares: of the first two, the third has the rest.
  func value(
    _ criterion: FirmCriterion, _ parts: (Int?, Int?, Int?), shares: (Int, Int)
  ) -> Int? {
    if parts == (nil, nil, nil) { return nil }
    let prior = priors[Int(criterion.rawValue)]
    let sum =
      (parts.0 ?? prior) * shares.0 + (parts.1 ?? prior) * shares.1
      + (parts.2 ?? prior) * (Curves.one - shares.0 - shares.1)
    return sum / Curves.one
  }
}
