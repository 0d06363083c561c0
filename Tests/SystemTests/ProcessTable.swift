import Foundation

/// What the kernel says of processes.
enum ProcessTable {
  static func children(of parent: pid_t) -> [pid_t] {
    text("\(parent)/task/\(parent)/children").split(separator: " ").compactMap { pid_t($0) }
  }

  static func title(of process: pid_t) -> String { text("\(process)/cmdline") }

  private static func text(_ file: String) -> String {
    (try? String(contentsOfFile: "/proc/\(file)", encoding: .utf8)) ?? ""
  }
}
