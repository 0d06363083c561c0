/// One field of a noun. The field table of a noun is the single definition from which commands, CSV
/// headers, JSON, help and docs are made; the SQL column has the same name.
public struct Field: Sendable {
  public let name: String
  public let type: FieldType
  public let isRequired: Bool
  /// What it means, in half a sentence.
  public let help: String
  /// Other headers that spreadsheets use for it, compared loosely (see ``loosened(_:)``).
  public let aliases: [String]

  init(_ name: String, _ type: FieldType, required: Bool = false, _ help: String, aliases: [String] = []) {
    self.name = name
    self.type = type
    self.isRequired = required
    self.help = help
    self.aliases = aliases
  }

  /// Whether a spreadsheet's header means this field.
  public func matches(header: String) -> Bool {
    let loose = Self.loosened(header)
    return loose == Self.loosened(name) || aliases.contains { Self.loosened($0) == loose }
  }

  /// A header without case, spaces, punctuation and the star of a required column.
  public static func loosened(_ header: String) -> String {
    String(
      header.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) })
  }
}
