import Domain

/// In which order the chosen firms pitch: by lot, and so that the same firms do not always come first.
///
/// Those who judge many in a row mark down the first ones, so the first two places are a disadvantage that has to go
/// round (W. Bruine de Bruin, "Save the last dance for me: unwanted serial position effects in jury evaluations",
/// Acta Psychologica 118, 2005).
///
/// Whoever has the seed, the codes and the counts comes to the same order:
/// 1. Sort the codes bytewise.
/// 2. Shuffle them with ``SplitMix64`` (R. Fisher and F. Yates 1938, in the form of R. Durstenfeld 1964): for `i`
///    from the last position down to 1 draw `j = number(below: i + 1)` and swap positions `i` and `j`.
/// 3. The two who had an early place least often, of equals the one who came first in the shuffle, get the first two
///    places, who had it less the very first. All others follow as shuffled.
public enum PitchOrder {
  /// A firm that pitches.
  public struct Firm: Sendable, Hashable {
    public var code: String
    /// How often it had one of the early places before.
    public var early: Int

    public init(code: String, early: Int) {
      self.code = code
      self.early = early
    }
  }

  /// How many places are early.
  public static let earlyPlaces = 2

  /// The codes in the order in which they pitch. O(n log n).
  /// - Parameter firms: In any order, no code twice.
  public static func order(_ firms: [Firm], seed: UInt64) -> [String] {
    var order = firms.sorted { Code.precedes($0.code, $1.code) }
    var random = SplitMix64(seed: seed)
    for position in order.indices.dropFirst().reversed() {
      order.swapAt(position, Int(random.number(below: UInt64(position + 1))))
    }
    let early = order.indices.sorted { (order[$0].early, $0) < (order[$1].early, $1) }.prefix(earlyPlaces)
    return (early + order.indices.filter { !early.contains($0) }).map { order[$0].code }
  }
}
