import Dispatch
import Glibc
import Store
import Synchronization

/// A throw-away private cluster, one for each test process.
///
/// It is made when the first test asks for it, and removed when the process ends. If the process is killed,
/// the server ends with it, and the next test process removes the files.
public final class TestCluster: Sendable {
  private static let prefix = "bwt."
  private static let starting = Task { try await TestCluster() }

  /// The cluster of this process.
  public static var shared: TestCluster {
    get async throws { try await starting.value }
  }

  public let cluster: PrivateCluster
  private let count = Atomic(0)

  private init() async throws {
    Self.sweep()
    let folder = try TemporaryFolder(prefix: Self.prefix)
    var settings = PrivateCluster.Settings(stateDirectory: folder.path + "/s")
    settings.isDurable = false
    // Many tests run at once, each with a few connections.
    settings.parameters = ["max_connections": "1000"]
    cluster = try await PrivateCluster.start(settings)
    endings.withLock { $0 = Ending(cluster: cluster, folder: folder) }
    atexit { endAtExit() }
  }

  /// A database of its own for one test, empty, owned by the role of the connection string.
  public func makeDatabase() async throws -> ConnectionString {
    let name = "test_\(count.add(1, ordering: .relaxed).newValue)"
    let admin = try await Connection.open(cluster.adminConnectionString, deadline: .seconds(30))
    try await admin.run(deadline: .seconds(60)) { session in
      try session.execute("CREATE DATABASE \(name) OWNER bellwether TEMPLATE template0")
    }
    await admin.close()
    return cluster.connectionString.with("dbname", name)
  }

  /// Removes the folders of test processes that were killed: those whose cluster's lock nobody holds.
  private static func sweep() {
    guard let directory = opendir("/tmp") else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix) else { continue }
      let lock = open("/tmp/\(name)/s/lock", O_RDWR | O_CLOEXEC)
      guard lock >= 0 else { continue }
      defer { close(lock) }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { TemporaryFolder.remove("/tmp/\(name)") }
    }
  }
}

private struct Ending: Sendable {
  var cluster: PrivateCluster
  var folder: TemporaryFolder
}

private let endings = Mutex<Ending?>(nil)

/// Runs when the process ends in good order, on a thread that may block.
private func endAtExit() {
  guard let ending = endings.withLock({ $0 }) else { return }
  let isStopped = DispatchSemaphore(value: 0)
  Task.detached {
    await ending.cluster.stop()
    isStopped.signal()
  }
  _ = isStopped.wait(timeout: .now() + 30)
  TemporaryFolder.remove(ending.folder.path)
}
