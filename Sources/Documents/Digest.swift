import Domain

/// What an investor or a firm is told: what is new on a deal list since a published state, which introductions both sides
/// want, and which wait for its answer. Names and other words may hold anything; what would break a line is a blank.
public struct Digest: Sendable {
  /// An introduction that both sides want.
  public struct Mutual: Sendable, Hashable {
    public var id: Int
    /// Of the other side.
    public var name: String
    public var code: String
    /// Whom to write to, or that nobody is known.
    public var contact: String
    /// Code of the fund that it is for, where it is not the investor itself.
    public var fund: String?

    public init(id: Int, name: String, code: String, contact: String, fund: String? = nil) {
      self.id = id
      self.name = name
      self.code = code
      self.contact = contact
      self.fund = fund
    }
  }

  /// An introduction that waits for the party's answer.
  public struct Waiting: Sendable, Hashable {
    public var id: Int
    /// What the party is told of the other side.
    public var blurb: String
    /// What it would find in the other side, in millionths.
    public var score: Int
    /// Days after this one on which it may still answer; nil where no day is set, since the other side has said "not now".
    public var daysLeft: Int?
    /// Until when the other side has said "not now".
    public var otherUntil: Day?
    /// Code of the fund that is asked, where it is not the investor itself.
    public var fund: String?

    public init(
      id: Int, blurb: String, score: Int, daysLeft: Int?, otherUntil: Day? = nil, fund: String? = nil
    ) {
      self.id = id
      self.blurb = blurb
      self.score = score
      self.daysLeft = daysLeft
      self.otherUntil = otherUntil
      self.fund = fund
    }
  }

  /// What became of a candidate.
  public struct Move: Sendable, Hashable {
    public var name: String
    public var nameZh: String?
    public var code: String
    /// Rank and score (in millionths) in either state; nil where it did not stand on the list.
    public var before: Place?
    public var after: Place?
    /// What it is, and what brings its score: a line each.
    public var facts: [String]
    public var why: String

    public struct Place: Sendable, Hashable {
      /// From 1.
      public var rank: Int
      /// Millionths.
      public var score: Int

      public init(rank: Int, score: Int) {
        self.rank = rank
        self.score = score
      }
    }

    public init(
      name: String, nameZh: String? = nil, code: String, before: Place?, after: Place?, facts: [String] = [],
      why: String
    ) {
      self.name = name
      self.nameZh = nameZh
      self.code = code
      self.before = before
      self.after = after
      self.facts = facts
      self.why = why
    }
  }

  public var name: String
  public var nameZh: String?
  /// The party's.
  public var code: String
  /// The state that the list is compared with; nil where nothing was told of it before.
  public var since: RunRevision?
  /// Nil for a firm, which has no list, and before the first run.
  public var run: RunRevision?
  /// Of the digest.
  public var day: Day
  /// Those that are shown, and how many there are.
  public var mutual: [Mutual]
  public var mutualCount: Int
  public var waiting: [Waiting]
  public var waitingCount: Int
  /// In the order in which they are told.
  public var entered: [Move]
  /// Those whose score changed or that crossed the end of the first ten.
  public var moved: [Move]
  public var left: [Move]
  /// Others, whose rank alone changed.
  public var shifted = 0

  public init(
    name: String, nameZh: String? = nil, code: String, since: RunRevision?, run: RunRevision?, day: Day,
    mutual: [Mutual] = [], mutualCount: Int? = nil, waiting: [Waiting] = [], waitingCount: Int? = nil,
    entered: [Move] = [], moved: [Move] = [], left: [Move] = []
  ) {
    self.name = name
    self.nameZh = nameZh
    self.code = code
    self.since = since
    self.run = run
    self.day = day
    self.mutual = mutual
    self.mutualCount = mutualCount ?? mutual.count
    self.waiting = waiting
    self.waitingCount = waitingCount ?? waiting.count
    self.entered = entered
    self.moved = moved
    self.left = left
  }

  /// `2 waiting, 3 new: City Seed Fund`
  public var subject: String {
    let counts = [
      (mutualCount, "agreed"), (waitingCount, "waiting"), (entered.count, "new"), (moved.count, "moved"),
      (left.count, "left"),
    ]
    let told = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return "\(told.isEmpty ? "nothing new" : told.joined(separator: ", ")): \(name)"
  }

  /// The counts for programs: `waiting=2 new=3 moved=0 left=0 mutual=1`.
  public var counts: String {
    "waiting=\(waitingCount) new=\(entered.count) moved=\(moved.count) left=\(left.count) mutual=\(mutualCount)"
  }

  /// As plain text, in lines of about 72 columns.
  public var text: String { DigestText(self).text }

  /// As a page of HTML that needs nothing beside it.
  public var html: String { DigestPage(self).html }
}

// MARK: What text and page have in common

extension Digest {
  struct Section {
    var title: String
    /// How to go on from there.
    var hint: String?
    var count: Int
    var entries: [Entry]

    var more: String? { count > entries.count ? "… and \(count - entries.count) more" : nil }
  }

  struct Entry {
    /// What it is found by: a rank, or the number of an introduction.
    var mark: String
    var title: String
    var code: String?
    var lines: [String]
    /// What to say to the daemon.
    var command: String?
  }

  var greeting: String { "Good day, \([name, nameZh ?? ""].filter { !$0.isEmpty }.joined(separator: " "))" }

  var nothing: String? {
    guard sections.isEmpty else { return nil }
    return "Nothing is new\(since.map { " since run \($0)" } ?? ""), and nothing waits for your answer."
  }

  /// Those that have only made room for others, or taken the room of others.
  var shift: String? {
    shifted == 0
      ? nil
      : "\(shifted) on your list changed \(shifted == 1 ? "its rank" : "their ranks") alone, as others moved."
  }

  var ending: [String] {
    guard let run else { return ["\(day). INTRO LIST state=all shows all your introductions."] }
    return [
      since.map { "Run \(run), compared with \($0), \(day)." } ?? "Run \(run), your first digest, \(day).",
      "DEALS \(code) shows the whole list, EXPLAIN \(code) and a code where a score comes from.",
    ]
  }

  /// Those that have something to say.
  var sections: [Section] {
    let answering = waiting.first.map {
      "INTRO ACCEPT \($0.id) says yes, INTRO DECLINE \($0.id) reason=… no, INTRO DEFER \($0.id) until=… not now; HELP INTRO says more."
    }
    let asked = waiting.prefix(Limits.digestRows).map { introduction in
      let fund = introduction.fund.map { ["for \($0)"] } ?? []
      let facts = fund + ["score \(Self.score(introduction.score))", Self.timeLeft(introduction)]
      return Entry(
        mark: "\(introduction.id)", title: introduction.blurb, lines: [facts.joined(separator: " · ")],
        command: "INTRO ACCEPT \(introduction.id)")
    }
    let agreed = mutual.prefix(Limits.digestRows).map { introduction in
      let fund = introduction.fund.map { ["for \($0)"] } ?? []
      return Entry(
        mark: "\(introduction.id)", title: introduction.name, code: introduction.code,
        lines: fund + ["contact: \(introduction.contact)"])
    }
    return [
      Section(title: "Both of you want to meet", hint: nil, count: mutualCount, entries: agreed),
      Section(title: "Waiting for your answer", hint: answering, count: waitingCount, entries: asked),
      Self.section("New on your list", entered), Self.section("Moved", moved), Self.section("Left", left),
    ].filter { $0.count > 0 }
  }

  private static func section(_ title: String, _ moves: [Move]) -> Section {
    Section(
      title: title, count: moves.count,
      entries: moves.prefix(Limits.digestRows).map { move in
        Entry(
          mark: (move.after ?? move.before).map { "#\($0.rank)" } ?? "–",
          title: [move.name, move.nameZh ?? ""].filter { !$0.isEmpty }.joined(separator: " "),
          code: move.code, lines: ["\(change(move)); \(move.why)"] + move.facts)
      })
  }

  private static func change(_ move: Move) -> String {
    switch (move.before, move.after) {
    case (nil, let after?): return "score \(score(after.score))"
    case (let before?, nil): return "was #\(before.rank) with \(score(before.score))"
    case (let before?, let after?):
      let way = after.rank < before.rank ? "up from" : after.rank > before.rank ? "down from" : "still"
      let (from, to) = (score(before.score), score(after.score))
      return "\(way) #\(before.rank), score \(from == to ? to : "\(from) to \(to)")"
    case (nil, nil): return "not on the list"
    }
  }

  private static func timeLeft(_ introduction: Waiting) -> String {
    guard let days = introduction.daysLeft else {
      return "the other side has said not now\(introduction.otherUntil.map { ", until \($0)" } ?? "")"
    }
    return switch days {
    case ...0: "today is the last day"
    case 1: "1 day left"
    default: "\(days) days left"
    }
  }

  /// Millionths as 0–100 with one decimal.
  private static func score(_ millionths: Int) -> String {
    let tenths = (millionths + 500) / 1_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
