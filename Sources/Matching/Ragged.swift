/// A column whose entries are lists, end to end in one array.
struct Ragged<Element: Sendable>: Sendable {
  /// Where each entry starts, and where the last one ends.
  private(set) var starts: [UInt32] = [0]
  private(set) var items: [Element] = []

  var count: Int { starts.count - 1 }

  func range(_ index: Int) -> Range<Int> { Int(starts[index])..<Int(starts[index + 1]) }

  subscript(index: Int) -> ArraySlice<Element> { items[range(index)] }

  /// Where an entry lies, and its first item, if it has one: kept so that it is read for certain.
  struct Gathered: Sendable {
    var range: Range<Int>
    var first: Element?
  }

  /// Where some entries lie, their first items brought near: two loops of loads that do not depend on one another, which
  /// a processor overlaps, where reading entry after entry waits for each. Worth it where entries lie all over a
  /// column larger than the caches.
  func gather(_ entries: some Sequence<Int>, into gathered: inout [Gathered]) {
    gathered.removeAll(keepingCapacity: true)
    for entry in entries { gathered.append(Gathered(range: range(entry), first: nil)) }
    for index in gathered.indices where !gathered[index].range.isEmpty {
      gathered[index].first = items[gathered[index].range.lowerBound]
    }
  }

  mutating func reserve(entries: Int, items count: Int) {
    starts.reserveCapacity(entries + 1)
    items.reserveCapacity(count)
  }

  mutating func append(_ entry: some Sequence<Element>) {
    items.append(contentsOf: entry)
    starts.append(UInt32(items.count))
  }

  /// Appends entries of another column.
  mutating func append(_ entries: Range<Int>, of other: Ragged) {
    let from = other.starts[entries.lowerBound]
    let base = UInt32(items.count)
    items.append(contentsOf: other.items[Int(from)..<Int(other.starts[entries.upperBound])])
    starts.append(
      contentsOf: other.starts[(entries.lowerBound + 1)..<(entries.upperBound + 1)].lazy.map {
        $0 - from + base
      })
  }

  /// This column with other entries in some places, which come in rising order. Copies the rest in long runs.
  func replacing(_ entries: [(place: Int, entry: [Element])]) -> Ragged {
    guard !entries.isEmpty else { return self }
    var other = Ragged()
    other.reserve(entries: count, items: items.count + entries.reduce(0) { $0 + $1.entry.count })
    var next = 0
    for (place, entry) in entries {
      other.append(next..<place, of: self)
      other.append(entry)
      next = place + 1
    }
    other.append(next..<count, of: self)
    return other
  }

  /// This column with its entries in other places, which rise, and empty ones between them.
  func moved(to places: [Int], count: Int) -> Ragged {
    var other = self
    var next = 0
    other.starts = (0...count).map { place in
      while next < places.count, places[next] < place { next += 1 }
      return starts[next]
    }
    return other
  }

  /// Changes every item without changing the lengths.
  mutating func replaceItems(_ change: (Element) -> Element) {
    for index in items.indices { items[index] = change(items[index]) }
  }

  /// Entries in their places from the pairs in any order; the entries keep the order of the pairs.
  static func grouped(_ pairs: some Collection<(entry: Int, item: Element)>, count: Int, filler: Element)
    -> Ragged
  {
    var grouped = Ragged()
    grouped.starts = [UInt32](repeating: 0, count: count + 1)
    for pair in pairs { grouped.starts[pair.entry + 1] += 1 }
    for entry in 0..<count { grouped.starts[entry + 1] += grouped.starts[entry] }
    var next = grouped.starts
    grouped.items = [Element](repeating: filler, count: pairs.count)
    for pair in pairs {
      grouped.items[Int(next[pair.entry])] = pair.item
      next[pair.entry] += 1
    }
    return grouped
  }
}

/// A column of text. Absent and empty are one.
typealias TextColumn = Ragged<UInt8>

extension Ragged<UInt8> {
  mutating func append(_ text: String?) { append((text ?? "").utf8) }

  func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  func optionalText(_ index: Int) -> String? { range(index).isEmpty ? nil : text(index) }

  /// The entries of a column in bytewise order that are equal to the text, of which there are few.
  func equalRange(_ text: String) -> Range<Int> {
    var text = text
    return text.withUTF8 { text in
      items.withUnsafeBufferPointer { items in
        let low = (0..<count).partition { compare(items, $0, text) < 0 }
        var high = low
        while high < count, compare(items, high, text) == 0 { high += 1 }
        return low..<high
      }
    }
  }

  /// Below, at or above 0 as an entry stands before the text, equals it, or stands behind it.
  private func compare(
    _ items: UnsafeBufferPointer<UInt8>, _ index: Int, _ text: UnsafeBufferPointer<UInt8>
  ) -> Int {
    let entry = UnsafeBufferPointer(rebasing: items[range(index)])
    for (one, other) in zip(entry, text) where one != other { return Int(one) - Int(other) }
    return entry.count - text.count
  }
}

extension Ragged where Element: Equatable {
  /// Takes over entries of another column where they are not the same; copies nothing where all are.
  mutating func replace(_ places: [Int], by other: Ragged) {
    let changed = places.indices.filter { self[places[$0]] != other[$0] }.sorted { places[$0] < places[$1] }
    self = replacing(changed.map { (places[$0], Array(other[$0])) })
  }
}

extension Array where Element: Equatable {
  /// Takes over the elements of another column where they are not the same; copies nothing where all are.
  mutating func replace(_ places: [Int], by other: [Element]) {
    for (place, element) in zip(places, other) where self[place] != element { self[place] = element }
  }
}
