import Domain

/// The last guard of the limit of reply lines: whatever is stored, no longer line is sent.
public enum ReplyLimit {
  /// Bytes of a line, its LF not counted.
  public static let bytes = Limits.replyLine
  /// What a line that is cut ends with.
  private static let mark = Array("… (cut)".utf8)

  /// Whether a line among these is longer than the limit.
  public static func isExceeded(_ lines: ArraySlice<UInt8>) -> Bool {
    guard lines.count > bytes else { return false }
    var start = lines.startIndex
    while start < lines.endIndex {
      let end = lines[start...].firstIndex(of: 10) ?? lines.endIndex
      if end - start > bytes { return true }
      start = end + 1
    }
    return false
  }

  /// Cuts lines that are longer than the limit. A line of JSON becomes one that says how long it was,
  /// `250-{"cut":true,"bytes":20971520}`; any other keeps its beginning and ends with `… (cut)`.
  public static func enforce(on lines: inout [UInt8]) {
    guard isExceeded(lines[...]) else { return }
    var kept: [UInt8] = []
    var start = 0
    while start < lines.count {
      let end = lines[start...].firstIndex(of: 10) ?? lines.count
      append(lines[start..<end], to: &kept)
      if end < lines.count { kept.append(10) }
      start = end + 1
    }
    lines = kept
  }

  private static func append(_ line: ArraySlice<UInt8>, to kept: inout [UInt8]) {
    guard line.count > bytes else { return kept.append(contentsOf: line) }
    if line.dropFirst(3).starts(with: "-{".utf8) {
      kept += line.prefix(4)
      kept += "{\"cut\":true,\"bytes\":\(line.count)}".utf8
    } else {
      var end = line.startIndex + bytes - mark.count
      // Not inside a character: bytes that go on with one begin with the bits 10.
      while line[end] & 0xC0 == 0x80 { end -= 1 }
      kept += line[..<end]
      kept += mark
    }
  }
}
