import Domain
import Wire

/// Scores as people type them: 0 to 100, with up to four decimals.
enum ScoreText {
  /// Whole numbers from here on are millionths, as JSON has them.
  static let leastMillionths = 10_000

  /// The millionths of a typed score; nil where it is none.
  ///
  /// No number means two things: up to 100 it is what tables show, from 10,000 on what JSON shows, and between them it is
  /// a slip.
  static func millionths(_ text: String) -> Int? {
    if let whole = Int(text), (leastMillionths...1_000_000).contains(whole) { return whole }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, (1...3).contains(whole.count),
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return nil }
    let decimals = parts.count == 2 ? parts[1] : ""
    guard decimals.count <= 4, parts.count == 1 || !decimals.isEmpty,
      let value = Int(whole + decimals + String(repeating: "0", count: 4 - decimals.count)),
      value <= 1_000_000
    else { return nil }
    return value
  }
}

extension RequestLine {
  /// Puts scores as people type them into the millionths of the protocol.
  mutating func readScores() throws(Failure) {
    guard let spec = CommandTable.spec(of: positional),
      spec.parameters.contains(where: { $0.name == Parameter.minScore.name })
    else { return }
    for index in named.indices where named[index].name == Parameter.minScore.name {
      let text = named[index].value
      guard let millionths = ScoreText.millionths(text) else {
        throw .usage(
          "min_score \"\(text)\" is no score; scores go from 0 to 100, like 85 or 87.5 (or, as JSON has them, "
            + "from \(ScoreText.leastMillionths) to 1000000 millionths)")
      }
      named[index].value = String(millionths)
    }
  }
}
