import Glibc
import Logging
import Settings

/// Who may connect to the daemon's Unix socket: its user and group alone, unless `organizers` names users. These cannot all be
/// put into one group, so everybody on this machine may connect then. The kernel says who connects, and whoever is neither
/// root, the daemon's user nor an organizer has to sign in with a token, as over TCP.
enum SocketModes {
  static func mode(_ settings: Settings) -> UInt32 {
    (settings["organizers"] ?? "").isEmpty ? 0o660 : 0o666
  }

  /// Gives the socket its mode after a reload.
  static func apply(_ mode: UInt32, to path: String?, _ logger: Logger) {
    guard let path, fchmodat(AT_FDCWD, path, mode_t(mode), 0) != 0 else { return }
    logger.warning(
      "the permissions of the socket cannot be set",
      metadata: ["socket": "\(path)", "error": "\(String(cString: strerror(errno)))"])
  }
}
