import Domain

/// Every move of an introduction, and every standing that moves lead to.
public enum IntroductionMoves {
  private static let day = Day("2030-03-31")!

  public static let all: [IntroductionMove] =
    IntroductionSide.allCases.flatMap { side in
      [
        .accept(side), .decline(side, .other), .defer(side, until: day), .ask(side), .return(side),
        .advance(to: .noShow, side),
      ]
    } + [.withdraw, .expire] + IntroductionState.allCases.map { .advance(to: $0, nil) }

  public static let standings: Set<IntroductionStanding> = {
    var found: Set<IntroductionStanding> = [IntroductionStanding()]
    var open = found
    while let standing = open.popFirst() {
      for move in all {
        var next = standing
        if (try? next.make(move)) != nil, found.insert(next).inserted { open.insert(next) }
      }
    }
    return found
  }()
}
