import Glibc
import TestSupport
import Testing

@testable import Store

// One after the other: each makes a cluster, which keeps a core and the disk busy.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct PrivateClusterTests {
  private let isRoot = geteuid() == 0

  private func settings(_ path: String) -> PrivateCluster.Settings {
    var settings = PrivateCluster.Settings(stateDirectory: path)
    settings.isDurable = false
    return settings
  }

  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try await body(folder.path)
  }

  private func reason(_ error: StoreError?) -> String {
    guard case .misconfigured(let reason)? = error else {
      return "not misconfigured: \(String(describing: error))"
    }
    return reason
  }

  private func pid(_ cluster: PrivateCluster) throws -> pid_t {
    guard case .running(let pid) = cluster.status else {
      throw StoreError.unexpectedResult(reason: "\(cluster.status)")
    }
    return pid
  }

  private func owner(_ path: String) -> uid_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_uid : nil
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  @Test func isMadeOnceAndKeepsItsData() async throws {
    try await withFolder { path in
      // The directories in between are made too.
      var cluster = try await PrivateCluster.start(settings(path + "/a/b"))
      let connection = try await open(cluster.connectionString)
      try await connection.execute("CREATE TABLE item (code text); INSERT INTO item VALUES ('a')")
      let first = try pid(cluster)
      await cluster.stop()
      #expect(cluster.status == .stopped)
      #expect(kill(first, 0) != 0)
      await cluster.stop()
      cluster = try await PrivateCluster.start(settings(path + "/a/b"))
      #expect(try await open(cluster.connectionString).count() == 1)
      await cluster.stop()
    }
  }

  @Test func hasTheSettingsThatMatter() async throws {
    struct Settings: Statement {
      let name = "test_settings"
      let sql = """
        SELECT name || '=' || setting FROM pg_settings
        WHERE name IN ('listen_addresses', 'server_encoding', 'data_checksums', 'fsync', 'synchronous_commit',
                       'full_page_writes', 'log_statement', 'unix_socket_permissions', 'TimeZone')
        UNION SELECT 'superuser=' || rolsuper FROM pg_roles WHERE rolname = current_user
        UNION SELECT 'collate=' || datcollate FROM pg_database WHERE datname = current_database()
        """
      func decode(_ row: Row) throws -> String { try row.text(0) }
    }
    try await withFolder { path in
      let cluster = try await PrivateCluster.start(PrivateCluster.Settings(stateDirectory: path))
      let connection = try await open(cluster.connectionString)
      let found = Set(try await connection.run(deadline: ample) { try $0.query(Settings()) })
      #expect(
        found == [
          "listen_addresses=", "server_encoding=UTF8", "data_checksums=on", "fsync=on",
          "synchronous_commit=on",
          "full_page_writes=on", "log_statement=none", "unix_socket_permissions=0700", "TimeZone=UTC",
          "superuser=false", "collate=C.UTF-8",
        ])
      var status = stat()
      #expect(stat(path + "/postgres-socket", &status) == 0 && status.st_mode & 0o777 == 0o700)
      await cluster.stop()
    }
  }

  @Test(.enabled(if: geteuid() == 0, "dropping privileges needs root"))
  func asRootItRunsAsSomebodyElse() async throws {
    try await withFolder { path in
      let cluster = try await PrivateCluster.start(settings(path))
      let user = try #require(ClusterUser(named: "bellwether") ?? ClusterUser(named: "postgres"))
      let status = lines(of: "/proc/\(try pid(cluster))/status")
      #expect(status.contains("Uid:\t\(user.uid)\t\(user.uid)\t\(user.uid)\t\(user.uid)"))
      #expect(status.contains("Gid:\t\(user.gid)\t\(user.gid)\t\(user.gid)\t\(user.gid)"))
      #expect(status.contains("NoNewPrivs:\t1"))
      #expect(status.contains("CapEff:\t0000000000000000"))
      #expect(
        status.contains { $0.hasPrefix("Groups:") && !$0.split(separator: "\t").dropFirst().contains("0 ") })
      // Only what PostgreSQL needs belongs to it.
      #expect(owner(path + "/postgres") == user.uid)
      #expect(owner(path + "/postgres-socket") == user.uid)
      #expect(owner(path) == 0)
      #expect(owner(path + "/lock") == 0)
      #expect(owner(path + "/postgres.log") == 0)
      await cluster.stop()
    }
  }

  @Test(.enabled(if: geteuid() == 0, "a directory of root's needs root"))
  func aDirectoryItsUserCannotEnterIsRefused() async throws {
    try await withFolder { path in
      mkdir(path + "/closed", 0o700)
      let error = await failure { try await PrivateCluster.start(settings(path + "/closed/a/b")) }
      let user = try #require(ClusterUser(named: "bellwether") ?? ClusterUser(named: "postgres"))
      #expect(
        reason(error).contains(
          "user \(user.name), as whom PostgreSQL runs, cannot enter \(path)/closed (mode 0700)"))
      #expect(!exists(path + "/closed/a"))
      // The same for the directory itself.
      let itself = await failure { try await PrivateCluster.start(settings(path + "/closed")) }
      #expect(reason(itself).contains("cannot enter \(path)/closed (mode 0700)"))
      #expect(!exists(path + "/closed/lock"))
    }
  }

  @Test func aSocketPathThatIsTooLongIsRefused() async throws {
    try await withFolder { path in
      let long = path + "/" + String(repeating: "x", count: 80)
      let error = await failure { try await PrivateCluster.start(settings(long)) }
      let excess = long.utf8.count + "/postgres-socket/.s.PGSQL.5432".utf8.count - 107
      #expect(reason(error).contains("is too long by \(excess) bytes"))
      #expect(reason(error).contains("at most \(long.utf8.count - excess) bytes"))
      #expect(!exists(long))
      // The longest that fits, fits.
      let fitting = path + "/" + String(repeating: "x", count: 80 - excess)
      let cluster = try await PrivateCluster.start(settings(fitting))
      #expect(try await open(cluster.connectionString).pid != nil)
      await cluster.stop()
    }
  }

  @Test(arguments: ["/a,b", "/a\"b", "/a'b", "/a\nb"])
  func anAwkwardNameIsRefused(_ name: String) async throws {
    try await withFolder { path in
      let error = await failure { try await PrivateCluster.start(settings(path + name)) }
      #expect(reason(error).contains("has the character U+"))
    }
  }

  @Test(arguments: ["/a b", "/中文", "/a\\b", "/a%20b", "/a=b", "/@"])
  func anUnusualNameIsFine(_ name: String) async throws {
    try await withFolder { path in
      let cluster = try await PrivateCluster.start(settings(path + name))
      #expect(try await open(cluster.connectionString).pid != nil)
      await cluster.stop()
    }
  }

  @Test func aSecondDaemonIsKeptOut() async throws {
    try await withFolder { path in
      let cluster = try await PrivateCluster.start(settings(path))
      let error = await failure { try await PrivateCluster.start(settings(path)) }
      #expect(reason(error).contains("is in use by process \(getpid())"))
      // The first has not noticed.
      #expect(try await open(cluster.connectionString).pid != nil)
      await cluster.stop()
    }
  }

  @Test func aKilledServerIsStartedAgain() async throws {
    try await withFolder { path in
      // A durable one, or the row might be lost with the server's buffers.
      let cluster = try await PrivateCluster.start(PrivateCluster.Settings(stateDirectory: path))
      let connection = try await open(cluster.connectionString)
      try await connection.execute("CREATE TABLE item (code text); INSERT INTO item VALUES ('a')")
      for _ in 0..<2 {
        let old = try pid(cluster)
        kill(old, SIGKILL)
        while true {
          if case .running(let new) = cluster.status, new != old { break }
          try await breathe()
        }
        #expect(try await open(cluster.connectionString).count() == 1)
      }
      await cluster.stop()
    }
  }

  @Test func stoppingWorksInACancelledTask() async throws {
    try await withFolder { path in
      let cluster = try await PrivateCluster.start(settings(path))
      let server = try pid(cluster)
      await Task {
        withUnsafeCurrentTask { $0?.cancel() }
        await cluster.stop()
      }.value
      #expect(kill(server, 0) != 0)
    }
  }

  @Test func aForgottenClusterStops() async throws {
    try await withFolder { path in
      var cluster: PrivateCluster? = try await PrivateCluster.start(settings(path))
      let server = try pid(cluster!)
      cluster = nil
      while kill(server, 0) == 0 { try await breathe() }
    }
  }

  @Test func startingCanBeCancelled() async throws {
    try await withFolder { path in
      let task = Task { try await PrivateCluster.start(settings(path)) }
      while !exists(path + "/lock") { try await breathe() }
      task.cancel()
      #expect(await failure { try await task.value } == .cancelled)
      // What it left half made does not disturb the next.
      var cluster: PrivateCluster?
      while cluster == nil { cluster = try? await PrivateCluster.start(settings(path)) }
      await cluster?.stop()
    }
  }

  @Test func anInterruptedInitdbIsDoneAgain() async throws {
    try await withFolder { path in
      mkdir(path + "/postgres.new", 0o700)
      mkdir(path + "/postgres.new/base", 0o700)
      let descriptor = creat(path + "/postgres.new/PG_VERSION", 0o600)
      close(descriptor)
      let cluster = try await PrivateCluster.start(settings(path))
      #expect(try await open(cluster.connectionString).pid != nil)
      #expect(!exists(path + "/postgres.new"))
      await cluster.stop()
    }
  }

  @Test func aServerLeftBehindIsStoppedFirst() async throws {
    try await withFolder { path in
      let cluster = try await PrivateCluster.start(settings(path))
      await cluster.stop()
      // What a daemon leaves that is killed before its server's parent-death signal is set.
      let directory = try StateDirectory(path)
      let user = try ClusterUser.choose(dataDirectory: directory.data)
      let installation = try Installation.find(given: nil, version: nil, directory: directory.data)
      let command = user.command([
        installation.postgres, "-D", directory.data, "-c", "listen_addresses=", "-k", directory.socket,
      ])
      let log = try ServerLog(directory)
      let leftover = try Child.spawn(
        command.filter { !$0.hasPrefix("--pdeathsig") }, environment: ["PATH=/usr/bin:/bin"],
        output: log.descriptor)
      let target = cluster.connectionString
      while (try? await Connection.open(target, deadline: .seconds(5))) == nil { try await breathe() }

      let next = try await PrivateCluster.start(settings(path))
      #expect(leftover.ending == .status(0))
      #expect(try pid(next) != leftover.pid)
      await next.stop()
    }
  }

  @Test func aStalePIDFileOfAStrangerDoesNotKeepItOut() async throws {
    try await withFolder { path in
      var cluster = try await PrivateCluster.start(settings(path))
      await cluster.stop()
      // As after a reboot: the file names a process that lives but is not this cluster's.
      for file in [path + "/postgres/postmaster.pid", path + "/postgres-socket/.s.PGSQL.5432.lock"] {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = "1\n\(path)/postgres\n".withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
      }
      cluster = try await PrivateCluster.start(settings(path))
      #expect(try await open(cluster.connectionString).pid != nil)
      await cluster.stop()
    }
  }

  @Test func anotherVersionsDataIsRefusedByName() async throws {
    try await withFolder { path in
      let cluster = try await PrivateCluster.start(settings(path))
      await cluster.stop()
      let descriptor = open(path + "/postgres/PG_VERSION", O_WRONLY | O_TRUNC)
      _ = write(descriptor, "9\n", 2)
      close(descriptor)
      let error = await failure { try await PrivateCluster.start(settings(path)) }
      #expect(reason(error).contains("was made by PostgreSQL 9, which is not installed (found: "))
    }
  }

  @Test func aFailingServersLastWordsAreReported() async throws {
    try await withFolder { path in
      let cluster = try await PrivateCluster.start(settings(path))
      await cluster.stop()
      let descriptor = open(path + "/postgres/postgresql.conf", O_WRONLY | O_APPEND)
      _ = write(descriptor, "no_such_setting = 1\n", 20)
      close(descriptor)
      let error = await failure { try await PrivateCluster.start(settings(path)) }
      guard case .unavailable(let words)? = error else {
        return #expect(Bool(false), "\(String(describing: error))")
      }
      #expect(words.contains("no_such_setting"))
    }
  }

  @Test func theLogIsBounded() async throws {
    try await withFolder { path in
      let directory = try StateDirectory(path)
      let log = try ServerLog(directory, largest: 1000)
      for number in 0..<300 {
        let line = "line \(number)\n"
        _ = line.withCString { write(log.descriptor, $0, strlen($0)) }
      }
      #expect(log.tail(since: 0, lines: 2) == "line 298 | line 299")
      log.rotateIfLarge()
      #expect(log.size == 0)
      let older = lines(of: directory.olderLog)
      #expect(older.last == "line 299")
      #expect(older.count < 150)
      _ = write(log.descriptor, "x\n", 2)
      log.rotateIfLarge()
      #expect(log.size == 2)
    }
  }

  @Test func aDirectoryEverybodyMayWriteIsRefused() async throws {
    try await withFolder { path in
      mkdir(path + "/open", 0o777)
      chmod(path + "/open", 0o777)
      let error = await failure { try await PrivateCluster.start(settings(path + "/open")) }
      #expect(reason(error).contains("can be written by everybody (mode 0777)"))
    }
  }
}
