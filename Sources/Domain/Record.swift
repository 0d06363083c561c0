/// What a request or an upload row says of one object: its code and the fields it names, each with a
/// value or cleared. Fields it does not name stay as they are.
public struct Record: Sendable {
  public let noun: Noun
  /// Nil for nouns without codes.
  public var code: String?
  /// One entry a field of the noun, in the order of the field table.
  public private(set) var given: [Given]

  /// What is said of a field.
  public enum Given: Sendable, Hashable {
    case absent, cleared
    case value(FieldValue)

    public var value: FieldValue? { if case .value(let value) = self { value } else { nil } }
  }

  /// A field that cannot be taken, and what would be right.
  public struct Rejection: Error, Hashable {
    public var field: String
    public var reason: String

    public init(field: String, reason: String) {
      self.field = field
      self.reason = reason
    }
  }

  public init(noun: Noun, code: String? = nil) {
    self.noun = noun
    self.code = code
    given = Array(repeating: .absent, count: noun.fields.count)
  }

  public subscript(_ field: String) -> Given {
    get { index(of: field).map { given[$0] } ?? .absent }
    set { if let index = index(of: field) { given[index] = newValue } }
  }

  /// The names of the fields it speaks of.
  public var givenNames: [String] {
    zip(noun.fields, given).compactMap { $1 == .absent ? nil : $0.name }
  }

  private func index(of field: String) -> Int? { noun.fields.firstIndex { $0.name == field } }

  /// Takes a field at this place of the field table as text; empty text clears it.
  public mutating func take(at index: Int, text: String, sectors: SectorNames? = nil) throws(Rejection) {
    let field = noun.fields[index]
    let text = trimmed(text)
    if text.isEmpty { return try clear(index, field) }
    do { try put(index, field, try field.type.read(text, sectors: sectors)) } catch let rejection
      as FieldType.Rejection
    {
      throw Rejection(field: field.name, reason: rejection.reason)
    } catch let rejection as Rejection { throw rejection } catch { preconditionFailure("\(error)") }
  }

  /// Takes a field as a list of items; an empty list clears it.
  public mutating func take(at index: Int, items: [String], sectors: SectorNames? = nil) throws(Rejection) {
    let field = noun.fields[index]
    if items.isEmpty { return try clear(index, field) }
    do { try put(index, field, try field.type.read(items: items, sectors: sectors)) } catch let rejection
      as FieldType.Rejection
    {
      throw Rejection(field: field.name, reason: rejection.reason)
    } catch let rejection as Rejection { throw rejection } catch { preconditionFailure("\(error)") }
  }

  private mutating func clear(_ index: Int, _ field: Field) throws(Rejection) {
    guard !field.isRequired else {
      throw Rejection(field: field.name, reason: "is required and cannot be empty")
    }
    given[index] = .cleared
  }

  /// Stores a value; a currency that an amount brings along goes to the field `currency`.
  private mutating func put(_ index: Int, _ field: Field, _ value: FieldValue) throws(Rejection) {
    switch value {
    case .amount(var amount):
      try agree(on: amount.currency, field)
      amount.currency = nil
      given[index] = .value(.amount(amount))
    case .range(var range):
      try agree(on: range.currency, field)
      range.currency = nil
      given[index] = .value(.range(range))
    case .text(let text) where field.name == "currency": try agree(on: text, field)
    default: given[index] = .value(value)
    }
  }

  private mutating func agree(on currency: String?, _ field: Field) throws(Rejection) {
    guard let currency else { return }
    guard let index = index(of: "currency") else {
      throw Rejection(field: field.name, reason: "takes no currency here")
    }
    if case .value(.text(let other)) = given[index], other != currency {
      throw Rejection(
        field: field.name, reason: "is in \(currency), but another field says \(other); use one currency")
    }
    given[index] = .value(.text(currency))
  }

  /// Checks what a new object must have.
  public func requireAll() throws(Rejection) {
    for (field, given) in zip(noun.fields, given) where field.isRequired && given.value == nil {
      throw Rejection(field: field.name, reason: "is required")
    }
  }
}
