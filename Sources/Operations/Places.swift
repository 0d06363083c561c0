import Synchronization
import Wire

/// The places of commands of which only so many may run at one time.
final class Places: Sendable {
  private let taken = Mutex<[String: Int]>([:])

  /// A place that one run of a command takes up, until it is left or nobody holds it any more.
  final class Place: Sendable {
    private let places: Places
    private let words: String
    private let isLeft = Atomic(false)

    fileprivate init(_ places: Places, _ words: String) {
      self.places = places
      self.words = words
    }

    func leave() {
      guard !isLeft.exchange(true, ordering: .relaxed) else { return }
      places.taken.withLock { $0[words, default: 0] -= 1 }
    }

    deinit { leave() }
  }

  /// - Returns: nil for a command of which any number may run.
  /// - Throws: 452 where there is no place.
  func take(for spec: CommandSpec) throws(WireError) -> Place? {
    guard let limit = spec.load.atOnce else { return nil }
    let isTaken = taken.withLock { taken in
      guard taken[spec.words, default: 0] < limit else { return false }
      taken[spec.words, default: 0] += 1
      return true
    }
    guard isTaken else {
      throw WireError(
        .overloaded, [Attribute("command", spec.words)],
        "\(limit) of these run already, which is all that may at one time; try again in a moment")
    }
    return Place(self, spec.words)
  }
}
