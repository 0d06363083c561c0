import Domain

/// What the program knows of a command: its words, arguments and help line, and how a request is read.
/// The command table, HELP and the completion of the client are made from these.
public struct CommandSpec: Sendable {
  /// `DEALS`, `RUN LIST`; uppercase.
  public let words: String
  public let group: Group
  public let access: Access
  public let load: Load
  public let parameters: [Parameter]
  /// What it does, in one sentence.
  public let help: String
  let read: @Sendable (inout Arguments) throws(WireError) -> Request

  /// The groups of HELP.
  public enum Group: String, Sendable, CaseIterable {
    case session, registry, ranking, rescoring, introductions, roadshows, operations
  }

  init(
    _ words: String, _ group: Group, _ access: Access, _ load: Load, _ parameters: [Parameter],
    _ help: String,
    read: @escaping @Sendable (inout Arguments) throws(WireError) -> Request
  ) {
    self.words = words
    self.group = group
    self.access = access
    self.load = load
    self.parameters = parameters
    self.help = help
    self.read = read
  }

  /// Whether rows follow the request line.
  public var takesUpload: Bool { load.upload != nil }

  /// `DEALS [<investor>] [limit=] …`
  public var usage: String { ([words] + parameters.map(\.usage)).joined(separator: " ") }
}

/// One argument of a command.
public struct Parameter: Sendable {
  public enum Kind: Sendable, Hashable {
    /// Stands by its place; an optional one may be left out.
    case positional(required: Bool)
    /// `name=value`.
    case named(required: Bool)
    /// Any field of the noun as `field=value`; with a prefix, `prefix.field=value`.
    case fields(Noun, prefix: String?)
    /// Any `name=value` that the handler checks.
    case settings
  }

  public let name: String
  public let kind: Kind
  public let help: String
  /// The words it takes, for completion.
  public let choices: [String]

  init(_ name: String, _ kind: Kind, _ help: String, choices: [String] = []) {
    self.name = name
    self.kind = kind
    self.help = help
    self.choices = choices
  }

  static func code(_ name: String, _ help: String) -> Parameter {
    Parameter(name, .positional(required: true), help)
  }

  static let key = Parameter("key", .named(required: false), "takes effect at most once for this key")
  static let limit = Parameter("limit", .named(required: false), "rows of a page, 1 to \(Limits.largestPage)")
  static let after = Parameter("after", .named(required: false), "cursor from next= of the page before")

  /// The protocol has scores in millionths; the client takes them as people read them.
  public static let minScore = Parameter(
    "min_score", .named(required: false),
    "least score; in the client 0 to 100, like 85 or 87.5; in the protocol millionths, like 850000")

  public var usage: String {
    switch kind {
    case .positional(true): "<\(name)>"
    case .positional(false): "[<\(name)>]"
    case .named(true): "\(name)="
    case .named(false): "[\(name)=]"
    case .fields(let noun, let prefix): "[\(prefix.map { "\($0)." } ?? "")<field of \(noun.name)>=…]"
    case .settings: "\(name)=…"
    }
  }
}

/// The arguments of one request, checked against its command's parameters and handed out one by one.
public struct Arguments: Sendable {
  public let spec: CommandSpec
  private var positional: [String: String] = [:]
  /// What `fields` and `settings` parameters took, in order.
  public private(set) var rest: [Attribute] = []
  private var named: [String: String] = [:]

  /// - Throws: 502 that names the argument that is too many, missing or unknown.
  init(_ spec: CommandSpec, positional values: ArraySlice<String>, named: [Attribute]) throws(WireError) {
    self.spec = spec
    let places = spec.parameters.filter { if case .positional = $0.kind { true } else { false } }
    guard values.count <= places.count else {
      throw .badArgument(values[values.startIndex + places.count], "one argument too many; \(spec.usage)")
    }
    for (place, value) in zip(places, values) { positional[place.name] = value }
    for place in places where place.kind == .positional(required: true) && positional[place.name] == nil {
      throw .badArgument(place.name, "is missing; \(spec.usage)")
    }
    for attribute in named { try take(attribute) }
    for parameter in spec.parameters where parameter.kind == .named(required: true) {
      if self.named[parameter.name] == nil { throw .badArgument(parameter.name, "is missing; \(spec.usage)") }
    }
  }

  private mutating func take(_ attribute: Attribute) throws(WireError) {
    for parameter in spec.parameters {
      switch parameter.kind {
      case .named where parameter.name == attribute.name:
        named[attribute.name] = attribute.value
        return
      case .fields(let noun, let prefix):
        let dotted = prefix.map { "\($0)." } ?? ""
        guard attribute.name.hasPrefix(dotted) else { continue }
        if noun.field(String(attribute.name.dropFirst(dotted.count))) != nil {
          return rest.append(attribute)
        }
      case .settings: return rest.append(attribute)
      default: continue
      }
    }
    let names = known
    let hint = NearestWord.hint(for: attribute.name, among: names)
    let list = names.isEmpty ? "it takes no keys" : "it takes \(names.joined(separator: ", "))"
    throw .badArgument(attribute.name, "is unknown to \(spec.words)\(hint.isEmpty ? ";" : hint) \(list)")
  }

  private var known: [String] {
    var names: [String] = []
    for parameter in spec.parameters {
      switch parameter.kind {
      case .positional: break
      case .fields(let noun, let prefix):
        names += noun.fields.map { (prefix.map { "\($0)." } ?? "") + $0.name }
      default: names.append(parameter.name)
      }
    }
    return names
  }

  /// The same with an argument that was left out.
  func naming(_ name: String, _ value: String) -> Arguments {
    var copy = self
    copy.positional[name] = value
    return copy
  }

  /// The text of a parameter, nil where it is not given.
  public func text(_ name: String) -> String? { positional[name] ?? named[name] }

  public func required(_ name: String) -> String {
    guard let value = text(name) else { preconditionFailure("\(spec.words) declares \(name) as required") }
    return value
  }

  /// A code.
  public func code(_ name: String) throws(WireError) -> String {
    let value = required(name)
    guard Code.isValid(value) else {
      throw .badArgument(name, "\"\(value.prefix(60))\" is not a code: \(Code.rule)")
    }
    return value
  }

  public func optionalCode(_ name: String) throws(WireError) -> String? {
    text(name) == nil ? nil : try code(name)
  }

  public func integer(_ name: String, in range: ClosedRange<Int>) throws(WireError) -> Int? {
    guard let text = text(name) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw .badArgument(
        name, "\"\(text.prefix(60))\" is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  public func flag(_ name: String) throws(WireError) -> Bool {
    guard let text = text(name) else { return false }
    switch text.lowercased() {
    case "yes", "true", "1": return true
    case "no", "false", "0": return false
    default: throw .badArgument(name, "\"\(text.prefix(60))\" is neither yes nor no")
    }
  }

  public func choice(_ name: String, of words: [String]) throws(WireError) -> String? {
    guard let text = text(name)?.lowercased() else { return nil }
    guard words.contains(text) else {
      let hint = NearestWord.hint(for: text, among: words)
      throw .badArgument(
        name,
        "unknown \(name) \"\(text.prefix(60))\"\(hint.isEmpty ? ";" : hint) one of \(words.joined(separator: ", "))"
      )
    }
    return text
  }

  /// A page: at most so many rows, after a cursor.
  public func page() throws(WireError) -> Page {
    Page(limit: try integer("limit", in: 1...Limits.largestPage) ?? Limits.page, after: text("after"))
  }

  /// The idempotency key.
  public func idempotencyKey() throws(WireError) -> String? {
    guard let key = text("key") else { return nil }
    guard !key.isEmpty, key.utf8.count <= Limits.idempotencyKey else {
      throw .badArgument("key", "is \(key.utf8.count) octets long; 1 to \(Limits.idempotencyKey)")
    }
    return key
  }

  /// The record that the fields of a noun make, `prefix.` left off.
  public func record(_ noun: Noun, code: String?, prefix: String? = nil) throws(WireError) -> Record {
    var record = Record(noun: noun, code: code)
    let dotted = prefix.map { "\($0)." } ?? ""
    for attribute in rest where attribute.name.hasPrefix(dotted) {
      let name = String(attribute.name.dropFirst(dotted.count))
      guard let index = noun.fields.firstIndex(where: { $0.name == name }) else { continue }
      do throws(Record.Rejection) { try record.take(at: index, text: attribute.value) } catch {
        throw .badArgument(dotted + error.field, error.reason)
      }
    }
    return record
  }
}

/// A page of a list.
public struct Page: Sendable, Hashable {
  public var limit: Int
  public var after: String?

  public init(limit: Int = Limits.page, after: String? = nil) {
    self.limit = limit
    self.after = after
  }
}
