import Matching
import Wire

/// Why a page of DEALS has no rows.
struct EmptyList: Sendable {
  var attributes: [Attribute] = []
  var sentence: String

  /// A list of which no deal passes the filter of the request.
  init(filtered count: Int) {
    sentence =
      count == 1
      ? "the one deal of the list does not pass the filter" : "none of the \(count) deals passes the filter"
  }

  /// An empty list of one fund. O(candidates).
  init(of investor: Int, _ served: Served) {
    let counts = VetoCounts(served.scorer, investor: investor)
    attributes = [Attribute("candidates", counts.candidates)]
    if !counts.byVeto.isEmpty {
      attributes.append(
        Attribute("vetoed", counts.byVeto.map { "\($0.veto.name):\($0.candidates)" }.joined(separator: ",")))
    }
    if counts.candidates == 0 {
      sentence = "the registry has no project or firm that is not retired"
    } else if counts.open > 0 {
      sentence =
        "\(counts.open) of \(counts.candidates) candidates would stand on it now; it follows in a moment"
    } else {
      let vetoes = counts.byVeto.map { "\($0.candidates) vetoed by \($0.veto.name)" }
      sentence =
        "of \(counts.candidates) candidates \(vetoes.joined(separator: ", ")); EXPLAIN <investor> <firm> says more"
    }
  }

  /// An empty list of a house.
  init(house funds: [String]) {
    sentence =
      funds.isEmpty
      ? "it is a house without funds; its list is theirs"
      : "the lists of its funds are empty; DEALS \(funds[0]) says why of one"
  }
}
