import Domain

/// A numbered version of weights and curves: what the parameters of ``Policy/parameters`` stand at.
public struct Policy: Sendable, Hashable {
  /// Why values are no policy: a sentence that names the parameter.
  public struct Flaw: Error, Hashable, CustomStringConvertible {
    /// The parameter that is wrong, nil where it is several together.
    public let parameter: String?
    public let sentence: String

    public var description: String { sentence }
  }

  public let number: Int32
  /// In the order of ``parameters``.
  private var settings: [Int]

  /// The policy in which every parameter has its default.
  public init(number: Int32) {
    self.number = number
    settings = Self.parameters.map(\.default)
  }

  /// - Parameter values: by name; a parameter left out has its default, so that a policy written before a
  ///   parameter existed still reads.
  /// - Throws: ``Flaw`` for an unknown name, a value out of range, and weights that do not sum to 1,000,000.
  public init(number: Int32, values: [String: Int]) throws(Flaw) {
    self = try Policy(number: number).changing(values, number: number)
  }

  /// Reads a stored policy. It states every parameter of its day; a weight that it does not state is one of a criterion that
  /// did not exist then, and is 0, so that the weights still sum to 1,000,000.
  /// - Throws: ``Flaw``.
  public init(number: Int32, stored: [String: Int]) throws(Flaw) {
    var values = stored
    let sides = [
      Criterion.allCases.map(Self.weightName), FirmCriterion.allCases.map(Self.weightName),
    ]
    for names in sides where names.contains(where: { stored[$0] != nil }) {
      for name in names where stored[name] == nil { values[name] = 0 }
    }
    try self.init(number: number, values: values)
  }

  private static func weightName(_ criterion: Criterion) -> String { criterion.name + "_weight" }
  private static func weightName(_ criterion: FirmCriterion) -> String { "firm_\(criterion.name)_weight" }

  /// This policy with other values under another number.
  public func changing(_ values: [String: Int], number: Int32) throws(Flaw) -> Policy {
    var settings = settings
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let position = Self.positions[name] else {
        throw Flaw(parameter: name, sentence: "there is no parameter \(name)")
      }
      let range = Self.parameters[position].range
      guard range.contains(value) else {
        throw Flaw(
          parameter: name, sentence: "\(name) is \(value); \(range.lowerBound) to \(range.upperBound)")
      }
      settings[position] = value
    }
    let changed = Policy(number: number, settings: settings)
    try Self.check(Criterion.allCases.map(changed.weight), "the weights")
    try Self.check(FirmCriterion.allCases.map(changed.weight), "the weights of the firm's side")
    return changed
  }

  private static func check(_ weights: [Int], _ subject: String) throws(Flaw) {
    let sum = weights.reduce(0, +)
    guard sum == 1_000_000 else {
      throw Flaw(parameter: nil, sentence: "\(subject) sum to \(sum); they must sum to exactly 1000000")
    }
  }

  private init(number: Int32, settings: [Int]) {
    self.number = number
    self.settings = settings
  }

  /// Every parameter by name.
  public var values: [String: Int] {
    Dictionary(uniqueKeysWithValues: zip(Self.parameters, settings).map { ($0.name, $1) })
  }

  /// The value of a parameter, nil for a name that is none.
  public subscript(name: String) -> Int? { Self.positions[name].map { settings[$0] } }

  /// What a criterion is worth, in millionths of the score.
  public func weight(_ criterion: Criterion) -> Int { self[Self.weightName(criterion)]! }

  /// What a criterion of the firm's side is worth, in millionths of that score.
  public func weight(_ criterion: FirmCriterion) -> Int { self[Self.weightName(criterion)]! }

  /// How many candidates a deal list holds at most.
  public var depth: Int { self["depth"]! }

  /// How many introductions may wait for an investor's answer, and for a firm's.
  public var investorCap: Int { self["intro_cap_investor"]! }
  public var firmCap: Int { self["intro_cap_firm"]! }

  /// How many yeses a firm may expect of one emission, in thousandths.
  public var interest: Int { self["intro_interest"]! }

  /// Days that both sides have to answer an introduction.
  public var introductionDays: Int { self["intro_days"]! }

  /// Days until a pair whose introduction came to nothing without a no may be proposed again.
  public var cooldownDays: Int { self["intro_cooldown_days"]! }

  private static let positions = Dictionary(
    uniqueKeysWithValues: parameters.enumerated().map { ($1.name, $0) })
}
