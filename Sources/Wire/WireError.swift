/// The codes of last lines. The set is closed: docs/PROTOCOL.md lists it.
public enum ReplyCode: Int, Sendable, CaseIterable {
  case ready = 220
  case bye = 221
  case ok = 250
  case unchanged = 251
  case sendRows = 354
  case closing = 421
  case busy = 450
  case databaseUnavailable = 451
  case overloaded = 452
  case outcomeUnknown = 454
  case beginAnew = 455
  case syntax = 500
  case unknownCommand = 501
  case badArgument = 502
  case wrongState = 503
  case lineTooLong = 505
  case authRequired = 530
  case notPermitted = 531
  case authFailed = 535
  case notFound = 550
  case versionConflict = 553
  case ruleViolated = 554
  case keyReused = 555
  case noPlan = 556
  case `internal` = 560

  /// The word after the code.
  public var symbol: String {
    switch self {
    case .ready: "ready"
    case .bye: "bye"
    case .ok: "ok"
    case .unchanged: "unchanged"
    case .sendRows: "send-rows"
    case .closing: "closing"
    case .busy: "busy"
    case .databaseUnavailable: "database-unavailable"
    case .overloaded: "overloaded"
    case .outcomeUnknown: "outcome-unknown"
    case .beginAnew: "begin-anew"
    case .syntax: "syntax"
    case .unknownCommand: "unknown-command"
    case .badArgument: "bad-argument"
    case .wrongState: "wrong-state"
    case .lineTooLong: "line-too-long"
    case .authRequired: "auth-required"
    case .notPermitted: "not-permitted"
    case .authFailed: "auth-failed"
    case .notFound: "not-found"
    case .versionConflict: "version-conflict"
    case .ruleViolated: "rule-violated"
    case .keyReused: "key-reused"
    case .noPlan: "no-plan"
    case .internal: "internal"
    }
  }

  /// The exit status of a program that ends on this code (after sysexits.h).
  public var exitStatus: Int32 {
    switch self {
    case .ready, .bye, .ok, .unchanged, .sendRows: 0
    case .syntax, .unknownCommand, .badArgument: 64
    case .wrongState, .lineTooLong, .notFound, .versionConflict, .ruleViolated, .keyReused, .noPlan: 65
    case .internal: 70
    case .closing, .busy, .databaseUnavailable, .overloaded, .outcomeUnknown, .beginAnew: 75
    case .authRequired, .notPermitted, .authFailed: 77
    }
  }
}

/// A request that ends with a 4yz or 5yz last line.
public struct WireError: Error, Sendable, Hashable {
  public var code: ReplyCode
  /// What stands between the symbol and the sentence, `arg=stage`.
  public var attributes: [Attribute]
  /// What is wrong, where, and what would be right.
  public var sentence: String

  public init(_ code: ReplyCode, _ attributes: [Attribute] = [], _ sentence: String) {
    self.code = code
    self.attributes = attributes
    self.sentence = sentence
  }

  /// Nobody has signed in: 530.
  public static let authRequired = WireError(.authRequired, [], "say who you are: AUTH TOKEN <id>.<secret>")

  /// A wrong argument: 502 with its name.
  public static func badArgument(_ name: String, _ sentence: String) -> WireError {
    WireError(.badArgument, [Attribute("arg", name)], sentence)
  }

  /// 550, the same words whether the object does not exist or is not the asker's.
  public static func notFound(_ noun: String, _ code: String) -> WireError {
    WireError(.notFound, [Attribute(noun, code)], "no \(noun) \"\(code)\" here")
  }

  /// The last line it becomes.
  public var lastLine: LastLine { LastLine(code, attributes, sentence: sentence) }
}

/// `key=value` in a last line.
public struct Attribute: Sendable, Hashable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  public init(_ name: String, _ value: Int) { self.init(name, String(value)) }
}

/// The line that ends a reply: code, symbol, attributes and, for a person, a sentence.
public struct LastLine: Sendable, Hashable {
  public var code: ReplyCode
  public var attributes: [Attribute]
  public var sentence: String?

  public init(_ code: ReplyCode, _ attributes: [Attribute] = [], sentence: String? = nil) {
    self.code = code
    self.attributes = attributes
    self.sentence = sentence
  }

  /// The line without its LF, whatever is repeated in it of what a client sent.
  public var text: String {
    var text = "\(code.rawValue) \(code.symbol)"
    for attribute in attributes {
      // An argument spells line ends and tabs as escapes.
      let value = Self.plain(attribute.value, but: ["\n", "\t"])
      text += " \(attribute.name)=\(RequestLine.spelling(of: value))"
    }
    if let sentence { text += ": " + Self.plain(sentence) }
    return text
  }

  /// With blanks for control characters: those of U+0080 to U+009F steer terminals as well.
  private static func plain(_ text: String, but kept: [Unicode.Scalar] = []) -> String {
    let isControl: (Unicode.Scalar) -> Bool = { $0.value < 32 || (127..<160).contains($0.value) }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text.unicodeScalars.map { isControl($0) && !kept.contains($0) ? " " : $0 })
    return String(result)
  }

  public subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
}
