/// Lines, bars and words of a chart as inline SVG without script. Colours and fonts are those of the page it stands on.
struct ChartDrawing {
  /// All charts are as wide, so that their text is of one size.
  static let width = 420.0
  /// What a column of text takes at most: digits and small letters are narrower.
  static let cell = 7.9

  enum Anchor: String { case start, middle, end }

  private var parts: [String] = []

  mutating func text(
    _ x: Double, _ y: Double, _ text: String, _ anchor: Anchor = .start, isFaint: Bool = false
  ) {
    let style = isFaint ? " class=\"f\"" : ""
    parts.append(
      "<text\(style) x=\"\(Self.pixels(x))\" y=\"\(Self.pixels(y))\" text-anchor=\"\(anchor.rawValue)\">\(text.inHTML)</text>"
    )
  }

  mutating func line(_ x: Double, _ y: Double, to x2: Double, _ y2: Double) {
    parts.append(
      "<path d=\"M\(Self.pixels(x)) \(Self.pixels(y))L\(Self.pixels(x2)) \(Self.pixels(y2))\"/>")
  }

  /// A bar of a series, which are numbered from 0; its words are shown where somebody points at it.
  mutating func bar(
    _ x: Double, _ y: Double, width: Double, height: Double, series: Int = 0, words: String? = nil
  ) {
    let title = words.map { "<title>\($0.inHTML)</title>" } ?? ""
    parts.append(
      "<rect class=\"s\(series)\" x=\"\(Self.pixels(x))\" y=\"\(Self.pixels(y))\" width=\"\(Self.pixels(width))\""
        + " height=\"\(Self.pixels(height))\">\(title)</rect>")
  }

  /// All of it as one picture with a name for those who do not see it.
  func picture(height: Double, title: String) -> String {
    """
    <svg viewBox="0 0 \(Self.pixels(Self.width)) \(Self.pixels(height))" role="img" aria-label="\(title.inHTML)">
    \(parts.joined(separator: "\n"))
    </svg>

    """
  }

  /// To a tenth, which is finer than screens and printers are.
  private static func pixels(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let (whole, fraction) = tenths.quotientAndRemainder(dividingBy: 10)
    return fraction == 0 ? "\(whole)" : "\(whole).\(abs(fraction))"
  }
}
