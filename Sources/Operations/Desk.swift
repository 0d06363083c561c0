import Domain
import Logging
import Matching
import Store
import Synchronization
import Wire

/// The daemon's desk: what every command works with. One for the whole daemon.
public final class Desk: Sendable {
  /// What the desk is told by the configuration.
  public struct Settings: Sendable {
    public var host: String
    public var version: String
    /// Threads that score; at least 1.
    public var rescoreThreads: Int
    public var keepRuns: Int
    public var keepDays: Int
    /// For a command of a client, from its first statement to its last.
    public var statementTime: Duration
    /// Users of this machine that are organizers on the Unix socket, beside root and the daemon's own.
    public var organizers: Set<UInt32>
    /// Whom digests are from.
    public var mailFrom: MailAddress
    /// Connections of one token at one time.
    public var connectionsPerPrincipal: Int
    /// Time to sign in, waiting for one's turn after wrong tokens included.
    public var signInTime: Duration

    public init(
      host: String, version: String, rescoreThreads: Int, keepRuns: Int, keepDays: Int,
      statementTime: Duration, organizers: Set<UInt32> = [], mailFrom: MailAddress,
      connectionsPerPrincipal: Int = Limits.connectionsPerPrincipal,
      signInTime: Duration = Limits.signInTime
    ) {
      self.host = host
      self.version = version
      self.rescoreThreads = rescoreThreads
      self.keepRuns = keepRuns
      self.keepDays = keepDays
      self.statementTime = statementTime
      self.organizers = organizers
      self.mailFrom = mailFrom
      self.connectionsPerPrincipal = connectionsPerPrincipal
      self.signInTime = signInTime
    }
  }

  private let inForce: SettingsInForce
  let pool: Pool
  let upkeep: Upkeep
  let picture: Picture
  let rescoring: Rescoring
  let events: EventFeed
  /// Of the firms that are stored.
  let names = NameIndex()
  let errors: ErrorMapping
  let logger: Logger
  let connections = Connections()
  let guesses = GuessBrake()
  let tokens: TokenLookup
  let places = Places()
  let planned = RoadshowsInWork()
  let reach = DatabaseReach()
  let health: BackgroundHealth
  let startedAt = ContinuousClock.now
  /// The domain of the UIDs of calendars; set by ``open()``.
  let uidDomain = Mutex("")
  /// How the embedded database is, for STATUS; nil when it is somebody else's.
  let clusterStatus: @Sendable () -> String?

  /// - Parameter owner: The database as the owner of its tables, for their upkeep; nil where that is not known.
  public init(
    settings: Settings, pool: Pool, database: ConnectionString, owner: ConnectionString?, logger: Logger,
    clusterStatus: @escaping @Sendable () -> String? = { nil }
  ) {
    inForce = SettingsInForce(settings)
    self.pool = pool
    self.logger = logger
    self.clusterStatus = clusterStatus
    health = BackgroundHealth(logger: logger)
    upkeep = Upkeep(database: owner ?? database, health: health, logger: logger)
    picture = Picture(pool: pool)
    tokens = TokenLookup(pool: pool)
    events = EventFeed(pool: pool, database: database, picture: picture, health: health, logger: logger)
    errors = ErrorMapping(logger: logger)
    rescoring = Rescoring(
      settings: inForce, database: database, upkeep: upkeep, picture: picture, health: health,
      errors: errors, logger: logger)
  }

  var settings: Settings { inForce.now }

  /// Takes other settings from here on; what is under way keeps those it began with. Connections of users that are no
  /// organizers any more are ended.
  public func use(_ settings: Settings) {
    let before = inForce.replace(with: settings)
    let former = before.organizers.subtracting(settings.organizers)
    guard !former.isEmpty else { return }
    connections.end("you are no organizer here any more; connect again") { principal in
      principal.user.map(former.contains) == true && !principal.standing.roles.contains(.admin)
    }
  }

  /// Makes the desk ready: the first policy where there is none, then the whole picture.
  public func open() async throws {
    try await pool.transaction(deadline: .seconds(60)) { session in
      try RunStore.adoptCluster(in: session)
      if try RunStore.publication(in: session).policy == nil {
        let number = try PolicyStore.add(Policy(number: 1).values, by: "bellwetherd", in: session)
        _ = try PolicyStore.activate(number, in: session)
      }
    }
    let former = settings.mailFrom.domain
    let domain = try await pool.transaction(deadline: .seconds(60)) { session in
      try SheetStore.uidDomain(former: former, in: session)
    }
    uidDomain.withLock { $0 = domain }
    try await picture.load()
  }

  /// Keeps the picture true while others write to the database: on every hint, and now and then without one,
  /// since hints can be lost. Runs until it is cancelled.
  public func follow(_ database: ConnectionString) async {
    let listener = NotificationListener(
      database, channels: [Channel.changed, Channel.published, Channel.introduction], logger: logger)
    // Hints that arrive while one is followed are answered by one look after it, so that one may wait.
    let (hints, hint) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.sealAudit() }
      group.addTask { await self.events.follow() }
      group.addTask {
        while !Task.isCancelled {
          await self.health.attempt(.introductions) { try await self.settleIntroductions() }
          try? await Task.sleep(for: .seconds(60))
        }
      }
      group.addTask {
        for await event in listener.events {
          if case .notification(Channel.introduction, _) = event {
            self.events.look()
            continue
          }
          if event == .reconnected { self.events.look() }
          if !self.isKnown(event) { hint.yield() }
        }
      }
      group.addTask { for await _ in hints { await self.followUp() } }
      group.addTask {
        while !Task.isCancelled {
          self.events.look()
          try? await Task.sleep(for: .seconds(1))
        }
      }
      group.addTask {
        while !Task.isCancelled {
          await self.followUp()
          try? await Task.sleep(for: .seconds(10))
        }
      }
      await group.next()
      group.cancelAll()
    }
    await listener.stop()
  }

  /// Whether a hint tells of nothing but what this daemon has published itself.
  private func isKnown(_ hint: NotificationListener.Event) -> Bool {
    guard case .notification(Channel.published, let state) = hint, let id = RunRevision(state) else {
      return false
    }
    return picture.knows(id)
  }

  /// Follows changes until nothing is left to follow.
  private func followUp() async {
    await health.attempt(.lists) {
      try await endDeadTokens()
      while try await !rescoring.follow(), !Task.isCancelled { try await Task.sleep(for: .milliseconds(100)) }
    }
  }

  /// Ends what takes longer than anybody who stops the daemon wants to wait, with a last line.
  public func hurry() { planned.stop() }

  /// Ends what runs in the background.
  public func close() async {
    await rescoring.close()
    await events.end()
  }
}

extension Desk: LineService {
  public func connect(_ peer: Peer, hangUp: @escaping @Sendable (LastLine?) -> Void) -> any LineSession {
    ClientSession(desk: self, peer: peer, hangUp: hangUp)
  }

  public func mayUseReserve(_ peer: Peer) -> Bool {
    Principal(peer, organizers: settings.organizers).standing.roles.contains(.admin)
  }
}
