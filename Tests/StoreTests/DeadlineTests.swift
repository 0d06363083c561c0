import Glibc
import Store
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct DeadlineTests {
  @Test func aSlowStatementIsCancelledAndTheConnectionLives() async throws {
    let connection = try await open()
    let pid = try await connection.pid
    let error = await failure {
      try await connection.run(deadline: .milliseconds(100)) {
        try $0.execute("SELECT pg_sleep(600)", name: "nap")
      }
    }
    #expect(error == .deadlinePassed(statement: "nap"))
    #expect(try await connection.pid == pid)
  }

  @Test func aSlowTransactionIsRolledBack() async throws {
    let connection = try await open()
    try await connection.execute("CREATE TABLE item (code text)")
    let error = await failure {
      try await connection.transaction(deadline: .seconds(1)) { session in
        try session.execute("INSERT INTO item VALUES ('a')")
        try session.execute("SELECT pg_sleep(600)", name: "nap")
      }
    }
    #expect(error == .deadlinePassed(statement: "nap"))
    #expect(try await connection.count() == 0)
  }

  @Test func noStatementBeginsAfterTheDeadline() async throws {
    let connection = try await open()
    try await connection.execute("CREATE TABLE item (code text)")
    let end = ContinuousClock.now + .seconds(1)
    let error = await failure {
      try await connection.transaction(deadline: .seconds(1)) { session in
        try session.execute("INSERT INTO item VALUES ('a')")
        while ContinuousClock.now <= end { usleep(1000) }
      }
    }
    #expect(error == .deadlinePassed(statement: "COMMIT"))
    #expect(try await connection.count() == 0)
  }

  @Test func aCancelledTaskCancelsItsStatement() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await open(target)
    let watcher = try await open(target)
    let pid = try await connection.pid
    let task = Task {
      try await connection.run(deadline: ample) { try $0.execute("SELECT pg_sleep(600)") }
    }
    try await awaitRunning("%pg_sleep(600)%", on: watcher)
    task.cancel()
    #expect(await failure { try await task.value } == .cancelled)
    #expect(try await connection.pid == pid)
  }

  @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
    let connection = try await open()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await connection.run(deadline: ample) { try $0.execute("CREATE TABLE item (code text)") }
    }
    #expect(await failure { try await task.value } == .cancelled)
    #expect(await failure { try await connection.count() }?.sqlState == "42P01")
  }

  @Test func cancellingFromOutsideHitsOnlyWhatRuns() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await open(target)
    let watcher = try await open(target)
    // Nothing runs: nothing happens, now or later.
    connection.cancelRunning()
    #expect(try await connection.pid != nil)
    let outcome = Task { try await connection.execute("SELECT pg_sleep(600)") }
    try await awaitRunning("%pg_sleep(600)%", on: watcher)
    connection.cancelRunning()
    #expect(await failure { try await outcome.value } == .cancelled)
    for _ in 0..<50 { #expect(try await connection.pid != nil) }
  }

  @Test func lateRequestsNeverHitTheNextRun() async throws {
    let connection = try await open()
    for _ in 0..<200 {
      let task = Task {
        try await connection.run(deadline: ample) { try $0.execute("SELECT pg_sleep(0.0005)") }
      }
      task.cancel()
      _ = await failure { try await task.value }
      #expect(try await connection.pid != nil)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "stopping a server process needs root"))
  func aServerThatFallsSilentIsGivenUp() async throws {
    // A cluster of its own: a server process that is stopped holds up others, such as those that make databases.
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var settings = PrivateCluster.Settings(stateDirectory: folder.path)
    settings.isDurable = false
    let cluster = try await PrivateCluster.start(settings)
    let connection = try await open(cluster.connectionString)
    let pid = pid_t(try #require(try await connection.pid))
    let error = await failure {
      try await connection.run(deadline: .seconds(2)) { session in
        kill(pid, SIGSTOP)
        try session.execute("SELECT 1", name: "silence")
      }
    }
    kill(pid, SIGCONT)
    #expect(error == .deadlinePassed(statement: "silence"))
    #expect(connection.isBroken)
    let next = await failure { try await connection.pid }
    #expect(next?.kind == "connectionLost")
    await cluster.stop()
  }

  @Test func everythingRunsOnTheConnectionsOwnThread() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let threads = Threads()
    let connection = try await Connection.open(target, deadline: ample) { _ in threads.note() }
    for _ in 0..<3 {
      try await connection.run(deadline: ample) { _ in threads.note() }
      try await connection.transaction(deadline: ample) { _ in threads.note() }
    }
    #expect(threads.seen.count == 1)
    #expect(!threads.seen.contains(UInt(pthread_self())))
  }

  @Test func slowQueriesDoNotHoldUpOtherTasks() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let watcher = try await open(target)
    try await withThrowingTaskGroup { group in
      // Many more than Swift's threads; on those, neither the watcher nor this loop would get a turn.
      for _ in 0..<12 {
        let connection = try await open(target)
        group.addTask { try await connection.execute("SELECT pg_sleep(600)") }
      }
      try await awaitRunning("%pg_sleep(600)%", count: 12, on: watcher)
      group.cancelAll()
      while let result = await group.nextResult() {
        #expect(throws: StoreError.cancelled) { try result.get() }
      }
    }
  }

  @Test func aDeadHostIsPassedOver() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let silent = try SilentServer()
    let place = try #require(target["host"])
    // One host refuses, one takes the connection and never speaks, one is alive. A machine with much to do may
    // keep even the living one from answering within a second: it is then given more.
    func connect(timeout seconds: Int) async throws -> Connection {
      let several = try ConnectionString(
        "host=127.0.0.1,127.0.0.1,\(place) port=1,\(silent.port),\(target["port"]!) "
          + "connect_timeout=\(seconds) dbname=\(target["dbname"]!) user=\(target["user"]!)")
      return try await Connection.open(several, deadline: .seconds(4 * seconds))
    }
    var timeout = 1
    while timeout < 32 {
      if let connection = try? await connect(timeout: timeout) {
        #expect(try await connection.pid != nil)
        return
      }
      timeout *= 2
    }
    let connection = try await connect(timeout: timeout)
    #expect(try await connection.pid != nil)
  }

  @Test func whenNoHostAnswersEachIsNamed() async throws {
    let silent = try SilentServer()
    let target = try ConnectionString(
      "host=127.0.0.1,127.0.0.1 port=1,\(silent.port) password=s3cret user=x connect_timeout=1")
    let error = await failure { try await Connection.open(target, deadline: .seconds(30)) }
    guard case .unavailable(let reason)? = error else { return #expect(Bool(false), "\(error!)") }
    #expect(reason.contains("port 1 failed"))
    #expect(reason.contains("127.0.0.1:\(silent.port): no answer in time"))
    #expect(!"\(error!)".contains("s3cret"))
  }

  @Test func connectingCanBeCancelled() async throws {
    let silent = try SilentServer()
    let target = try ConnectionString("host=127.0.0.1 port=\(silent.port) connect_timeout=0 user=x")
    let task = Task { try await Connection.open(target, deadline: .seconds(600)) }
    silent.awaitConnection()
    task.cancel()
    #expect(await failure { try await task.value } == .cancelled)
  }
}

/// The threads that have passed by.
final class Threads: Sendable {
  private let ids = Mutex<Set<UInt>>([])

  var seen: Set<UInt> { ids.withLock { $0 } }

  func note() { ids.withLock { _ = $0.insert(UInt(pthread_self())) } }
}

/// Takes TCP connections on a port of 127.0.0.1 and never says a word.
final class SilentServer: Sendable {
  let port: Int
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let failure = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) | listen(descriptor, 16) | getsockname(descriptor, address, &length)
      }
    }
    try #require(failure == 0)
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Blocks until somebody has connected, which on loopback is a moment.
  func awaitConnection() {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&ready, 1, 10_000)
  }
}
