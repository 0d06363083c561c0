import Domain
import Glibc
import Logging

/// The number of files this process may have open, of which every connection is one.
enum FileLimit {
  /// Files beside those of connections: the log, listeners, threads' own, NOTIFY.
  private static let others = 128

  /// Raises it as far as these connections need, and no further than the system allows.
  /// - Returns: as many connections as there can be.
  static func raise(for connections: Int, poolConnections: Int, logger: Logger) -> Int {
    let spare = Limits.refusalsAtOnce + poolConnections + others
    let need = rlim_t(connections + spare)
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < need else {
      return connections
    }
    limit.rlim_cur = min(need, limit.rlim_max)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    guard limit.rlim_cur < need else { return connections }
    let possible = max(1, Int(limit.rlim_cur) - spare)
    logger.warning(
      "the system lets this process open fewer files than the setting connections needs; LimitNOFILE= of the unit or ulimit -Hn would raise that",
      metadata: ["files": "\(limit.rlim_cur)", "needed": "\(need)", "connections": "\(possible)"])
    return possible
  }
}
