/// Words and combinations that many rows share, numbered in the order in which they first came.
///
/// Numbers are never taken back while a snapshot is replaced row by row; a daily rebuild drops the dead ones.
struct Interning: Sendable {
  var words = Words()
  var currencies = Words()
  var places = Places()
  var sectorLists = SectorLists()

  /// Whether another one has the same under the same numbers, as one that has only been added to.
  func isContinued(by other: Interning) -> Bool {
    other.sectorLists.all.starts.starts(with: sectorLists.all.starts)
      && other.sectorLists.all.items.starts(with: sectorLists.all.items)
      && other.places.all.starts(with: places.all) && other.currencies.texts.starts(with: currencies.texts)
      && other.words.texts.starts(with: words.texts)
  }
}

/// Names of places and other free words. Words that differ only in case share a ``fold(_:)``.
struct Words: Sendable {
  private(set) var texts: [String] = []
  private var numbers: [String: Int32] = [:]
  private var folds: [Int32] = []
  private(set) var foldNumbers: [String: Int32] = [:]

  static let none: Int32 = -1

  var foldCount: Int { foldNumbers.count }

  mutating func number(_ text: String?) -> Int32 {
    guard let text, !text.isEmpty else { return Self.none }
    if let number = numbers[text] { return number }
    let number = Int32(texts.count)
    texts.append(text)
    numbers[text] = number
    // Upper case first, so that letters with two lower cases (the Greek sigma) meet.
    let folded = text.uppercased().lowercased()
    let fold = foldNumbers[folded] ?? Int32(foldNumbers.count)
    foldNumbers[folded] = fold
    folds.append(fold)
    return number
  }

  func text(_ number: Int32) -> String? { number < 0 ? nil : texts[Int(number)] }

  func fold(_ number: Int32) -> Int32 { number < 0 ? Self.none : folds[Int(number)] }
}

/// Distinct triples of region, city and country. Number 0 is nowhere.
struct Places: Sendable {
  struct Place: Sendable, Hashable {
    var region = Words.none
    var city = Words.none
    var country = Words.none
  }

  private(set) var all = [Place()]
  private var numbers = [Place(): UInt32(0)]

  mutating func number(_ place: Place) -> UInt32 {
    if let number = numbers[place] { return number }
    let number = UInt32(all.count)
    all.append(place)
    numbers[place] = number
    return number
  }
}

/// Distinct lists of at most eight sectors, the primary one first. Number 0 is the empty list.
struct SectorLists: Sendable {
  /// Thirteen bits a sector, so that a list is a key without an allocation.
  private struct Key: Sendable, Hashable {
    var low: UInt64 = 0
    var high: UInt64 = 0

    init(_ list: some Sequence<UInt16>) {
      for sector in list {
        high = high << 13 | low >> 51
        low = low << 13 | UInt64(sector + 1)
      }
    }
  }

  private(set) var all: Ragged<UInt16>
  private var numbers: [Key: UInt32]

  init() {
    all = Ragged()
    all.append([])
    numbers = [Key([]): 0]
  }

  mutating func number(_ list: [UInt16]) -> UInt32 {
    let key = Key(list)
    if let number = numbers[key] { return number }
    let number = UInt32(all.count)
    all.append(list)
    numbers[key] = number
    return number
  }
}
