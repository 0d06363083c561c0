import CLibPQ
import Domain
import Glibc
import Logging

/// Hears NOTIFY, on a connection of its own that is opened again whenever it breaks.
///
/// A notification is only a hint: one sent while the connection was down is lost. That is what `.reconnected`
/// is for: it says that from now on everything is heard, so the consumer reads once what it may have missed.
public final class NotificationListener: Sendable {
  public enum Event: Sendable, Hashable {
    /// LISTEN is in force, for the first time or again, or some notifications had to be dropped because
    /// nobody read them. Read everything once.
    case reconnected
    case notification(channel: String, payload: String)
  }

  /// What happens, for one consumer. It ends after `stop()`.
  public let events: AsyncStream<Event>
  private let task: Task<Void, Never>

  /// Begins at once, and does not give up until stopped.
  ///
  /// - Parameters:
  ///   - channels: What to LISTEN to.
  ///   - heartbeat: After this much silence the server is asked whether it is still there.
  ///   - capacity: How many events may wait to be read; beyond it the oldest are dropped for one
  ///     `.reconnected`.
  public init(
    _ target: ConnectionString, channels: [String], heartbeat: Duration = .seconds(30), capacity: Int = 1024,
    logger: Logger = Logger(label: "bellwether.store")
  ) {
    let (events, continuation) = AsyncStream.makeStream(
      of: Event.self, bufferingPolicy: .bufferingNewest(capacity))
    self.events = events
    let ear = Ear(
      target: target, channels: channels, heartbeat: heartbeat, logger: logger, continuation: continuation)
    task = Task.detached {
      await ear.listen()
      continuation.finish()
    }
  }

  deinit { task.cancel() }

  /// Closes the connection and ends `events`.
  public func stop() async {
    task.cancel()
    await task.value
  }
}

/// The loop behind a `NotificationListener`, apart from it so that a forgotten listener can go away.
private struct Ear: Sendable {
  let target: ConnectionString
  let channels: [String]
  let heartbeat: Duration
  let logger: Logger
  let continuation: AsyncStream<NotificationListener.Event>.Continuation

  func listen() async {
    var pause = Duration.milliseconds(100)
    var failures = FailureRecord()
    while !Task.isCancelled {
      do {
        let connection = try await Connection.open(target, deadline: .seconds(10), logger: logger) {
          session in
          for channel in channels { try session.listen(to: channel) }
        }
        if case .recovered(let count) = failures.succeeded() {
          logger.warning("Notifications of the database are heard again.", metadata: ["failures": "\(count)"])
        }
        send(.reconnected)
        pause = .milliseconds(100)
        try await hear(connection)
      } catch {
        guard !Task.isCancelled else { return }
        if failures.failed(at: .now) != nil {
          logger.warning(
            "Notifications of the database are not heard: \(error)",
            metadata: ["failures": "\(failures.failures)"])
        }
        // Sleeping is what cancellation ends, and then the loop ends.
        try? await Task.sleep(for: pause * Double.random(in: 0.5...1))
        pause = min(pause * 2, .seconds(5))
      }
    }
  }

  private func hear(_ connection: Connection) async throws {
    while true {
      let heard = try await connection.run(deadline: heartbeat + .seconds(30)) { session in
        let heard = try session.awaitNotifications(for: heartbeat)
        if heard.isEmpty { try session.execute("SELECT", name: "heartbeat") }
        return heard
      }
      for notification in heard {
        send(.notification(channel: notification.channel, payload: notification.payload))
      }
    }
  }

  private func send(_ event: NotificationListener.Event) {
    // What was dropped is made good by one order to read everything, which itself is the newest and so is
    // kept.
    if case .dropped = continuation.yield(event) { continuation.yield(.reconnected) }
  }
}

extension Session {
  func listen(to channel: String) throws {
    let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    try execute("LISTEN \"\(quoted)\"", name: "LISTEN")
  }

  /// Waits until at least one notification has arrived, or until the time is over: then the result is empty.
  func awaitNotifications(for time: Duration) throws -> [Notification] {
    let limit = ContinuousClock.now + time
    do {
      while true {
        try consume()
        if !notifications.isEmpty { break }
        if interruption.cause != nil { throw interrupted("LISTEN") }
        if ContinuousClock.now >= limit { break }
        var descriptors = [
          pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0),
          pollfd(fd: interruption.bell, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, 2, limit.millisecondsLeft)
      }
    } catch let error as LostConnection {
      throw lost(error, name: "LISTEN", sql: "LISTEN", wasInTransaction: false)
    }
    defer { notifications.removeAll() }
    return notifications
  }
}
