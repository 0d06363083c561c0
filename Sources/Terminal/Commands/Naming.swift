import Domain
import Wire

/// Objects by their names: FIND, asked before a command and after a table.
extension Client {
  /// One row of FIND.
  struct Found: Hashable, Sendable {
    var noun: String
    var code: String
    var name: String
    /// How it matches what was asked: `code`, `name` or `beginning`.
    var match: String
  }

  /// Bytes of codes in one request, well below what a line may have.
  private static let bytesOfCodes = 6_000

  /// The rows of a FIND; none where the daemon knows no such command or this role may not give it.
  func find(_ request: RequestLine, on connection: Connection) async throws -> [Found] {
    let isTSV = console.format == .tsv
    if isTSV { try await connection.set(format: .json) }
    try await connection.send(line: request.text)
    var found: [Found] = []
    reading: while true {
      switch try await connection.next() {
      case .row(let bytes):
        guard let row = try? JSONParser.parse(String(decoding: bytes, as: UTF8.self)),
          let noun = row["noun"]?.text, let code = row["code"]?.text
        else { continue }
        let names = [row["name"]?.text, row["name_zh"]?.text]
        let name = (readsChinese ? names.reversed() : names).compactMap(\.self).first ?? ""
        found.append(Found(noun: noun, code: code, name: name, match: row["match"]?.text ?? ""))
      case .last: break reading
      default: continue
      }
    }
    if isTSV { try await connection.set(format: .tsv) }
    return found
  }

  private var readsChinese: Bool {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
    return locale?.hasPrefix("zh") ?? false
  }

  /// The names of codes, by code.
  func names(_ wanted: NameColumns.Wanted, on connection: Connection) async throws -> [String: String] {
    var names: [String: String] = [:]
    var rest = wanted.codes[...]
    while !rest.isEmpty {
      var (codes, length) = ([String](), 0)
      while let code = rest.first, codes.count < Limits.findCodes, length < Self.bytesOfCodes {
        codes.append(code)
        length += code.utf8.count + 1
        rest.removeFirst()
      }
      let request = RequestLine(
        positional: ["FIND", wanted.noun], named: [Attribute("codes", codes.joined(separator: ","))])
      for found in try await find(request, on: connection) where !found.name.isEmpty {
        names[found.code] = found.name
      }
    }
    return names
  }

  /// The request with the codes of objects that it calls by their names.
  /// - Throws: a failure where several are called so, or none.
  func naming(_ request: RequestLine, on connection: Connection) async throws -> RequestLine {
    guard let spec = CommandTable.spec(of: request.positional) else { return request }
    var request = request
    let words = spec.words.split(separator: " ").count
    let places = spec.parameters.filter { if case .positional = $0.kind { true } else { false } }
    for (index, parameter) in places.enumerated() where words + index < request.positional.count {
      guard let noun = spec.object(named: parameter.name) else { continue }
      let typed = request.positional[words + index]
      if let code = try await code(of: typed, noun, on: connection) {
        request.positional[words + index] = code
      }
    }
    for index in request.named.indices {
      let isNamed = spec.parameters.contains {
        if case .named = $0.kind { $0.name == request.named[index].name } else { false }
      }
      guard isNamed, let noun = spec.object(named: request.named[index].name) else { continue }
      if let code = try await code(of: request.named[index].value, noun, on: connection) {
        request.named[index].value = code
      }
    }
    return request
  }

  /// The code of what is called so; nil where the text is a code, or nothing the daemon would look up for this role.
  private func code(of typed: String, _ noun: String, on connection: Connection) async throws -> String? {
    let isCode = Code.isValid(typed)
    // What holds a digit, as codes do and names hardly, is asked for as it is: no second question for scripts.
    if isCode && typed.utf8.contains(where: { (48...57).contains($0) }) || typed.isEmpty { return nil }
    let request = RequestLine(positional: ["FIND", noun, typed], named: [Attribute("limit", 10)])
    let found = try await find(request, on: connection)
    if found.contains(where: { $0.match == "code" && $0.code == typed }) { return nil }
    let called = found.filter { $0.match == "name" }
    if called.count == 1 { return called[0].code }
    func list(_ found: [Found]) -> String {
      found.map { "\($0.code) (\($0.name))" }.joined(separator: ", ")
    }
    if called.count > 1 {
      throw Failure.data("\"\(typed)\" is the name of \(called.count): \(list(called)); give the code")
    }
    if isCode { return nil }
    let hint = found.isEmpty ? "" : "; did you mean \(list(Array(found.prefix(5))))?"
    throw Failure.data("no \(noun) is called \"\(typed)\" here\(hint)")
  }
}
