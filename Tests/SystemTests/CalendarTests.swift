import Foundation
import Store
import TestSupport
import Testing

/// Calendars follow an appointment: one UID for ever, and a higher SEQUENCE for everything they show anew.
@Suite struct CalendarTests {
  private static let day = [
    "FIRM ADD F-1 name=\"Kedao Quantum\" sectors=quantum stage=seed",
    "FIRM ADD F-2 name=Lanwei sectors=chips stage=seed",
    "INVESTOR ADD I-1 name=\"City Fund\" kind=vc stages=seed sectors=quantum,chips",
    "PERSON ADD P-1 name=李伟 of=F-1", "PERSON ADD P-2 name=Ann of=I-1",
    "ROADSHOW ADD R-1 name=Show starts_on=2031-03-03 time_zone=Asia/Shanghai venue=\"Old Hall\" city=Hefei pitch_places=2",
    "ROADSHOW BLOCK R-1 1 kind=pitches starts=2031-03-03T08:00 ends=2031-03-03T08:40 slot_minutes=20",
    "ROADSHOW BLOCK R-1 2 starts=2031-03-03T09:00 ends=2031-03-03T10:00 slot_minutes=20",
    "ROADSHOW TABLE R-1 count=2 room=A", "ROADSHOW ENROLL R-1 F-1", "ROADSHOW ENROLL R-1 F-2",
    "ROADSHOW ENROLL R-1 I-1",
    "ROADSHOW PIN R-1 F-1 I-1 slot=1 table=1", "ROADSHOW PIN R-1 F-2 I-1 slot=2 table=2",
  ]

  private static func publish(_ client: LineClient) throws {
    for line in day { try check(client, line, "250 ok") }
    try check(client, "ROADSHOW LINEUP R-1 seed=1", "250 ok")
    try check(client, "ROADSHOW PLAN R-1 seconds=2", "250 ok")
    try check(client, "ROADSHOW PUBLISH R-1", "250 ok")
  }

  /// The values of a property in a calendar, in order.
  private static func values(_ name: String, of party: String, _ client: LineClient) throws -> [String] {
    try client.ask("ROADSHOW SHEETS R-1 format=ics for=\(party) language=en").compactMap { line in
      guard line.hasPrefix("250-\(name):") else { return nil }
      return String(line.dropFirst(name.count + 5).filter { $0 != "\r" })
    }
  }

  private static func sequences(_ party: String, _ client: LineClient) throws -> [Int] {
    try values("SEQUENCE", of: party, client).compactMap { Int($0) }
  }

  @Test func whatIsShownAnewHasAHigherSequence() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    try Self.publish(client)
    // A pitch and a meeting of F-1; the investor's meetings with F-1 and F-2.
    var (firm, investor) = (try Self.sequences("F-1", client), try Self.sequences("I-1", client))
    #expect(firm.count == 2 && investor.count == 2)
    let changes: [(line: String, firm: [Bool], investor: [Bool])] = [
      ("ROADSHOW SET R-1 venue=\"New Hall\"", [true, true], [true, true]),
      ("ROADSHOW SET R-1 name_zh=路演", [true, true], [true, true]),
      ("ROADSHOW SET R-1 pitch_places=3", [false, false], [false, false]),
      ("ROADSHOW TABLE R-1 1 room=B", [false, true], [true, false]),
      ("ROADSHOW TABLE R-1 2 name=Lotus", [false, false], [false, true]),
      ("FIRM SET F-1 name=\"Kedao Light\"", [true, true], [true, false]),
      ("FIRM SET F-1 summary=anything", [false, false], [false, false]),
      ("INVESTOR SET I-1 name_zh=城市基金", [false, true], [true, true]),
      ("PERSON SET P-2 name=Anna", [false, true], [true, true]),
      ("PERSON SET P-2 title=Partner", [false, false], [false, false]),
    ]
    for change in changes {
      try check(client, change.line, "250 ok")
      let (nextFirm, nextInvestor) = (
        try Self.sequences("F-1", client), try Self.sequences("I-1", client)
      )
      #expect(zip(nextFirm, firm).map { $0 > $1 } == change.firm, "\(change.line)")
      #expect(zip(nextInvestor, investor).map { $0 > $1 } == change.investor, "\(change.line)")
      (firm, investor) = (nextFirm, nextInvestor)
    }
    #expect(daemon.stop() == 0)
  }

  /// Neither the machine's name nor the sender of mail is in a UID; a database from before keeps what its calendars had.
  @Test func anAppointmentKeepsItsUID() async throws {
    let database = try await TestCluster.shared.makeDatabase()
    let folder = try TemporaryFolder(prefix: "bwt-uid")
    defer { folder.remove() }
    let config = folder.path + "/settings.yaml"
    try "mail_from: desk@one.example\n".write(toFile: config, atomically: true, encoding: .utf8)
    let daemon = try await DaemonProcess(database: database, arguments: ["--config", config])
    try Self.publish(daemon.connect())
    let first = try Self.values("UID", of: "I-1", daemon.connect())
    #expect(first.count == 2 && first.allSatisfy { !$0.contains("one.example") })
    try "mail_from: desk@two.example\n".write(toFile: config, atomically: true, encoding: .utf8)
    #expect(daemon.stop() == 0)
    try await daemon.start()
    #expect(try Self.values("UID", of: "I-1", daemon.connect()) == first)
    #expect(daemon.stop() == 0)
    // As a daemon from before has left it: plans were told, with the domain of mail_from.
    let connection = try await Connection.open(database, deadline: .seconds(30))
    try await connection.run(deadline: .seconds(30)) { session in
      try session.execute(
        "ALTER TABLE publication DISABLE TRIGGER publication_uid_domain_stays; UPDATE publication SET uid_domain = NULL; ALTER TABLE publication ENABLE TRIGGER publication_uid_domain_stays",
        name: "test")
    }
    await connection.close()
    try await daemon.start()
    let kept = try Self.values("UID", of: "I-1", daemon.connect())
    #expect(kept.allSatisfy { $0.hasSuffix("@two.example") })
    try "mail_from: desk@three.example\n".write(toFile: config, atomically: true, encoding: .utf8)
    #expect(daemon.stop() == 0)
    try await daemon.start()
    #expect(try Self.values("UID", of: "I-1", daemon.connect()) == kept)
    #expect(daemon.stop() == 0)
  }
}
