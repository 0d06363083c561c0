import Domain

extension Record {
  /// What is wrong with an upload row: the field where one is to blame.
  public struct RowRejection: Error, Hashable {
    public var field: String?
    public var reason: String

    public init(field: String? = nil, reason: String) {
      self.field = field
      self.reason = reason
    }
  }

  /// Reads an upload row: one JSON object whose members are the code and fields of the noun. Values are in
  /// the field's own spelling (`"5M"`, `"ai:0.8"`) or in JSON's (numbers, booleans, arrays); null and empty
  /// text clear a field.
  /// - Parameters:
  ///   - sectors: the sectors by name, which a row may use in place of their codes.
  ///   - faults: gets what cannot be read of the row, field by field; the rest is read all the same.
  /// - Throws: for a line that is no JSON object.
  public init(
    upload noun: Noun, _ line: UnsafeBufferPointer<UInt8>, sectors: SectorNames? = nil,
    faults: inout [RowRejection]
  ) throws(RowRejection) {
    let json: JSON
    do throws(JSONParser.Failure) { json = try JSONParser.parse(line) } catch {
      throw RowRejection(reason: "is not JSON at octet \(error.offset + 1): \(error.reason)")
    }
    guard case .object(let members) = json else { throw RowRejection(reason: "is not a JSON object") }
    self.init(noun: noun)
    var seen: [Bool] = Array(repeating: false, count: noun.fields.count)
    var seenCode = false
    for member in members {
      do throws(RowRejection) { try take(member, sectors, &seen, &seenCode) } catch { faults.append(error) }
    }
    if noun.hasCode, !seenCode { faults.append(RowRejection(field: "code", reason: "is required")) }
  }

  private mutating func take(
    _ member: JSON.Member, _ sectors: SectorNames?, _ seen: inout [Bool], _ seenCode: inout Bool
  ) throws(RowRejection) {
    if member.name == "code", noun.hasCode {
      guard !seenCode else { throw RowRejection(field: "code", reason: "stands twice") }
      seenCode = true
      guard let text = member.value.text, Code.isValid(text) else {
        throw RowRejection(
          field: "code", reason: "\(shown(member.value.line)) is not a code: \(Code.rule)")
      }
      code = text
      return
    }
    guard let index = FieldIndex.of(noun, member.name) else {
      throw RowRejection(
        field: shown(member.name),
        reason:
          "is no field of \(noun.name); its fields are \(noun.fields.map(\.name).joined(separator: ", "))")
    }
    guard !seen[index] else { throw RowRejection(field: member.name, reason: "stands twice") }
    seen[index] = true
    do throws(Record.Rejection) { try take(at: index, json: member.value, sectors) } catch {
      throw RowRejection(field: error.field, reason: error.reason)
    }
  }

  private mutating func take(at index: Int, json: JSON, _ sectors: SectorNames?) throws(Rejection) {
    switch json {
    case .null: try take(at: index, text: "")
    case .string(let text): try take(at: index, text: text, sectors: sectors)
    case .integer(let value): try take(at: index, text: String(value))
    case .number(let text): try take(at: index, text: text)
    case .bool(let value): try take(at: index, text: value ? "yes" : "no")
    case .array(let values):
      var items: [String] = []
      for value in values {
        guard let item = value.text else {
          throw Rejection(
            field: noun.fields[index].name, reason: "is a list with something else than text in it")
        }
        items.append(item)
      }
      try take(at: index, items: items, sectors: sectors)
    case .object(let members):
      guard case .sectorWeights = noun.fields[index].type else {
        throw Rejection(field: noun.fields[index].name, reason: "is an object; give text, a number or a list")
      }
      try take(at: index, items: members.map { "\($0.name):\($0.value.line)" }, sectors: sectors)
    }
  }
}

/// Places of fields by name, since an upload asks for them a million times.
private enum FieldIndex {
  static let tables: [Noun: [String: Int]] = Dictionary(
    uniqueKeysWithValues: Noun.allCases.map { noun in
      (noun, Dictionary(uniqueKeysWithValues: noun.fields.enumerated().map { ($1.name, $0) }))
    })

  static func of(_ noun: Noun, _ name: String) -> Int? { tables[noun]?[name] }
}
