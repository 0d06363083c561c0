import Foundation
import TestSupport
import Testing
import Wire

/// Every command, its success and its errors, against a real daemon on a real database.
@Suite struct TranscriptTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Transcripts").path
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private static var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
      $0.hasSuffix(".transcript")
    }.sorted()
  }

  /// Files are played one after the other on one daemon, since later ones build on what earlier ones stored.
  @Test func transcriptsHold() async throws {
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    for file in Self.files {
      let path = "\(Self.folder)/\(file)"
      let transcript = try Transcript(path: path)
      let client = try daemon.connect()
      if ProcessInfo.processInfo.environment["BELLWETHER_RECORD"] == "1" {
        try transcript.record(on: client).write(toFile: path, atomically: true, encoding: .utf8)
      } else {
        try transcript.play(on: client)
      }
    }
    #expect(daemon.stop() == 0)
  }

  /// The examples in these documents are true: played from the top, each on a fresh daemon.
  @Test(arguments: ["docs/PROTOCOL.md", "docs/ROADSHOWS.md", "docs/RELAY.md"])
  func documentedExamplesHold(document: String) async throws {
    let text = try String(contentsOfFile: "\(Self.root)/\(document)", encoding: .utf8)
    var lines: [String] = []
    var inExample = false
    for line in text.components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        inExample = line == "```transcript"
      } else {
        lines.append(inExample ? line : "")
      }
      if line.hasPrefix("```") { lines.append("") }
    }
    let transcript = Transcript(name: document, lines: lines)
    #expect(!transcript.steps.isEmpty)
    let daemon = try await DaemonProcess(database: try await TestCluster.shared.makeDatabase())
    try transcript.play(on: try daemon.connect())
  }

  /// A new command without a transcript of its success and of an error is refused here.
  @Test func everyCommandHasATranscript() throws {
    var succeeded: Set<String> = []
    var failed: Set<String> = []
    for file in Self.files {
      for step in try Transcript(path: "\(Self.folder)/\(file)").steps {
        guard let request = step.sent.first?.text, let words = try? RequestLine(parsing: Array(request.utf8))
        else { continue }
        let upper = words.positional.prefix(2).map { $0.uppercased() }.joined(separator: " ")
        guard
          let spec = CommandTable.all.filter({ upper == $0.words || (upper + " ").hasPrefix($0.words + " ") })
            .max(by: { $0.words.count < $1.words.count }), let last = step.expected.last?.text
        else { continue }
        if last.hasPrefix("2") {
          succeeded.insert(spec.words)
        } else if last.hasPrefix("5") || last.hasPrefix("4") {
          failed.insert(spec.words)
        }
      }
    }
    // A run that is under way is in no transcript; RescoringTests cancels one.
    succeeded.insert("RUN CANCEL")
    // Its day lies ahead of today; SeasonTests defers.
    succeeded.insert("INTRO DEFER")
    for spec in CommandTable.all {
      #expect(succeeded.contains(spec.words), "\(spec.words) has no transcript of its success")
      #expect(failed.contains(spec.words), "\(spec.words) has no transcript of an error")
    }
  }
}
