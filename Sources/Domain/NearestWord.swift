/// Finds the word of a set that somebody probably meant to type.
public enum NearestWord {
  /// Bytes of a typed word that are looked at; longer ones are nothing somebody mistyped.
  private static let longest = 60

  /// The words nearest to a typed one, the nearest first, at most three; none where nothing is near.
  ///
  /// Case, `-` and `_` do not count, and less than three letters are near to nothing. Near is a word that the typed one
  /// begins, and one that is at most a third of its letters of additions, omissions, changes and swaps of neighbours away.
  public static func nearest(to typed: String, among words: some Sequence<String>) -> [String] {
    let typed = folded(typed)
    guard typed.count >= 3, typed.count <= longest else { return [] }
    var found: [(word: String, distance: Int)] = []
    for word in words where !found.contains(where: { $0.word == word }) {
      let other = folded(word)
      let distance = distance(typed, other)
      if distance <= max(1, typed.count / 3), distance < other.count {
        found.append((word, distance))
      } else if other.starts(with: typed) {
        found.append((word, typed.count))
      }
    }
    let least = found.map(\.distance).min() ?? 0
    return found.filter { $0.distance == least }.prefix(3).map(\.word)
  }

  /// `; did you mean deals?`, or nothing where no word is near.
  public static func hint(for typed: String, among words: some Sequence<String>) -> String {
    let near = nearest(to: typed, among: words)
    return near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
  }

  private static func folded(_ word: String) -> [UInt8] {
    word.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
  }

  /// Additions, omissions, changes and swaps of neighbours between two words (optimal string alignment).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var (before, last) = ([Int](), Array(0...b.count))
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
        row.append(least)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
