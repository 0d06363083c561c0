import Domain
import TestSupport
import Testing

@Suite struct FormulaGuardTests {
  @Test(arguments: [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", " =1", "\t=1", "\u{A0}=1", "\u{200B}=1", "＝1", "＋1", "－1", "＠x",
    "'=1", "''=1",
    "' =1", "+86 10 1234", "-", "-2-", "=\u{301}1",
  ])
  func formulasAreGuarded(_ text: String) {
    #expect(FormulaGuard.guarded(text) == "'" + text)
    #expect(FormulaGuard.unguarded("'" + text) == text)
  }

  @Test(arguments: [
    "", "a=b", "-1", "+1", "-1,000.50", "+5%", "O'Hara", "'quoted'", "'-1", "科道量子", "Ωmega", "'", "1+1",
  ])
  func otherTextStaysAsItIs(_ text: String) {
    #expect(FormulaGuard.guarded(text) == text || text == "'-1")
    #expect(FormulaGuard.unguarded(FormulaGuard.guarded(text)) == text)
  }

  /// Whatever the text, guarding it and taking the guard off gives it back, and no guarded text is a formula.
  @Test func everythingComesBack() {
    var random = SeededRandom(seed: 22)
    let pieces = ["'", "=", "+", "-", "@", "＝", " ", "\t", "1", "a", "合", ".", "\u{200B}", "\u{A0}"]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random)!
      }
      .joined()
      let cell = FormulaGuard.guarded(text)
      #expect(FormulaGuard.unguarded(cell) == text)
      #expect(!cell.hasPrefix("=") && !cell.hasPrefix("@") && !cell.hasPrefix("＝"))
    }
  }
}
