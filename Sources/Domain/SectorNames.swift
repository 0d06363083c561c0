/// The sectors by code and by name, so that a sheet may say 人工智能 or "Artificial intelligence" for `ai`.
public struct SectorNames: Sendable {
  private var codes: Set<String> = []
  /// Codes by loosened code or name, several where a name is that of several sectors.
  private var byName: [String: [String]] = [:]

  public init() {}

  public mutating func add(code: String, names: [String]) {
    codes.insert(code)
    for name in Set(([code] + names).map(Field.loosened)) where !name.isEmpty {
      byName[name, default: []].append(code)
    }
  }

  /// The code that a text means: itself where it is one. Nil where it means nothing known.
  /// - Throws: where it is the name of several sectors.
  func code(of text: String) throws(FieldType.Rejection) -> String? {
    if codes.contains(text) { return text }
    guard let found = byName[Field.loosened(text)] else { return nil }
    guard found.count == 1 else {
      throw FieldType.Rejection(
        "\(quoted(text)) is the name of several sectors: \(found.sorted().joined(separator: ", ")); give the code"
      )
    }
    return found[0]
  }
}
