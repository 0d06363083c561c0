import Domain
import Wire

/// Puts names beside the codes of a table, where the rows do not say them.
enum NameColumns {
  /// Codes of one noun whose names are wanted.
  struct Wanted: Hashable, Sendable {
    /// As FIND takes it.
    var noun: String
    var codes: [String]
  }

  /// What the code of a column names in a row, as FIND takes it; nil for columns that hold none.
  static func noun(of column: String, in row: JSON) -> String? {
    switch column {
    case "firm", "investor", "project", "institute", "roadshow", "programme", "scenario", "expert",
      "candidate",
      "party":
      column
    case "via", "fund", "buyer", "parent", "house": "investor"
    case "with", "from", "to": "party"
    case "of": row["of_kind"]?.text
    default: nil
    }
  }

  /// The columns of these rows that need a name beside them.
  private static func columns(_ rows: [JSON]) -> [String] {
    var names: [String] = []
    var coded: Set<String> = []
    for row in rows {
      guard case .object(let members) = row else { continue }
      for member in members {
        if !names.contains(member.name) { names.append(member.name) }
        if noun(of: member.name, in: row) != nil { coded.insert(member.name) }
      }
    }
    // A name says what the code right before it means.
    let covered = names.firstIndex(of: "name").flatMap { place in
      names[..<place].last { $0 == "code" || coded.contains($0) }
    }
    return names.filter { coded.contains($0) && $0 != covered && !names.contains("\($0)_name") }
  }

  static func wanted(of rows: [JSON]) -> [Wanted] {
    var wanted: [String: Set<String>] = [:]
    for column in columns(rows) {
      for row in rows {
        guard let noun = noun(of: column, in: row), case .string(let code)? = row[column], Code.isValid(code)
        else { continue }
        wanted[noun, default: []].insert(code)
      }
    }
    return wanted.filter { !$0.value.isEmpty }.map { Wanted(noun: $0.key, codes: $0.value.sorted()) }
      .sorted { $0.noun < $1.noun }
  }

  /// The rows with `firm_name` behind `firm` and so on, where a name is known.
  static func added(_ names: [String: [String: String]], to rows: [JSON]) -> [JSON] {
    let columns = Set(columns(rows))
    return rows.map { row in
      guard case .object(let members) = row else { return row }
      return .object(
        members.flatMap { member -> [JSON.Member] in
          guard columns.contains(member.name), let noun = noun(of: member.name, in: row),
            case .string(let code) = member.value, let name = names[noun]?[code]
          else { return [member] }
          return [member, .init("\(member.name)_name", .string(name))]
        })
    }
  }
}
