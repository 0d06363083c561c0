/// PostgreSQL's text form of one-dimensional arrays, `{1,2}` and `{"a b",c,NULL}`.
enum ArrayText {
  static func encode(_ values: [String]) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      // Quoting every element is always right; leaving it out is not.
      bytes.append(UInt8(ascii: "\""))
      for byte in value.utf8 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
        bytes.append(byte)
      }
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: "}"))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// - Returns: nil if this is not an array of integers without NULL.
  static func decodeInts(_ text: UnsafeRawBufferPointer) -> [Int]? {
    guard text.count >= 2, text[0] == UInt8(ascii: "{"), text[text.count - 1] == UInt8(ascii: "}") else {
      return nil
    }
    if text.count == 2 { return [] }
    var values: [Int] = []
    var start = 1
    for index in 1..<text.count where text[index] == UInt8(ascii: ",") || index == text.count - 1 {
      guard let value = Int(decimal: UnsafeRawBufferPointer(rebasing: text[start..<index])) else {
        return nil
      }
      values.append(value)
      start = index + 1
    }
    return values
  }

  /// - Returns: nil if this is not an array of texts without NULL.
  static func decodeTexts(_ text: UnsafeRawBufferPointer) -> [String]? {
    guard text.count >= 2, text[0] == UInt8(ascii: "{"), text[text.count - 1] == UInt8(ascii: "}") else {
      return nil
    }
    if text.count == 2 { return [] }
    var values: [String] = []
    var index = 1
    let end = text.count - 1
    var element: [UInt8] = []
    while index <= end {
      element.removeAll(keepingCapacity: true)
      let isQuoted = text[index] == UInt8(ascii: "\"")
      if isQuoted { index += 1 }
      var isClosed = !isQuoted
      while index < end {
        let byte = text[index]
        if isQuoted, byte == UInt8(ascii: "\"") {
          isClosed = true
          index += 1
          break
        }
        if !isQuoted {
          if byte == UInt8(ascii: ",") { break }
          // An inner array, which no column of ours has.
          if byte == UInt8(ascii: "{") { return nil }
        }
        if byte == UInt8(ascii: "\\") { index += 1 }
        guard index < end else { return nil }
        element.append(text[index])
        index += 1
      }
      guard isClosed, index == end || text[index] == UInt8(ascii: ",") else { return nil }
      if !isQuoted, element.isEmpty || element.elementsEqual("NULL".utf8) { return nil }
      values.append(String(decoding: element, as: UTF8.self))
      index += 1
    }
    return values
  }
}

extension Int {
  /// A whole number in ASCII digits with an optional minus sign, nothing else; nil if it is not, or too
  /// large.
  init?(decimal text: UnsafeRawBufferPointer) {
    var index = 0
    let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < text.count else { return nil }
    // Eighteen digits always fit; only longer ones need the checks.
    if text.count - index <= 18 {
      var value = 0
      while index < text.count {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value &* 10 &+ Int(digit)
        index += 1
      }
      self = isNegative ? -value : value
      return
    }
    var value = 0
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      // Counting down from zero reaches the smallest number, which has no positive twin.
      let (next, overflowAgain) = tens.subtractingReportingOverflow(Int(digit))
      guard !overflow, !overflowAgain else { return nil }
      value = next
      index += 1
    }
    guard isNegative || value != .min else { return nil }
    self = isNegative ? value : -value
  }
}
