import Wire

/// The rows of an upload as they arrive, held packed until the last one is there.
struct Upload: Sendable {
  /// The request, or why it was refused already: then its rows are read and forgotten.
  let accepted: Result<RequestLine, WireError>
  private let limits: Load.Upload
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// Rows that were not kept, and why.
  private(set) var passedOver: [(row: Int, reason: String)] = []
  private(set) var rows = 0
  private var overflow: WireError?

  /// Taken from its first row on, as what it holds is what there may not be too much of.
  let place: Places.Place?

  /// - Precondition: The command takes one.
  init(_ request: RequestLine, of spec: CommandSpec, place: Places.Place?) {
    accepted = .success(request)
    limits = spec.load.upload!
    self.place = place
  }

  init(refusal: WireError) {
    accepted = .failure(refusal)
    limits = .init(rows: 0, octets: 0)
    place = nil
  }

  private var isRefused: Bool { if case .failure = accepted { true } else { false } }

  /// Takes a row. Blank rows count as rows, so that numbers are those of the file, but say nothing.
  mutating func append(_ row: [UInt8]) {
    guard !isRefused, overflow == nil else { return }
    rows += 1
    guard rows <= limits.rows else {
      return overflow("more than \(limits.rows) rows; send them in several uploads")
    }
    guard bytes.count + row.count <= limits.octets else {
      return overflow("more than \(limits.octets) octets; send the rows in several uploads")
    }
    bytes += row
    ends.append(bytes.count)
  }

  /// Counts a row that could not be kept.
  mutating func passOver(_ reason: String) {
    guard !isRefused, overflow == nil else { return }
    rows += 1
    ends.append(bytes.count)
    passedOver.append((rows, reason))
  }

  private mutating func overflow(_ sentence: String) {
    overflow = WireError(.overloaded, [], sentence)
    bytes = []
    ends = []
  }

  /// Hands over every kept row with its number, from 1.
  func eachRow(_ body: (Int, UnsafeBufferPointer<UInt8>) -> Void) throws(WireError) {
    if let overflow { throw overflow }
    let skipped = Set(passedOver.map(\.row))
    bytes.withUnsafeBufferPointer { all in
      var start = 0
      for (index, end) in ends.enumerated() {
        let row = UnsafeBufferPointer(rebasing: all[start..<end])
        start = end
        if skipped.contains(index + 1) || row.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
        body(index + 1, row)
      }
    }
  }

  /// What tells two uploads apart for `key=`: a 64-bit FNV-1a hash (Fowler, Noll, Vo) of all octets. It guards
  /// an honest client against a mix-up, not a daemon against forgery.
  var fingerprint: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for end in ends { hash = (hash ^ UInt64(end)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
