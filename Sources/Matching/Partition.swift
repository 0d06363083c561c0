extension Range<Int> {
  /// The first number that is not among the leading ones for which the condition holds. Logarithmic.
  @inline(__always)
  func partition(_ isBefore: (Int) -> Bool) -> Int {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
