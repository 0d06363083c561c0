import Domain
import Testing

@testable import Documents

@Suite struct DigestTests {
  private static func digest(
    waiting: [Digest.Waiting] = [], entered: [Digest.Move] = [], moved: [Digest.Move] = [],
    left: [Digest.Move] = [], name: String = "City Seed Fund", nameZh: String? = "城市种子基金"
  ) -> Digest {
    Digest(
      name: name, nameZh: nameZh, code: "I-1", since: RunRevision(run: 16, revision: 2),
      run: RunRevision(run: 17),
      day: Day("2026-11-25")!, waiting: waiting, entered: entered, moved: moved, left: left)
  }

  private static let full = digest(
    waiting: [
      .init(
        id: 17,
        blurb:
          "A seed-stage firm for quantum sensing in Anhui that wants 8M CNY and a lead investor with patience",
        score: 873_456, daysLeft: 5),
      .init(id: 9, blurb: "早期量子传感企业", score: 1_000_000, daysLeft: 0, fund: "I-2"),
    ],
    entered: [
      .init(
        name: "Kedao Quantum", nameZh: "科道量子", code: "F-1", before: nil,
        after: .init(rank: 1, score: 950_800),
        facts: ["seed · quantum_sensing, ai · Anhui · asks 8M CNY", "sector 30.0, stage 20.0, ticket 15.0"],
        why: "its record has changed")
    ],
    moved: [
      .init(
        name: "Up", code: "F-2", before: .init(rank: 12, score: 700_000),
        after: .init(rank: 2, score: 900_049),
        why: "its record has changed"),
      .init(
        name: "Down", code: "F-3", before: .init(rank: 1, score: 710_000),
        after: .init(rank: 3, score: 710_000),
        why: "others have moved"),
      .init(
        name: "Still", code: "F-4", before: .init(rank: 4, score: 710_000), after: .init(rank: 4, score: 0),
        why: "the weights have changed"),
    ],
    left: [
      .init(
        name: "Gone", code: "F-5", before: .init(rank: 5, score: 1), after: nil, why: "its record has changed"
      )
    ])

  @Test func bothWantItAndHowTheyReachEachOther() {
    var digest = Digest(
      name: "Kedao", code: "F-1", since: nil, run: nil, day: Day("2026-11-25")!,
      mutual: [
        .init(id: 4, name: "City Seed Fund", code: "I-1", contact: "no person of I-1 is known; ask the desk"),
        .init(id: 3, name: "River", code: "I-2", contact: "Ann <ann@example.org>", fund: "I-9"),
      ],
      waiting: [
        .init(id: 7, blurb: "a fund", score: 1, daysLeft: nil, otherUntil: Day("2027-01-02")!)
      ])
    #expect(digest.subject == "2 agreed, 1 waiting: Kedao")
    #expect(digest.counts == "waiting=1 new=0 moved=0 left=0 mutual=2")
    #expect(
      digest.text.hasPrefix(
        """
        Good day, Kedao,

        Both of you want to meet: 2

        4  City Seed Fund (I-1)
           contact: no person of I-1 is known; ask the desk

        3  River (I-2)
           for I-9
           contact: Ann <ann@example.org>

        Waiting for your answer: 1
        """))
    #expect(digest.text.contains("score 0.0 · the other side has said not now, until 2027-01-02"))
    #expect(digest.text.hasSuffix("2026-11-25. INTRO LIST state=all shows all your introductions.\n"))
    #expect(digest.html.contains("contact: Ann &lt;ann@example.org&gt;"))
    (digest.mutual, digest.mutualCount, digest.waiting, digest.waitingCount) = ([], 0, [], 0)
    #expect(digest.text.contains("\nNothing is new, and nothing waits for your answer.\n"))
  }

  @Test func ranksThatChangedAloneAreOneSentence() {
    var digest = Self.digest()
    digest.shifted = 41
    #expect(digest.subject == "nothing new: City Seed Fund")
    #expect(digest.text.contains("\n41 on your list changed their ranks alone, as others moved.\n"))
    #expect(digest.html.contains("<p style=\"margin:16px 0\">41 on your list changed their ranks alone"))
    digest.shifted = 1
    #expect(digest.text.contains("\n1 on your list changed its rank alone, as others moved.\n"))
  }

  @Test func aDigestReadsWell() {
    #expect(Self.full.subject == "2 waiting, 1 new, 3 moved, 1 left: City Seed Fund")
    #expect(Self.full.counts == "waiting=2 new=1 moved=3 left=1 mutual=0")
    #expect(
      Self.full.text == """
        Good day, City Seed Fund 城市种子基金,

        Waiting for your answer: 2
        INTRO ACCEPT 17 says yes, INTRO DECLINE 17 reason=… no, INTRO DEFER 17
        until=… not now; HELP INTRO says more.

        17  A seed-stage firm for quantum sensing in Anhui that wants 8M CNY and
            a lead investor with patience
            score 87.3 · 5 days left
            INTRO ACCEPT 17

        9   早期量子传感企业
            for I-2 · score 100.0 · today is the last day
            INTRO ACCEPT 9

        New on your list: 1

        #1  Kedao Quantum 科道量子 (F-1)
            score 95.1; its record has changed
            seed · quantum_sensing, ai · Anhui · asks 8M CNY
            sector 30.0, stage 20.0, ticket 15.0

        Moved: 3

        #2  Up (F-2)
            up from #12, score 70.0 to 90.0; its record has changed

        #3  Down (F-3)
            down from #1, score 71.0; others have moved

        #4  Still (F-4)
            still #4, score 71.0 to 0.0; the weights have changed

        Left: 1

        #5  Gone (F-5)
            was #5 with 0.0; its record has changed

        Run 17.0, compared with 16.2, 2026-11-25.
        DEALS I-1 shows the whole list, EXPLAIN I-1 and a code where a score
        comes from.

        """)
  }

  @Test func nothingIsSaidInOneLine() {
    let digest = Self.digest(nameZh: nil)
    #expect(digest.subject == "nothing new: City Seed Fund")
    let words = "Nothing is new since run 16.2, and nothing waits for your answer."
    #expect(digest.text.hasPrefix("Good day, City Seed Fund,\n\n\(words)\n\nRun 17.0"))
    #expect(digest.html.contains("<p style=\"margin:16px 0\">\(words)</p>") && !digest.html.contains("<h2"))
  }

  @Test func longSectionsAreCut() {
    let moves = (1...23).map {
      Digest.Move(name: "N\($0)", code: "F-\($0)", before: nil, after: .init(rank: $0, score: 0), why: "w")
    }
    var digest = Self.digest(entered: moves)
    #expect(digest.text.contains("New on your list: 23\n") && digest.text.contains("(F-20)\n"))
    #expect(!digest.text.contains("(F-21)") && digest.text.contains("\n… and 3 more\n"))
    #expect(!digest.html.contains("F-21") && digest.html.contains("… and 3 more"))
    digest.entered = Array(moves.prefix(20))
    #expect(!digest.text.contains("more\n") && !digest.html.contains("… and"))
    // Of introductions only those that are shown are at hand.
    digest.waiting = [.init(id: 1, blurb: "b", score: 0, daysLeft: 1)]
    digest.waitingCount = 30
    #expect(digest.text.contains("Waiting for your answer: 30\n") && digest.text.contains("… and 29 more"))
    #expect(digest.text.contains("1 day left") && digest.subject.hasPrefix("30 waiting, 20 new: "))
  }

  @Test func linesAreFolded() {
    let name = String(repeating: "科", count: 150) + " " + String(repeating: "x", count: 200)
    let digest = Self.digest(
      waiting: [.init(id: 1, blurb: String(repeating: "word ", count: 99), score: 0, daysLeft: 2)],
      entered: [.init(name: name, code: "F-1", before: nil, after: .init(rank: 1, score: 0), why: "w")],
      name: name)
    for line in digest.text.split(separator: "\n") {
      #expect(line.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 1 : 2) } <= 72, "\(line)")
    }
    #expect(digest.text.filter { $0 == "科" }.count == 300 && digest.text.filter { $0 == "x" }.count >= 400)
  }

  @Test func namesAreNoMoreThanWords() {
    let name = "<script>alert(\"1\")</script>\n& 'x'\u{2028}\u{1B}[31m"
    let move = Digest.Move(
      name: name, nameZh: name, code: name, before: .init(rank: 1, score: 0), after: nil, facts: [name],
      why: name)
    let digest = Self.digest(
      waiting: [.init(id: 1, blurb: name, score: 0, daysLeft: 2, fund: name)], left: [move], name: name,
      nameZh: name)
    let shown = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;  [31m"
    #expect(digest.html.components(of: shown) == 10)
    #expect(!digest.html.contains("<script") && !digest.html.contains("'x'"))
    for text in [digest.html, digest.text] {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 && $0.value != 0x2028 })
    }
    // One line is said of each, whatever it holds.
    let harmless = Self.digest(
      waiting: [.init(id: 1, blurb: "x", score: 0, daysLeft: 2)],
      left: [
        .init(name: "x", code: "x", before: .init(rank: 1, score: 0), after: nil, facts: ["x"], why: "x")
      ])
    #expect(digest.html.components(of: "\n") == harmless.html.components(of: "\n"))
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
