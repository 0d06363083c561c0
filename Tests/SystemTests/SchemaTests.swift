import Foundation
import Store
import TestSupport
import Testing

/// sql/schema.sql shows what the migrations add up to. It is never edited: `make schema` writes it anew.
@Suite struct SchemaTests {
  @Test func goldenSchemaIsWhatTheMigrationsMake() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await Connection.open(target, deadline: .seconds(20))
    let outcome = try await Migrator().migrate(connection)
    #expect(outcome.from == 0)
    #expect(try await Migrator().migrate(connection).from == outcome.to, "migrating again changes nothing")
    await connection.close()
    let dumped = try Self.dump(target)
    let path = repository + "/sql/schema.sql"
    if ProcessInfo.processInfo.environment["BELLWETHER_RECORD"] == "1" {
      try dumped.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      dumped == golden, "sql/schema.sql is out of date; make schema writes it anew, then read the difference")
  }

  private static func dump(_ target: ConnectionString) throws -> String {
    let process = Process()
    let binaries = ["/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin"]
    let folder = try #require(binaries.first { FileManager.default.fileExists(atPath: $0 + "/pg_dump") })
    process.executableURL = URL(fileURLWithPath: folder + "/pg_dump")
    process.arguments = [
      "--schema-only", "--no-owner", "--no-privileges", "--restrict-key=x", "--host", target["host"] ?? "",
      "--port", target["port"] ?? "5432", "--username", target["user"] ?? "", target["dbname"] ?? "",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
    return lines.filter { !$0.hasPrefix("-- Dumped ") && !$0.contains("restrict x") }.joined(separator: "\n")
  }
}

/// The folder of the sources.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path
