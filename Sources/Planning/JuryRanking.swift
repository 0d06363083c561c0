/// The result of a competition: firms in the order of the marks that jurors gave them, as if each juror had marked all
/// of them.
///
/// A juror's mark of a firm is the weighted mean of the points over the criteria, and counts once all criteria are
/// marked. A firm's **raw** score is the mean of its marks. Since a juror with a conflict of interest is recused from
/// a firm, firms have different juries, and one that met the strict jurors would lose by it. So its **corrected** score
/// is what the additive model *mark = firm + juror* gives for the firm, fitted by least squares to all marks (F. Yates,
/// "The analysis of multiple classifications with unequal numbers in the different classes", JASA 29, 1934): a firm's
/// score is the mean of its marks less the biases of their jurors, and a juror's bias is the mean of what its marks are
/// above the scores of their firms. Biases sum to 0, which leaves scores where raw ones are; where everybody has marked
/// everything, they are the same.
///
/// Only jurors who share a firm, or share one with others who do, can be compared. Where juries fall apart into
/// several such **circles**, biases sum to 0 in each, and firms of different ones are ranked on trust.
public struct JuryRanking: Sendable, Hashable {
  /// What a juror gave a firm by one criterion.
  public struct Mark: Sendable, Hashable {
    /// Which of the jurors.
    public var juror: Int
    /// Which of the firms.
    public var firm: Int
    /// Which of the criteria.
    public var criterion: Int
    /// 0…100.
    public var points: Int

    public init(juror: Int, firm: Int, criterion: Int, points: Int) {
      self.juror = juror
      self.firm = firm
      self.criterion = criterion
      self.points = points
    }
  }

  /// A juror and a firm.
  public struct Seat: Sendable, Hashable, Comparable {
    public var juror: Int
    public var firm: Int

    public init(juror: Int, firm: Int) {
      self.juror = juror
      self.firm = firm
    }

    public static func < (left: Seat, right: Seat) -> Bool {
      (left.firm, left.juror) < (right.firm, right.juror)
    }
  }

  public struct Request: Sendable {
    /// How many firms compete.
    public var firms: Int
    /// How many jurors there are.
    public var jurors: Int
    /// By criterion, 1…100.
    public var weights: [Int]
    /// In any order; of a juror, a firm and a criterion one.
    public var marks: [Mark]
    /// Which jurors do not judge which firms. Marks that they gave all the same do not count.
    public var recusals: Set<Seat>

    public init(firms: Int, jurors: Int, weights: [Int], marks: [Mark], recusals: Set<Seat> = []) {
      self.firms = firms
      self.jurors = jurors
      self.weights = weights
      self.marks = marks
      self.recusals = recusals
    }
  }

  /// How a firm came out.
  public struct Place: Sendable, Hashable {
    /// Which of the firms.
    public var firm: Int
    /// From 1; firms with the same corrected score share a rank, and the ranks after it stay empty. Nil for a firm
    /// without a mark.
    public var rank: Int?
    /// Millionths of 100 points, rounded down.
    public var raw: Int?
    /// Millionths of 100 points, rounded down; below 0 or above 1,000,000 where jurors are far apart.
    public var corrected: Int?
    /// How many jurors' marks count.
    public var jurors: Int
    /// The other firms of this rank, rising.
    public var ties: [Int]
  }

  /// Best first, firms without a mark last; of equals the first firm first.
  public let places: [Place]
  /// By juror, in millionths of 100 points, rounded down: above 0 for one who gives more than others. Nil for one
  /// without a mark.
  public let biases: [Int?]
  /// Who has yet to mark a firm by some criterion, by firm and then juror.
  public let missing: [Seat]
  /// How many circles there are.
  public let circles: Int

  /// Ranks: O(jurors³ + jurors² × firms). Made for up to 100 jurors, 1,000 firms and 20 criteria.
  public init(_ request: Request) {
    let table = JuryTable(request)
    let model = JuryModel(table)
    missing = table.missing
    circles = model.circles
    biases = (0..<request.jurors).map(model.bias)
    var places = (0..<request.firms).map { firm in
      Place(
        firm: firm, rank: nil, raw: table.mean(firm), corrected: model.score(firm),
        jurors: table.jurors[firm].count, ties: [])
    }
    places.sort { left, right in
      guard let one = left.corrected, let other = right.corrected, one != other else {
        let areUnknown = (left.corrected == nil, right.corrected == nil)
        return areUnknown.0 == areUnknown.1 ? left.firm < right.firm : areUnknown.1
      }
      return one > other
    }
    let groups = Dictionary(grouping: places, by: \.corrected).mapValues { $0.map(\.firm) }
    for place in places.indices {
      guard let score = places[place].corrected else { continue }
      places[place].rank = 1 + places.firstIndex { $0.corrected == score }!
      places[place].ties = groups[score]!.filter { $0 != places[place].firm }
    }
    self.places = places
  }
}
