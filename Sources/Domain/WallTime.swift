/// What a clock on the wall shows on a day, to the minute; in which time zone is for the context to say. ISO 8601 in
/// text (`2026-12-01T09:00`).
public struct WallTime: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let day: Day
  /// Minutes since midnight, 0 to 1,439.
  public let minute: Int

  /// - Parameter minute: since midnight, 0 to 1,439.
  public init(day: Day, minute: Int) {
    precondition((0..<1_440).contains(minute), "A day has 1,440 minutes.")
    self.day = day
    self.minute = minute
  }

  /// Reads `YYYY-MM-DDTHH:MM`, with a blank in place of the `T` and seconds that are zero as well; nil for anything
  /// else, `24:00` included.
  public init?(_ text: some StringProtocol) {
    var bytes = Array(text.utf8)
    if bytes.count == 19, bytes[16...].elementsEqual(":00".utf8) { bytes.removeLast(3) }
    guard bytes.count == 16, [UInt8(ascii: "T"), UInt8(ascii: " ")].contains(bytes[10]),
      bytes[13] == UInt8(ascii: ":"), let day = Day(String(decoding: bytes[..<10], as: UTF8.self)),
      let hour = Self.number(bytes[11..<13]), let minute = Self.number(bytes[14...]), hour < 24, minute < 60
    else { return nil }
    self.day = day
    self.minute = 60 * hour + minute
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return digits.reduce(0) { 10 * $0 + Int($1 - 48) }
  }

  public var half: DayHalf { minute < DayHalf.noon ? .morning : .afternoon }

  public var description: String {
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(day)T\(padded(minute / 60)):\(padded(minute % 60))"
  }

  public static func < (left: WallTime, right: WallTime) -> Bool {
    (left.day, left.minute) < (right.day, right.minute)
  }
}
