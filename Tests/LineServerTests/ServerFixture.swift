import Glibc
import Logging
import Wire

@testable import LineServer

/// A folder of the test's own, removed with everything in it.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() {
    var template = Array("/tmp/bw-lines-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { remove(path + "/" + name) }
      }
      closedir(folder)
    }
    Glibc.remove(path)
  }
}

/// Runs a server on a Unix socket and on TCP while `body` runs, then ends it.
func withServer(
  limits: ServerLimits = ServerLimits(), service: EchoService = EchoService(),
  _ body: (_ unix: BoundAddress, _ tcp: BoundAddress, _ server: LineServer, _ service: EchoService)
    async throws -> Void
) async throws {
  let folder = TemporaryFolder()
  var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  logger.logLevel = .critical
  let server = LineServer(
    listeners: [.unix(path: folder.path + "/s", mode: 0o600), .tcp(host: "127.0.0.1", port: 0)],
    service: service, limits: limits, logger: logger)
  let addresses = try await server.start()
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await server.run() }
    do {
      try await body(addresses[0], addresses[1], server, service)
    } catch {
      group.cancelAll()
      throw error
    }
    server.shutdown()
    server.shutdown()
    try await group.waitForAll()
  }
}
