import Foundation
import Testing

/// How much memory a process holds, as the kernel counts it.
struct ProcessMemory {
  let process: Int32

  /// How many times what a program needs may be resident: the thread sanitizer keeps octets of its own for each.
  static let allowance = ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil ? 1.0 : 8

  /// MiB that are resident now.
  var resident: Double { get throws { try field("VmRSS:") } }
  /// The most MiB that were resident since the process began, or since ``resetPeak()``.
  var peak: Double { get throws { try field("VmHWM:") } }

  func resetPeak() throws {
    // proc(5): 5 resets the peak.
    try Data("5\n".utf8).write(to: URL(fileURLWithPath: "/proc/\(process)/clear_refs"))
  }

  private func field(_ name: String) throws -> Double {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
    return try #require(
      line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Double($0) }) / 1_024
  }
}
