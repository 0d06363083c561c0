import Domain

// What a mandate is there for, beyond what the kernel forbids: a stage or a sector that it does not name costs points and is
// no veto, but no money was set aside for it.

extension Snapshot {
  /// Whether an investor names stages or sectors. A house that leaves this to its funds has no money of its own to give.
  public func statesMandate(investor: Int) -> Bool {
    investors.stages[investor] != 0 || !investors.sectors.range(investor).isEmpty
  }

  /// Whether a mandate names a stage, or none at all. One that is not known is taken only where none is named.
  func takes(_ stage: Stage?, investor: Int) -> Bool {
    let mask = investors.stages[investor]
    return mask == 0 || stage.map { mask >> UInt16($0.rawValue) & 1 == 1 } ?? false
  }

  /// Whether a mandate gives weight to a sector at, above or below one of these, or names no sectors.
  func takes(_ sectors: some Sequence<UInt16>, investor: Int) -> Bool {
    guard !investors.sectors.range(investor).isEmpty else { return true }
    return sectors.contains { sector in
      investors.sectors[investor].contains { wanted in
        wanted.millionths > 0
          && (self.sectors.isSector(Int(sector), atOrBelow: Int(wanted.sector))
            || self.sectors.isSector(Int(wanted.sector), atOrBelow: Int(sector)))
      }
    }
  }

  /// Whether an investor is neither the state's own fund nor one under it.
  func isPrivate(investor: Int) -> Bool {
    let kind = interning.words.text(investors.kinds[investor])
    return kind != "state_fund" && kind != "sub_fund"
  }

  /// The currency in which most firms ask that are not retired, the first by code of several; nil where none asks in any.
  /// O(candidates).
  public var commonCurrency: String? {
    var counts = [Int](repeating: 0, count: interning.currencies.texts.count)
    for index in 0..<candidates.count where asks(index) && candidates.currencies[index] >= 0 {
      counts[Int(candidates.currencies[index])] += 1
    }
    let asked = counts.indices.filter { counts[$0] > 0 }
    return asked.min { left, right in
      counts[left] != counts[right]
        ? counts[left] > counts[right]
        : Code.precedes(interning.currencies.texts[left], interning.currencies.texts[right])
    }.map { interning.currencies.texts[$0] }
  }

  /// Whether a candidate is a firm that asks for money and is not retired.
  func asks(_ candidate: Int) -> Bool {
    candidates.asks[candidate] >= 0 && candidates.flags[candidate].isDisjoint(with: [.project, .retired])
  }
}
