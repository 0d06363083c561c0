extension FixedWidthInteger {
  /// The sum; the largest or smallest number where it would lie beyond.
  public func addingSaturated(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}

extension Sequence where Element: FixedWidthInteger {
  /// The sum of amounts that a person entered, which may together be more than a number holds: then the largest one.
  public func saturatedSum() -> Element { reduce(0) { $0.addingSaturated($1) } }
}
