import Glibc
import LineServer
import Logging
import Operations
import Settings

/// What SIGHUP does: reads settings and certificates anew and puts into force what can be while the daemon runs.
struct Reload {
  /// Gives the settings as they are now.
  let read: @Sendable () throws -> Settings
  /// Those in force.
  private(set) var settings: Settings
  let desk: Desk
  /// Of the TLS listeners, where there are any.
  let tls: TLSCredentials?
  let logger: Logger
  /// Path of the Unix socket that the daemon made; nil if systemd handed one over or there is none.
  let unixPath: String?

  /// What cannot be read or used changes nothing and is told in the log.
  mutating func run() {
    ServiceNotice.reloading()
    defer { ServiceNotice.ready() }
    let fresh: Settings
    let plan: Daemon.Plan
    do {
      fresh = try read()
      plan = try Daemon.Plan(fresh)
    } catch {
      logger.error("the settings cannot be used; nothing has changed", metadata: ["error": "\(error)"])
      return
    }
    var (live, atStart) = settings.changes(to: fresh)
    // Whether there is a listener for TLS is settled when the daemon starts.
    let files = TLSFiles(fresh)
    if (tls == nil) != (files == nil) {
      atStart += live.filter(Self.isOfTLS)
      live.removeAll(where: Self.isOfTLS)
    } else if let tls, let files, !replace(tls, files) {
      live.removeAll(where: Self.isOfTLS)
    }
    settings = settings.taking(live, from: fresh)
    desk.use(plan.deskSettings)
    if live.contains("organizers") { SocketModes.apply(SocketModes.mode(fresh), to: unixPath, logger) }
    LogLines.setLevel(plan.logLevel)
    logger.notice("reloaded", metadata: live.isEmpty ? [:] : ["changed": "\(live.joined(separator: ","))"])
    guard !atStart.isEmpty else { return }
    logger.warning(
      "some settings take effect only when the daemon is started again",
      metadata: ["settings": "\(atStart.joined(separator: ","))"])
  }

  /// - Returns: false where the new certificate cannot be used and the old one is kept.
  private func replace(_ tls: TLSCredentials, _ files: TLSFiles) -> Bool {
    do { try tls.replace(with: files) } catch {
      logger.error("TLS goes on with the certificate it had", metadata: ["error": "\(error)"])
      return false
    }
    Self.note(tls, logger)
    return true
  }

  private static func isOfTLS(_ name: String) -> Bool { name.hasPrefix("tls_") }

  /// Says until when the certificate is good.
  static func note(_ tls: TLSCredentials, _ logger: Logger) {
    let expires: Logger.Metadata = ["expires": "\(LogLines.text(of: tls.expires))"]
    if tls.expires < time(nil) {
      logger.error("the certificate of TLS has expired, and clients will refuse it", metadata: expires)
    } else {
      logger.info("certificate of TLS read", metadata: expires)
    }
  }
}
