import Foundation
import Planning

// usage: roadshow-benchmark timetables [--seconds N] FILE.dzn… | day

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
    try printLine(line)
  }
}

/// Plans made-up days, and mends each after somebody is late or does not come; one JSON object a day.
func planDays(seeds: ClosedRange<UInt64>) throws {
  for seed in seeds {
    let problem = Day.problem(seed: seed)
    let begin = ContinuousClock.now
    let search = TimetableSearch(problem, until: begin + .milliseconds(9_500))
    Threads.run([search.prove, search.improve])
    let seconds = begin.duration(to: .now) / .seconds(1)
    let found = search.found
    let repairs = Day.mishaps(of: problem, slots: found.slots ?? [], seed: seed).map { request in
      let begin = ContinuousClock.now
      let repair = TimetableRepair(request, until: begin + .seconds(2))
      return [
        "ms": begin.duration(to: .now) / .milliseconds(1), "moves": repair.moved.count,
        "dropped": repair.dropped.count, "proven": repair.isProven,
      ] as [String: Any]
    }
    try printLine([
      "seed": seed, "seconds": seconds, "breaks": found.breaks ?? -1, "bound": found.bound,
      "repairs": repairs,
    ])
  }
}

func printLine(_ object: [String: Any]) throws {
  try FileHandle.standardOutput.write(
    contentsOf: JSONSerialization.data(withJSONObject: object, options: .sortedKeys) + Data("\n".utf8))
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
case "day": try planDays(seeds: 1...5)
default: exit(64)
}
