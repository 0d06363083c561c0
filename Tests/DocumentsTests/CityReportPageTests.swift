import Domain
import Testing

@testable import Documents

/// What the page looks like on screens and on paper has been looked at.
@Suite struct CityReportPageTests {
  private static func pages(_ report: CityReport) -> [String] {
    SheetLanguage.allCases.map { CityReportPage(report, in: $0).html }
  }

  @Test(arguments: [ReportFixture.city, ReportFixture.hostile, CityReport(day: Day("2020-01-01")!)])
  func everyTagIsClosed(_ report: CityReport) {
    for html in Self.pages(report) {
      var open: [Substring] = []
      for part in html.split(separator: "<").dropFirst() {
        let tag = part.prefix { $0 != ">" }
        #expect(tag.count < part.count, "\(part)")
        let name = tag.prefix { $0.isLetter || $0.isNumber || $0 == "/" }
        if tag.hasSuffix("/") || tag.hasPrefix("!DOCTYPE") { continue }
        if name.hasPrefix("/") {
          #expect(open.popLast() == name.dropFirst())
        } else {
          open.append(name)
        }
      }
      #expect(open.isEmpty)
    }
  }

  @Test func namesAreWordsAndNothingElse() {
    for html in Self.pages(ReportFixture.hostile) {
      #expect(!html.contains("<script") && !html.contains("<!--") && !html.contains("alert(1)<"))
      #expect(
        html.contains(
          "&lt;/td&gt;&lt;/svg&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;x&quot; &amp; &#39;y&#39;"))
      #expect(!html.contains("\r"))
      // Nothing is fetched from anywhere.
      #expect(
        !html.contains("http:") || !html.contains("href") && !html.contains("src=") && !html.contains("url("))
    }
  }

  @Test func chartsSayWhatTablesSay() throws {
    let html = CityReportPage(ReportFixture.city, in: .english).html
    var seen = 0
    for section in html.split(separator: "<section ").dropFirst() {
      let cells = section.split(separator: "<tr").map { row in
        row.split(separator: "<").compactMap { part -> Substring? in
          guard part.hasPrefix("td>") || part.hasPrefix("th scope=\"row\">") else { return nil }
          return part.split(separator: ">", maxSplits: 1).last
        }
      }
      for figure in section.split(separator: "<title>").dropFirst() {
        let words = figure.prefix { $0 != "<" }
        let (label, value) = try #require(words.split(separator: ": ").map { $0 }.pair)
        let item = label.split(separator: " Invested")[0].split(separator: " Returned")[0]
        let first = value.split(separator: " · ")[0]
        #expect(
          cells.contains { $0.first == item && $0.dropFirst().contains(first) },
          "\(words) stands in no row of the table")
        seen += 1
      }
    }
    #expect(seen == 3 * 2 + 2 + 11 + 5 + 10 + 5 + 4)
  }

  /// The lengths of bars are as their values.
  @Test func barsAreAsLongAsTheirValues() throws {
    let html = CityReportPage(ReportFixture.city, in: .english).html
    let chart = try #require(html.split(separator: "<section id=\"conversions\"").dropFirst().first)
    let bars = chart.split(separator: "<rect ").dropFirst().compactMap { bar -> (Double, Double)? in
      guard
        let width = bar.split(separator: "width=\"").dropFirst().first?.split(separator: "\"").first.flatMap({
          Double($0)
        }),
        let value = bar.split(separator: ": ").dropFirst().first?.split(separator: " ").first.flatMap({
          Double($0)
        })
      else { return nil }
      return (width, value)
    }
    #expect(bars.map(\.1) == [60, 52, 16, 3])
    for bar in bars { #expect(abs(bar.0 / bars[0].0 - bar.1 / 60) < 0.001) }
  }

  @Test func aPageStandsAlone() {
    for (html, language) in zip(Self.pages(ReportFixture.city), SheetLanguage.allCases) {
      #expect(
        html.hasPrefix("<!DOCTYPE html>\n<html lang=\"\(language.rawValue)\"><head><meta charset=\"utf-8\"/>")
      )
      for word in ["<script", "<link", "<img", "src=", "href=", "url(", "@import"] {
        #expect(!html.contains(word))
      }
      #expect(
        html.contains("@media screen and (prefers-color-scheme:dark)") && html.contains("@page{size:A4"))
    }
  }
}

extension Array {
  fileprivate var pair: (Element, Element)? { count == 2 ? (self[0], self[1]) : nil }
}
