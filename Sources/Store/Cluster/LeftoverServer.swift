import Glibc
import Logging

/// Server processes that a killed daemon left behind in a data directory.
///
/// The parent-death signal normally stops them, but that takes a moment, and a daemon killed in the instant
/// of starting its server may have sent none.
struct LeftoverServer {
  private let directories: [String]
  private let pidFile: String
  private let socketFile: String
  private let logger: Logger

  init(_ directory: StateDirectory, logger: Logger) {
    directories = [directory.data, directory.newData]
    pidFile = directory.data + "/postmaster.pid"
    socketFile = directory.socketFile
    self.logger = logger
  }

  /// Stops them, and clears away the files by which they would keep a new server out.
  ///
  /// Call it only while holding the directory's lock, and with no server of one's own.
  ///
  /// - Throws: `StoreError.unavailable` naming the processes that do not end.
  func stop(within time: Duration) throws {
    let patience = ContinuousClock.now + time
    let end = patience + .seconds(10)
    var processes = self.processes()
    if !processes.isEmpty {
      logger.warning(
        "A server left behind by an earlier daemon is stopped.", metadata: ["pids": "\(processes)"])
      ask(processes)
    }
    var pause = Duration.milliseconds(10)
    var isForced = false
    while !processes.isEmpty {
      guard ContinuousClock.now < end else {
        throw StoreError.unavailable(
          reason: "processes \(processes.map { "\($0)" }.joined(separator: ", ")) still use \(directories[0])"
        )
      }
      if !isForced, ContinuousClock.now >= patience {
        for process in processes { kill(process, SIGQUIT) }
        isForced = true
      }
      // They are nobody's children here, so there is nothing to wait on but their end.
      pauseThread(pause)
      pause = min(pause * 2, .milliseconds(200))
      processes = self.processes()
    }
    removeStaleFiles()
  }

  private func ask(_ processes: [pid_t]) {
    if let postmaster = firstLine(of: pidFile).flatMap({ pid_t($0) }), processes.contains(postmaster) {
      // Fast shutdown; the postmaster ends the others.
      kill(postmaster, SIGINT)
    } else {
      for process in processes { kill(process, SIGTERM) }
    }
  }

  /// PostgreSQL judges these files by process ids alone, which after a reboot may be those of strangers; we
  /// know that no server uses the directory.
  private func removeStaleFiles() {
    for file in [pidFile, socketFile + ".lock", socketFile] where unlink(file) == 0 {
      logger.debug("Removed the stale \(file).")
    }
  }

  /// The PostgreSQL processes that work in these directories, postmaster or not.
  private func processes() -> [pid_t] {
    guard let proc = opendir("/proc") else { return [] }
    defer { closedir(proc) }
    var found: [pid_t] = []
    while let entry = readdir(proc) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let pid = pid_t(name), let place = link("/proc/\(pid)/cwd"), directories.contains(place) else {
        continue
      }
      // An operator's shell may stand there too. A program replaced by an upgrade has " (deleted)" behind its
      // name.
      guard let program = link("/proc/\(pid)/exe")?.split(separator: "/").last?.split(separator: " ").first,
        program == "postgres"
      else { continue }
      found.append(pid)
    }
    return found
  }

  private func link(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = buffer.withUnsafeMutableBytes { bytes in
      readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard length > 0 else { return nil }
    return String(decoding: buffer[..<length], as: UTF8.self)
  }
}

/// Blocks the calling thread, which has to be one of our own.
func pauseThread(_ time: Duration) {
  let (seconds, attoseconds) = time.components
  var pause = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
  // Signals are blocked on our threads, so nothing cuts it short.
  nanosleep(&pause, nil)
}
