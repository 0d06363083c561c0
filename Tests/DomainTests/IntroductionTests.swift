import Foundation
import TestSupport
import Testing

@testable import Domain

/// The moves of an introduction, against the table of docs/INTRODUCTIONS.md.
@Suite struct IntroductionTests {
  private static let day = Day("2027-03-31")!

  private static let actions: [IntroductionMove.Action] = [
    .accept, .decline, .defer, .ask, .withdraw, .advance, .return, .expire,
  ]

  private static func results(_ state: IntroductionState, _ action: IntroductionMove.Action)
    -> [IntroductionState]
  {
    var results: Set<IntroductionState> = []
    for standing in IntroductionMoves.standings where standing.state == state {
      for move in IntroductionMoves.all where move.action == action {
        var next = standing
        if (try? next.make(move)) != nil { results.insert(next.state) }
      }
    }
    return IntroductionState.allCases.filter(results.contains)
  }

  @Test func theTableOfTheDocumentIsWhatTheMovesDo() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/INTRODUCTIONS.md").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let (begin, end) = ("<!-- moves -->\n", "<!-- end of moves -->")
    let head = try #require(text.range(of: begin)).upperBound
    let tail = try #require(text.range(of: end)).lowerBound
    var table = "| state | \(Self.actions.map { $0.rawValue.uppercased() }.joined(separator: " | ")) |\n"
    table += "|---|" + Self.actions.map { _ in "---|" }.joined() + "\n"
    for state in IntroductionState.allCases where !state.isEnd {
      let cells = Self.actions.map { action in
        let states = Self.results(state, action).map(\.rawValue)
        return states.isEmpty ? "–" : states.joined(separator: ", ")
      }
      table += "| `\(state.rawValue)` | \(cells.joined(separator: " | ")) |\n"
    }
    if ProcessInfo.processInfo.environment["BELLWETHER_RECORD"] == "1" {
      try String(text[..<head] + table + text[tail...]).write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      #expect(String(text[head..<tail]) == table)
    }
  }

  @Test func whatIsToldToBeLegalIs() {
    for standing in IntroductionMoves.standings {
      let legal = IntroductionMove.Action.legal(in: standing.state)
      for move in IntroductionMoves.all where ![.return, .expire].contains(move.action) {
        var next = standing
        do throws(IntroductionStanding.Illegal) {
          _ = try next.make(move)
          #expect(legal.contains(move.action), "\(move) of \(standing)")
        } catch {
          #expect(error.legal == legal && error.state == standing.state && next == standing)
        }
      }
      for action in legal {
        #expect(
          IntroductionMoves.all.contains { move in
            var next = standing
            return move.action == action && (try? next.make(move)) != nil
          }, "\(action) of \(standing)")
      }
    }
  }

  /// Whoever is told who the other one is has said yes, and so has the other one.
  @Test func nobodyIsNamedToWhomTheyDidNotSayYes() {
    for standing in IntroductionMoves.standings where standing.state.isMutual {
      #expect(standing.investor == .yes && standing.firm == .yes, "\(standing)")
    }
    for standing in IntroductionMoves.standings where standing.state.isOpen {
      #expect(standing.investor != .no && standing.firm != .no, "\(standing)")
      #expect(!(standing.investor == .yes && standing.firm == .yes), "\(standing)")
    }
  }

  @Test func anEndIsAnEnd() {
    for standing in IntroductionMoves.standings where standing.state.isEnd {
      for move in IntroductionMoves.all {
        var next = standing
        #expect(throws: IntroductionStanding.Illegal.self) { try next.make(move) }
      }
    }
    let reached = Set(IntroductionMoves.standings.map(\.state))
    #expect(reached == Set(IntroductionState.allCases))
  }

  @Test func theOrderOfTwoAnswersDoesNotMatter() throws {
    for first in IntroductionSide.allCases {
      var standing = IntroductionStanding()
      #expect(try standing.make(.accept(first)) && standing.state == .asked)
      #expect(try !standing.make(.accept(first)), "the same said twice changes nothing")
      #expect(try standing.make(.accept(first.other)) && standing.state == .mutual)
    }
    var standing = IntroductionStanding()
    _ = try standing.make(.defer(.firm, until: Self.day))
    _ = try standing.make(.accept(.investor))
    #expect(standing.state == .notNow && standing.firmUntil == Self.day)
    _ = try standing.make(.return(.firm))
    #expect(standing.state == .asked && standing.firm == .pending && standing.firmUntil == nil)
  }
}
