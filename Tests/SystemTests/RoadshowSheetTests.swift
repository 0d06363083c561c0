import Domain
import Foundation
import Store
import TestSupport
import Testing
import Wire

/// Enrolments, absences, wishes and outcomes of a roadshow as sheets.
@Suite struct RoadshowSheetTests {
  private static let enrolments = [
    #"{"roadshow":"R-1","party":"F-1","persons":["P-1"],"max_meetings":2}"#,
    #"{"roadshow":"R-1","party":"F-2","prefers":"morning"}"#, #"{"roadshow":"R-1","party":"I-1"}"#,
    #"{"roadshow":"R-1","party":"I-2","min_meetings":0,"withdrawn":"yes"}"#,
  ]

  private func prepare() async throws -> (DaemonProcess, LineClient) {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let root = try daemon.connect()
    for line in [
      "FIRM ADD F-1 name=One sectors=ai stage=seed", "FIRM ADD F-2 name=Two sectors=ai stage=seed",
      "INVESTOR ADD I-1 name=One kind=vc stages=seed sectors=ai",
      "INVESTOR ADD I-2 name=Two kind=vc stages=seed sectors=ai", "PERSON ADD P-1 name=Ann of=F-1",
      "PERSON ADD P-2 name=Bo of=F-1", "PERSON ADD P-3 name=Cy of=I-1",
      // It is over, so its meetings have begun.
      "ROADSHOW ADD R-1 name=Past starts_on=2020-10-10 time_zone=Asia/Shanghai",
      "ROADSHOW BLOCK R-1 1 starts=2020-10-10T09:00 ends=2020-10-10T10:00 slot_minutes=20",
      "ROADSHOW TABLE R-1 count=2", "ROADSHOW ADD R-2 name=Other starts_on=2020-10-11 time_zone=UTC",
    ] { try check(root, line, "250 ok") }
    return (daemon, root)
  }

  private func expect(_ reply: [String], _ last: String) {
    #expect(reply.last?.hasPrefix(last) == true, "\(reply)")
  }

  private func rows(_ root: LineClient, _ request: String) throws -> [String] {
    try root.ask(request).dropLast().map { String($0.dropFirst(4)) }
  }

  @Test func whatIsImportedIsWhatCommandsEnter() async throws {
    let (daemon, root) = try await prepare()
    expect(
      try root.upload("IMPORT enrolment", Self.enrolments), "250 ok rows=0 added=4 changed=0 unchanged=0")
    expect(
      try root.upload("IMPORT enrolment", Self.enrolments), "250 ok rows=0 added=0 changed=0 unchanged=4")
    let absence = #"{"roadshow":"R-1","party":"F-2","from":"2020-10-10T09:00","until":"2020-10-10T09:20"}"#
    expect(try root.upload("IMPORT absence", [absence]), "250 ok rows=0 added=1")
    let wish = #"{"roadshow":"R-1","from":"F-1","to":"I-1","wish":"must_meet"}"#
    expect(try root.upload("IMPORT wish dry_run=yes", [wish]), "250 ok rows=0 added=1")
    #expect(try rows(root, "EXPORT wish").isEmpty)
    expect(try root.upload("IMPORT wish", [wish]), "250 ok rows=0 added=1")
    // The command says the same: it is so already.
    try check(root, "ROADSHOW WISH R-1 F-1 I-1 wish=must_meet", "251 unchanged")
    try check(root, "ROADSHOW ENROLL R-1 F-1 persons=P-1 max_meetings=2", "251 unchanged")
    #expect(
      try rows(root, "EXPORT enrolment") == [
        #"{"roadshow":"R-1","party":"F-1","side":"firm","persons":["P-1"],"max_meetings":2,"min_meetings":1}"#,
        #"{"roadshow":"R-1","party":"F-2","side":"firm","persons":[],"min_meetings":1,"prefers":"morning"}"#,
        #"{"roadshow":"R-1","party":"I-1","side":"investor","persons":["P-3"],"min_meetings":1}"#,
        #"{"roadshow":"R-1","party":"I-2","side":"investor","persons":[],"min_meetings":0,"withdrawn":true}"#,
      ])
    #expect(try rows(root, "EXPORT absence") == [absence])
    // Each row has its own entry in the audit, and each import one.
    let audit = try root.ask("AUDIT LIST limit=100")
    #expect(audit.count { $0.contains("\"roadshow enroll\"") } == 4, "\(audit)")
    #expect(audit.count { $0.contains("\"roadshow wish\"") } == 1)
    #expect(audit.count { $0.contains("\"import\"") } == 3)
    #expect(daemon.stop() == 0)
  }

  @Test func outcomesComeAndGoAsASheet() async throws {
    let (daemon, root) = try await prepare()
    expect(try root.upload("IMPORT enrolment", Self.enrolments), "250 ok rows=0 added=4")
    for line in ["ROADSHOW ENROLL R-1 I-2", "ROADSHOW PIN R-1 F-1 I-1", "ROADSHOW PIN R-1 F-2 I-2"] {
      try check(root, line, "250 ok")
    }
    expect(try root.ask("ROADSHOW PLAN R-1"), "250 ok plan=1")
    expect(try root.ask("ROADSHOW PUBLISH R-1"), "250 ok")
    let outcomes = [
      #"{"roadshow":"R-1","firm":"F-1","investor":"I-1","outcome":"met","note":"谈得很好"}"#,
      #"{"roadshow":"R-1","firm":"F-2","investor":"I-2","outcome":"no_show","by":"I-2"}"#,
    ]
    expect(try root.upload("IMPORT outcome", outcomes), "250 ok rows=0 added=2 changed=0 unchanged=0")
    // Who met without an introduction has one now.
    #expect(try root.ask("INTRO LIST state=met").contains { $0.contains("\"firm\":\"F-1\"") })
    // An export that is imported again changes nothing, of any of the four.
    for noun in Noun.sheets {
      let exported = try rows(root, "EXPORT \(noun.name) roadshow=R-1")
      expect(
        try root.upload("IMPORT \(noun.name)", exported),
        "250 ok rows=0 added=0 changed=0 unchanged=\(exported.count) rejected=0")
      #expect(try rows(root, "EXPORT \(noun.name) roadshow=R-2").isEmpty)
    }
    #expect(Set(try rows(root, "EXPORT outcome")) == Set(outcomes))
    try check(root, "EXPORT firm roadshow=R-1", "502 bad-argument arg=roadshow")
    // A roadshow that is retired takes nothing any more, so it is in no export of all.
    try check(root, "ROADSHOW RETIRE R-1", "250 ok")
    #expect(try rows(root, "EXPORT wish").isEmpty && rows(root, "EXPORT outcome").isEmpty)
    #expect(daemon.stop() == 0)
  }

  @Test func aWrongRowNamesItself() async throws {
    let (daemon, root) = try await prepare()
    let reply = try root.upload(
      "IMPORT enrolment",
      Self.enrolments.dropLast() + [
        #"{"roadshow":"R-9","party":"F-1"}"#, #"{"roadshow":"R-1","party":"X-1"}"#,
        #"{"roadshow":"R-2","party":"F-1","persons":["P-3"]}"#,
        #"{"roadshow":"R-2","party":"F-2","max_meetings":0}"#,
        #"{"roadshow":"R-2","party":"I-2","max_meetings":1,"min_meetings":2}"#, #"{"roadshow":"R-2"}"#,
      ])
    expect(reply, "554 rule-violated rows=6 rejected=6")
    for (row, field, reason) in [
      (4, "roadshow", "no roadshow"), (5, "party", "no party"),
      (6, "persons", "person P-3 is not of firm F-1"),
      (7, "max_meetings", "not a whole number"), (8, "party", "min_meetings is more than max_meetings"),
      (9, "party", "is required"),
    ] {
      #expect(
        reply.contains { $0.contains("\"row\":\(row),\"field\":\"\(field)\"") && $0.contains(reason) },
        "\(row): \(reply)")
    }
    #expect(try rows(root, "EXPORT enrolment").isEmpty)
    expect(
      try root.upload(
        "IMPORT enrolment partial=yes", Self.enrolments + [#"{"roadshow":"R-1","party":"X-1"}"#]),
      "250 ok rows=1 added=4 changed=0 unchanged=0 rejected=1")
    let wishes = try root.upload(
      "IMPORT wish",
      [
        #"{"roadshow":"R-1","from":"F-1","to":"F-2","wish":"meet"}"#,
        #"{"roadshow":"R-1","from":"F-9","to":"I-1","wish":"meet"}"#,
        #"{"roadshow":"R-1","from":"F-1","to":"I-1","wish":"maybe"}"#,
      ])
    expect(wishes, "554 rule-violated rows=3 rejected=3")
    let fields = wishes.compactMap { $0.firstMatch(of: #/"field":"(\w+)"/#).map { String($0.1) } }
    #expect(fields == ["to", "from", "wish"], "\(wishes)")
    let absences = try root.upload(
      "IMPORT absence",
      [
        #"{"roadshow":"R-1","party":"F-1","from":"soon"}"#,
        #"{"roadshow":"R-1","party":"F-1","from":"2020-10-12T09:00"}"#,
      ])
    expect(absences, "554 rule-violated rows=2 rejected=2")
    #expect(absences.count { $0.contains("\"field\":\"from\"") } == 2, "\(absences)")
    expect(
      try root.upload(
        "IMPORT outcome", [#"{"roadshow":"R-1","firm":"F-1","investor":"I-1","outcome":"met"}"#]),
      "554 rule-violated rows=1 rejected=1")
    #expect(daemon.stop() == 0)
  }
}
