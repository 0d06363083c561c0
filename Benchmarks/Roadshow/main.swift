import Foundation
import Planning

// usage: roadshow-benchmark timetables [--seconds N] FILE.dzn…

/// Solves published instances; prints one JSON object a line, as their checker expects.
func solve(_ paths: [String], within limit: Duration) throws {
  for path in paths {
    let begin = ContinuousClock.now
    let file = try TimetableFile(path)
    let search = TimetableSearch(file.problem, until: .now + limit)
    Threads.run([search.prove, search.improve])
    let found = search.found
    let status =
      found.isInfeasible
      ? "infeasible" : found.isDecided ? "optimal" : found.slots != nil ? "feasible" : "unknown"
    var line: [String: Any] = [
      "instance": file.name, "status": status, "bound": found.bound,
      "seconds": begin.duration(to: .now) / .seconds(1),
    ]
    if let slots = found.slots { (line["slots"], line["breaks"]) = (slots.map { $0 + 1 }, found.breaks) }
    try FileHandle.standardOutput.write(
      contentsOf: JSONSerialization.data(withJSONObject: line, options: .sortedKeys) + Data("\n".utf8))
  }
}

var arguments = CommandLine.arguments.dropFirst()
var limit = Duration.seconds(120)
let mode = arguments.popFirst()
if arguments.first == "--seconds" {
  limit = .seconds(Int(arguments.dropFirst().first ?? "") ?? 120)
  arguments.removeFirst(2)
}
switch mode {
case "timetables": try solve(Array(arguments), within: limit)
case "day":
  let begin = ContinuousClock.now
  let search = TimetableSearch(Day.problem(seed: 1), until: .now + .seconds(10)) { state in
    print(begin.duration(to: .now), state.breaks ?? -1, state.bound)
  }
  Threads.run([search.prove, search.improve])
default: exit(64)
}
