import Domain

/// The criteria that bring most of a score, and how much each brings: the short form of an ``Explanation``.
public struct Reasons: Sendable, Hashable {
  /// Three of 21 bits, the first one lowest: 16 bits of tenths of a percent of the score, 4 of the criterion, 1 of
  /// whether it rests on a prior. All ones: the pair has another score now, or a veto.
  private let packed: UInt64

  private static let count = 3

  /// Of a pair that has another score now, or a veto.
  public static let changed = Reasons(packed: .max)

  private init(packed: UInt64) { self.packed = packed }

  /// - Parameter score: What the pair is listed with.
  init(_ pair: Pair, score: Int32) {
    var best: [(points: Int32, bits: UInt64)] = []
    var sum: Int32 = 0
    for criterion in Criterion.allCases {
      let finding = pair.finding(criterion)
      let points = pair.curves.points(criterion, finding.value)
      sum += points
      let tenths = UInt64(points + 500) / 1_000
      best.append((points, tenths << 5 | UInt64(criterion.rawValue) << 1 | (finding.isKnown ? 0 : 1)))
    }
    guard sum == score, !Veto.allCases.contains(where: pair.isVetoed) else {
      self = .changed
      return
    }
    // Stable, so that equals stand in the order of the criteria.
    best.sort { $0.points > $1.points }
    packed = (0..<Self.count).reduce(0) { $0 | best[$1].bits << UInt64($1 * 21) }
  }

  /// Appends `sector 24.0, stage 20.0, ticket 15.0?`.
  public func write(to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(byteCount: Self.room, alignment: 1) { text in
      let count = write(into: text.baseAddress!)
      bytes.append(contentsOf: text[..<count])
    }
  }

  /// Octets that the text may need in memory, more than it has.
  public static let room = 96

  /// Writes the text into memory of ``room`` octets, all of which may be written to.
  /// - Returns: its length.
  public func write(into text: UnsafeMutableRawPointer) -> Int {
    guard self != .changed else {
      let words: StaticString = "changed since this run"
      text.copyMemory(from: words.utf8Start, byteCount: words.utf8CodeUnitCount)
      return words.utf8CodeUnitCount
    }
    var end = Cursor(next: text)
    Self.names.withUnsafeBufferPointer { names in
      for place in 0..<Self.count {
        let bits = packed >> UInt64(place * 21) & 0x1F_FFFF
        if place > 0 {
          end.put(UInt8(ascii: ","))
          end.put(UInt8(ascii: " "))
        }
        end.put(names[Int(bits >> 1 & 15)])
        let tenths = Int(bits >> 5)
        if tenths >= 1_000 { end.put(digit: tenths / 1_000) }
        if tenths >= 100 { end.put(digit: tenths / 100 % 10) }
        end.put(digit: tenths / 10 % 10)
        end.put(UInt8(ascii: "."))
        end.put(digit: tenths % 10)
        if bits & 1 == 1 { end.put(UInt8(ascii: "?")) }
      }
    }
    return end.next - text
  }

  private struct Cursor {
    var next: UnsafeMutableRawPointer

    mutating func put(_ octet: UInt8) {
      next.storeBytes(of: octet, as: UInt8.self)
      next += 1
    }

    mutating func put(digit: Int) { put(UInt8(truncatingIfNeeded: 48 + digit)) }

    mutating func put(_ name: Name) {
      next.storeBytes(of: name.octets, as: SIMD16<UInt8>.self)
      next += name.count
    }
  }

  private static let names = Criterion.allCases.map(Name.init)

  /// The name of a criterion and a space, written with one store, whatever their length.
  private struct Name {
    let octets: SIMD16<UInt8>
    let count: Int

    init(_ criterion: Criterion) {
      let text = Array("\(criterion.name) ".utf8)
      precondition(text.count <= 16, "Names of criteria are short.")
      octets = SIMD16(text + Array(repeating: 0, count: 16 - text.count))
      count = text.count
    }
  }
}

extension Scorer {
  /// Why a pair has the score it is listed with.
  public func reasons(investor: Int, candidate: Int, score: Int32) -> Reasons {
    Reasons(Pair(scorer: self, investor: investor, candidate: candidate), score: score)
  }
}
