/// The parameters of a statement, in the order of `$1`, `$2`…, as PostgreSQL's text.
public struct Bindings {
  /// Every parameter's bytes, each with a NUL behind it.
  private var storage: [UInt8] = []
  /// Where each parameter begins; nil is SQL's NULL.
  private var starts: [Int?] = []
  /// The first value that cannot be sent.
  private(set) var problem: String?

  init() {}

  /// How many parameters there are so far.
  public var count: Int { starts.count }

  /// Text, or NULL. A NUL character is refused when the statement runs: PostgreSQL's text cannot hold one.
  public mutating func text(_ value: String?) {
    guard let value else { return null() }
    starts.append(storage.count)
    let utf8 = value.utf8
    if utf8.contains(0) { problem = problem ?? "parameter $\(starts.count) has a NUL character" }
    storage.append(contentsOf: utf8)
    storage.append(0)
  }

  public mutating func int(_ value: Int?) {
    text(value.map { String($0) })
  }

  public mutating func bool(_ value: Bool?) {
    text(value.map { $0 ? "t" : "f" })
  }

  /// A floating-point number, exactly.
  public mutating func double(_ value: Double?) {
    guard let value else { return null() }
    if value.isFinite { return text("\(value)") }
    text(value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity")
  }

  /// A `bytea`.
  public mutating func bytea(_ value: [UInt8]?) {
    guard let value else { return null() }
    let digits = Array("0123456789abcdef".utf8)
    starts.append(storage.count)
    storage.reserveCapacity(storage.count + 2 * value.count + 3)
    storage.append(contentsOf: "\\x".utf8)
    for byte in value {
      storage.append(digits[Int(byte >> 4)])
      storage.append(digits[Int(byte & 15)])
    }
    storage.append(0)
  }

  /// A `text[]`.
  public mutating func textArray(_ values: [String]?) {
    text(values.map { ArrayText.encode($0) })
  }

  /// A `bigint[]` or `integer[]`.
  public mutating func intArray(_ values: [Int]?) {
    text(values.map { "{\($0.map { String($0) }.joined(separator: ","))}" })
  }

  public mutating func null() {
    starts.append(nil)
  }

  mutating func removeAll() {
    storage.removeAll(keepingCapacity: storage.capacity < 1 << 20)
    starts.removeAll(keepingCapacity: true)
    problem = nil
  }

  /// Calls `body` with what libpq takes: a pointer to each value.
  func withPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?, Int32) -> Result) -> Result {
    storage.withUnsafeBytes { bytes in
      let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      let pointers = starts.map { start in start.flatMap { base?.advanced(by: $0) } }
      return pointers.withUnsafeBufferPointer { body($0.baseAddress, Int32($0.count)) }
    }
  }
}
