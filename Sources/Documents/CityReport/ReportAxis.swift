/// An axis from 0 with round numbers.
struct ReportAxis: Hashable {
  /// Between two ticks: 1, 2 or 5 times a power of ten, a whole number.
  let step: Int
  /// Where the axis ends, a tick as well.
  let end: Int

  /// Reaches a value with at most so many steps, as few and as fine as can be.
  init(reaching largest: Int, steps: Int = 5) {
    var (power, step) = (1, 1)
    search: while true {
      for digit in [1, 2, 5] {
        step = digit * power
        if (largest - 1) / steps < step { break search }
      }
      power *= 10
    }
    self.step = step
    end = max(1, (largest + step - 1) / step) * step
  }

  var ticks: [Int] { Array(stride(from: 0, through: end, by: step)) }
}
