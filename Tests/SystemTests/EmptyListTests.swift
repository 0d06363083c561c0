import Foundation
import TestSupport
import Testing

/// Replies that have nothing to show say why.
@Suite struct EmptyListTests {
  private static let firms = [
    "FIRM ADD F-1 name=\"Shanghai Optics\" sectors=photonics stage=seed country=CN ask=5000000 currency=CNY",
    "FIRM ADD F-2 name=\"Berlin Optics\" sectors=photonics stage=seed country=DE ask=5000000 currency=EUR",
    "FIRM ADD F-3 name=\"Retired Optics\" sectors=photonics stage=seed", "FIRM RETIRE F-3",
  ]

  @Test func listsAndEmissionsSayWhyTheyAreEmpty() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    let client = try daemon.connect()
    let investors = [
      "I-1 name=\"Paris Fund\" kind=vc stages=seed sectors=photonics regions=FR country=FR",
      "I-2 name=\"No Budget\" kind=vc stages=seed sectors=photonics budget_left=0 currency=CNY",
      "I-3 name=\"A House\" kind=vc",
      "I-4 name=\"Its Fund\" kind=vc parent=I-3 stages=seed excluded_sectors=photonics",
      "I-5 name=\"Open Fund\" kind=vc stages=seed sectors=photonics ticket=1M-10M currency=CNY",
    ]
    try check(client, "INVESTOR ADD \(investors[0])", "250 ok")
    try check(client, "RESCORE wait=yes", "250 ok")
    #expect(
      try client.ask("DEALS I-1").last
        == "250 ok rows=0 run=1.0 candidates=0: the registry has no project or firm that is not retired")
    for firm in Self.firms { try check(client, firm, "250 ok") }
    for investor in investors.dropFirst() { try check(client, "INVESTOR ADD \(investor)", "250 ok") }
    #expect(
      try client.ask("RESCORE scope=all wait=yes").last?.hasSuffix(
        ": no rate between EUR (1 asks) and CNY (1 tickets); such tickets count as unknown until RATE SET")
        == true)
    func ending(_ request: String) throws -> String {
      let last = try #require(try client.ask(request).last)
      return last.replacing(try Regex(#" run=[0-9.]+"#), with: "")
    }
    #expect(
      try ending("DEALS I-1")
        == "250 ok rows=0 candidates=2 vetoed=region:2: of 2 candidates 2 vetoed by region; EXPLAIN <investor> <firm> says more"
    )
    #expect(try ending("DEALS I-2").contains(" vetoed=no_budget:2: "))
    #expect(
      try ending("DEALS I-3") == "250 ok rows=0: the lists of its funds are empty; DEALS I-4 says why of one")
    #expect(try ending("DEALS I-4").contains(" vetoed=excluded_sector:2: "))
    #expect(try ending("DEALS I-5 stage=growth") == "250 ok rows=0: none of the 2 deals passes the filter")
    #expect(try ending("DEALS I-5") == "250 ok rows=2")
    let status = try client.ask("STATUS")
    #expect(status.contains("250-registry     2 candidates, 5 investors; 1 retired"))
    #expect(status.contains { $0.hasPrefix("250-rates        no rate between EUR") })

    try check(client, "INTRO EMIT", "250 ok rows=4 ")
    #expect(
      try client.ask("INTRO EMIT").last?.hasSuffix(
        ": no introduction: 4 introduced already, or too short a time ago, 3 investors without a deal (DEALS <investor> says why)"
      ) == true)
    try check(client, "RATE SET EUR CNY 8 date=2026-01-01", "250 ok")
    #expect(try client.ask("RESCORE scope=all wait=yes").last?.contains("no rate") == false)
    #expect(daemon.stop() == 0)
  }
}
