import Domain
import Foundation
import Testing

@testable import Documents

/// Calendars by the letter of RFC 5545 and 5546, and as a library reads them that calendar programs are made with.
@Suite struct ICalendarTests {
  /// What the library makes of a calendar.
  private struct Calendar: Decodable {
    struct Event: Decodable {
      var uid: String
      var sequence: Int
      var status: String
      var start: Int
      var end: Int
      var stamp: Int
      var local: String
      var summary: String
      var location: String
      var description: String
      var organizer: String
      var organizerName: String
      var properties: [String]
    }
    var method: String
    var version: String
    var zone: String
    var events: [Event]
    var errors: [String]
    var longest: Int
  }

  private static func read(_ calendar: ICalendar) throws -> Calendar {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../examples/read_calendar.py").path
    let process = Process()
    // Debian's, which knows Debian's packages.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [script]
    // From a file, since a pipe that nobody reads ends the program that writes into it.
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("bwt-\(UUID().uuidString).ics")
    try Data(calendar.text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    process.standardInput = try FileHandle(forReadingFrom: file)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let found = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let result = try JSONDecoder().decode(Calendar.self, from: found)
    #expect(result.errors.isEmpty && result.longest <= 75 && result.version == "2.0")
    return result
  }

  @Test func aWholeCalendar() {
    let calendar = ShowFixture.programme([ShowFixture.meeting]).calendar(for: ShowFixture.recipient())
    #expect(
      calendar.text
        == """
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Bellwether//Roadshow sheets//EN
        CALSCALE:GREGORIAN
        METHOD:PUBLISH
        BEGIN:VTIMEZONE
        TZID:Asia/Shanghai
        BEGIN:STANDARD
        DTSTART:19700101T000000
        TZOFFSETFROM:+0800
        TZOFFSETTO:+0800
        END:STANDARD
        END:VTIMEZONE
        BEGIN:VEVENT
        UID:meeting-17.R-1@example.org
        DTSTAMP:20261125T010000Z
        DTSTART;TZID=Asia/Shanghai:20261126T090000
        DTEND;TZID=Asia/Shanghai:20261126T092500
        SEQUENCE:2
        STATUS:CONFIRMED
        ORGANIZER;CN=The desk:mailto:desk@example.org
        SUMMARY:Meeting: City Seed Fund
        LOCATION:Table 12 · Lotus\\, Hall A\\, Convention Centre\\, 合肥
        DESCRIPTION:Hefei Autumn Roadshow\\nInvestor: City Seed Fund 城市种子基
         金 (I-1)\\nPeople: 王芳
        END:VEVENT
        END:VCALENDAR

        """.replacing("\n", with: "\r\n"))
  }

  @Test func anotherProgramReadsIt() throws {
    var cancelled = ShowFixture.meeting
    cancelled.kind = .meeting(18)
    cancelled.isCancelled = true
    cancelled.sequence = 5
    cancelled.start += 1_800
    cancelled.end += 1_800
    let programme = ShowFixture.programme([cancelled, ShowFixture.meeting, ShowFixture.pitch])
    let calendar = try Self.read(programme.calendar(for: ShowFixture.recipient(ShowFixture.firm, .chinese)))
    #expect(calendar.method == "PUBLISH" && calendar.zone == "Asia/Shanghai")
    #expect(
      calendar.events.map(\.uid) == [
        "pitch-F-1.R-1@example.org", "meeting-17.R-1@example.org", "meeting-18.R-1@example.org",
      ])
    #expect(calendar.events.map(\.status) == ["CONFIRMED", "CONFIRMED", "CANCELLED"])
    #expect(calendar.events.map(\.sequence) == [0, 2, 5])
    #expect(calendar.events.map(\.summary) == ["路演：科道量子", "会谈：城市种子基金", "会谈：城市种子基金"])
    #expect(calendar.events.map(\.local) == ["2026-11-26 08:00", "2026-11-26 09:00", "2026-11-26 09:30"])
    let event = calendar.events[1]
    #expect(event.start == ShowFixture.start && event.end == ShowFixture.start + 1_500)
    #expect(event.stamp == programme.madeAt)
    #expect(event.location == "12 号桌 · Lotus，Hall A，Convention Centre，合肥")
    #expect(event.description == "合肥秋季路演\n投资方：城市种子基金 City Seed Fund (I-1)\n参会人：王芳")
    #expect(event.organizer == "mailto:desk@example.org" && event.organizerName == "The desk")
    #expect(calendar.events[0].location == "Convention Centre，合肥")
    // Nobody is invited, so no address of anybody can be in it.
    #expect(!event.properties.contains("ATTENDEE"))
    // The same meeting as the other side has it.
    let other = try Self.read(programme.calendar(for: ShowFixture.recipient(ShowFixture.investor)))
    #expect(other.events.map(\.uid) == ["meeting-17.R-1@example.org", "meeting-18.R-1@example.org"])
    #expect(other.events.map(\.summary) == ["Meeting: Kedao Quantum", "Meeting: Kedao Quantum"])
  }

  @Test func whatIsCancelledAloneIsACancellation() throws {
    var cancelled = ShowFixture.meeting
    cancelled.isCancelled = true
    cancelled.sequence = 3
    let programme = ShowFixture.programme([cancelled])
    let calendar = try Self.read(programme.calendar(for: ShowFixture.recipient()))
    #expect(calendar.method == "CANCEL")
    #expect(calendar.events.map(\.status) == ["CANCELLED"] && calendar.events.map(\.sequence) == [3])
    #expect(calendar.events.map(\.uid) == ["meeting-17.R-1@example.org"])
    // Who has nothing is told so by an empty calendar, not by a cancellation of nothing.
    let empty = programme.calendar(for: ShowFixture.recipient(ShowFixture.other))
    #expect(empty.method == .publish && !empty.text.contains("VEVENT"))
  }

  /// Every hour of a day on which clocks change, each of half an hour, so that some begin before and end after.
  @Test(
    arguments: [
      ("Europe/Berlin", 3_600, 1_806_195_600, 7_200), ("Europe/Berlin", 7_200, 1_792_890_000, 3_600),
      ("America/New_York", -14_400, 1_793_512_800, -18_000),
      ("Australia/Lord_Howe", 37_800, 1_791_041_400, 39_600),
    ])
  func daysWithAChangeOfClocks(_ name: String, _ before: Int, _ instant: Int, _ after: Int) throws {
    let zone = ZoneOffsets(name: name, initial: before, transitions: [.init(at: instant, offset: after)])
    let appointments = (-24..<24).map { index in
      var appointment = ShowFixture.meeting
      appointment.kind = .meeting(index + 100)
      appointment.start = instant + index * 1_800 - 900
      appointment.end = appointment.start + 1_800
      return appointment
    }
    let programme = ShowFixture.programme(appointments, zone: zone)
    let calendar = try Self.read(programme.calendar(for: ShowFixture.recipient()))
    #expect(calendar.events.map(\.start) == appointments.map(\.start))
    #expect(calendar.events.map(\.end) == appointments.map(\.end))
  }

  @Test func anHourThatIsThereTwiceIsToldInUTC() {
    // In Berlin on 2026-10-25 it is 02:30 at 00:30 and at 01:30 UTC.
    let change = 1_792_890_000
    let zone = ZoneOffsets(
      name: "Europe/Berlin", initial: 7_200, transitions: [.init(at: change, offset: 3_600)])
    func start(_ instant: Int) -> String? {
      var appointment = ShowFixture.meeting
      (appointment.start, appointment.end) = (instant, instant + 600)
      let programme = ShowFixture.programme([appointment], zone: zone)
      return programme.calendar(for: ShowFixture.recipient()).lines.last { $0.hasPrefix("DTSTART") }
    }
    #expect(start(change - 7_200) == "DTSTART;TZID=Europe/Berlin:20261025T010000")
    #expect(start(change - 1_800) == "DTSTART:20261025T003000Z")
    #expect(start(change + 1_800) == "DTSTART:20261025T013000Z")
    #expect(start(change + 7_200) == "DTSTART;TZID=Europe/Berlin:20261025T040000")
  }

  @Test(
    arguments: [
      ShowFixture.hostile, String(repeating: "长", count: 200), String(repeating: "👩‍🚀e\u{301}", count: 100),
      ",\u{301};\u{301}\\\u{301}\"\u{301}", " ", "END:VCALENDAR", "a@b.example:mailto",
    ])
  func noNameIsMoreThanAName(_ name: String) throws {
    let party = ShowFixture.delegation("I-1", name, nil, [name, name])
    var meeting = ShowFixture.meeting
    meeting.investor = party
    meeting.table = Programme.Table(number: 1, name: name, room: name)
    var programme = ShowFixture.programme([meeting])
    programme.name = name
    programme.venue = name
    programme.organizer.name = name
    let calendar = programme.calendar(for: ShowFixture.recipient())
    #expect(
      calendar.lines.allSatisfy { $0.utf8.count <= 75 && !$0.unicodeScalars.contains { $0.value < 32 } })
    let read = try Self.read(calendar)
    let event = try #require(read.events.first)
    let shown = name.onOneLine
    #expect(read.events.count == 1)
    #expect(event.summary == "Meeting: \(shown)")
    #expect(event.location == "Table 1 · \(shown), \(shown), \(shown), 合肥")
    #expect(event.description == "\(shown)\nInvestor: \(shown) (I-1)\nPeople: \(shown), \(shown)")
    #expect(
      Array(event.organizerName.unicodeScalars) == shown.unicodeScalars.map { $0 == "\"" ? "'" : $0 })
  }

  /// What the library reads as a line end, as it takes escapes apart one kind after the other.
  @Test func backslashesAreEscaped() {
    #expect(ICalendar.escaped(["\\n\\,\\;", "x\r\ny"]) == "\\\\n\\\\\\,\\\\\\;\\nx  y")
  }

  @Test func addressesAreSafeInAURI() {
    #expect(ICalendar.uri(MailAddress("a+b?c#d%e&f@x.org")!) == "a+b%3Fc%23d%25e%26f@x.org")
  }

  @Test func linesAreFoldedBetweenCharacters() {
    #expect(ICalendar.folded("") == [""])
    let line = String(repeating: "x", count: 75)
    #expect(ICalendar.folded(line) == [line])
    #expect(ICalendar.folded(line + "y") == [line, " y"])
    #expect(ICalendar.folded(line.dropLast() + "é") == [String(line.dropLast()), " é"])
    for text in [
      String(repeating: "科", count: 99), String(repeating: "👩‍🚀", count: 40),
      String(repeating: "a科", count: 70),
    ] {
      for shift in 0..<4 {
        let line = String(repeating: "x", count: shift) + text
        let folded = ICalendar.folded(line)
        #expect(
          folded.allSatisfy { $0.utf8.count <= 75 } && folded.dropFirst().allSatisfy { $0.utf8.first == 32 })
        // As full as a character of four octets allows.
        #expect(folded.dropLast().allSatisfy { $0.utf8.count > 71 })
        #expect(folded[0].utf8 + folded.dropFirst().flatMap { $0.utf8.dropFirst() } == Array(line.utf8))
      }
    }
  }
}
