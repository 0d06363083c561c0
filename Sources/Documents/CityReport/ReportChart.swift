import Domain

/// A chart of some columns of a table. What it shows is what the table says, and an axis begins at 0.
struct ReportChart {
  struct Bar {
    var label: String
    var value: Int
    /// The value as the table has it.
    var shown: String
  }

  let title: String
  /// What the axis counts.
  let unit: String
  let tick: (Int) -> String

  /// Bars one below the other, each with what it is of and what it comes to, over an axis of round numbers.
  func bars(_ bars: [Bar]) -> String {
    var drawing = ChartDrawing()
    let axis = ReportAxis(reaching: bars.map(\.value).max() ?? 0)
    let left = 8 + ChartDrawing.cell * Double(bars.map(\.label.cellWidth).max() ?? 0)
    let room = 8 + ChartDrawing.cell * Double(bars.map(\.shown.cellWidth).max() ?? 0)
    let length = ChartDrawing.width - left - room
    let (row, size) = (24.0, 16.0)
    let bottom = row * Double(bars.count) + 4
    func x(_ value: Int) -> Double { left + length * Double(value) / Double(axis.end) }
    for value in axis.ticks {
      drawing.line(x(value), 0, to: x(value), bottom)
      drawing.text(x(value), bottom + 15, tick(value), .middle, isFaint: true)
    }
    for (place, bar) in bars.enumerated() {
      let y = row * Double(place) + (row - size) / 2 + 2
      drawing.text(left - 8, y + 12, bar.label, .end)
      drawing.bar(left, y, width: x(bar.value) - left, height: size, words: "\(bar.label): \(bar.shown)")
      drawing.text(x(bar.value) + 6, y + 12, bar.shown)
    }
    drawing.text(left + length / 2, bottom + 33, unit, .middle, isFaint: true)
    return drawing.picture(height: bottom + 38, title: title)
  }

  /// Columns of two series beside one another along the years, of which all have as many.
  func columns(_ series: [(name: String, bars: [Bar])]) -> String {
    var drawing = ChartDrawing()
    let labels = series.first?.bars.map(\.label) ?? []
    let axis = ReportAxis(reaching: series.flatMap(\.bars).map(\.value).max() ?? 0)
    let (top, height) = (40.0, 190.0)
    let left = 8 + ChartDrawing.cell * Double(axis.ticks.map { tick($0).cellWidth }.max() ?? 0)
    let group = (ChartDrawing.width - left) / Double(max(1, labels.count))
    func y(_ value: Int) -> Double { top + height * (1 - Double(value) / Double(axis.end)) }
    drawing.text(0, 12, unit, isFaint: true)
    for value in axis.ticks {
      drawing.line(left, y(value), to: ChartDrawing.width, y(value))
      drawing.text(left - 6, y(value) + 4, tick(value), .end, isFaint: true)
    }
    let count = series.count
    let width = min(26, group * 0.8 / Double(max(1, count)))
    var legend = ChartDrawing.width
    for (index, series) in series.enumerated().reversed() {
      legend -= ChartDrawing.cell * Double(series.name.cellWidth) + 26
      drawing.bar(legend, 2, width: 12, height: 12, series: index)
      drawing.text(legend + 17, 12, series.name)
    }
    for (place, label) in labels.enumerated() {
      let middle = left + group * (Double(place) + 0.5)
      for (index, series) in series.enumerated() {
        let bar = series.bars[place]
        drawing.bar(
          middle + width * (Double(index) - Double(count) / 2), y(bar.value), width: width,
          height: top + height - y(bar.value), series: index, words: "\(label) \(series.name): \(bar.shown)")
      }
      // Every so many, so that none is upon another.
      let every = Int((ChartDrawing.cell * Double(label.cellWidth + 1) / group).rounded(.up))
      if place % max(1, every) == 0 { drawing.text(middle, top + height + 17, label, .middle, isFaint: true) }
    }
    return drawing.picture(height: top + height + 24, title: title)
  }
}
