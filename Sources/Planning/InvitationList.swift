/// Invitations one after the other, with what each further one would add.
struct InvitationList {
  private let table: InvitationTable
  private(set) var invitations: [Invitations.Invitation] = []
  private var isListed: [Bool]
  /// By house, the interests of those who are listed, the greatest first.
  private var houses: [[Int]]
  /// By firm, how many interested investors can be expected, in millionths.
  private var expected: [Int]

  init(_ table: InvitationTable) {
    self.table = table
    isListed = [Bool](repeating: false, count: table.investors.count)
    houses = [[Int]](repeating: [], count: table.houseNames.count)
    expected = [Int](repeating: 0, count: table.firms.count)
  }

  /// Appends those of the investors who add most until the list is so long. Those who have a guaranteed place are
  /// appended even where they add nothing.
  mutating func extend(_ investors: [Int], to count: Int) {
    var queue = LazyQueue(investors.filter { !isListed[$0] }, gain: gain)
    while invitations.count < count, let next = queue.next(gain: gain) { append(next.item, next.gain) }
  }

  private func isFull(_ house: Int) -> Bool { house >= 0 && houses[house].count >= table.most }

  /// In 10^-12 of an investor; nil for one who is not to be invited.
  private func gain(_ investor: Int) -> Int? {
    let house = table.houses[investor]
    guard !isFull(house) else { return nil }
    let interest = table.interests[investor]
    var gain = interest * 1_000_000
    if house >= 0 {
      let joined = (houses[house] + [interest]).sorted(by: >)
      gain = table.worth(ofHouse: joined) - table.worth(ofHouse: houses[house])
    }
    for attraction in table.attractions[investor] {
      let missing = max(0, table.demands[attraction.firm] - expected[attraction.firm])
      gain += min(missing, attraction.probability) * table.request.coverage
    }
    return gain > 0 || isGuaranteed(investor) ? gain : nil
  }

  private func isGuaranteed(_ investor: Int) -> Bool {
    table.request.investors[table.investors[investor]].standing == .guaranteed
  }

  private mutating func append(_ investor: Int, _ gain: Int) {
    let attractions = table.attractions[investor]
    let best = attractions.sorted { ($1.probability, $0.firm) < ($0.probability, $1.firm) }.prefix(3)
    let covered = attractions.filter { expected[$0.firm] < table.demands[$0.firm] }
    isListed[investor] = true
    let house = table.houses[investor]
    if house >= 0 {
      houses[house].append(table.interests[investor])
      houses[house].sort(by: >)
    }
    for attraction in attractions { expected[attraction.firm] += attraction.probability }
    invitations.append(
      Invitations.Invitation(
        investor: table.investors[investor], interest: table.interests[investor], gain: gain / 1_000_000,
        best: best.map {
          Invitations.Attraction(firm: table.firms[$0.firm], probability: $0.probability)
        },
        placeInHouse: house < 0 ? 0 : houses[house].count, covers: covered.map { table.firms[$0.firm] }))
  }

  func coverage() -> [Invitations.Coverage] {
    table.firms.enumerated().map { number, firm in
      Invitations.Coverage(
        firm: firm, expected: expected[number], demand: table.request.firms[firm].demand)
    }
  }

  /// Why the others are not in the list.
  func others() -> [Invitations.Other] {
    isListed.indices.filter { !isListed[$0] }.map { number in
      let investor = table.investors[number]
      let reason: Invitations.Other.Reason =
        if table.request.investors[investor].standing == .excluded {
          .excluded
        } else if table.interests[number] == 0 {
          .noInterest
        } else if isFull(table.houses[number]) {
          .houseFull
        } else {
          .places
        }
      return Invitations.Other(investor: investor, reason: reason)
    }
  }
}
