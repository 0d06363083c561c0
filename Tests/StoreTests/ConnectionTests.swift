import Store
import TestSupport
import Testing

struct ConnectionTests {
  @Test func answers() async throws {
    let target = try await TestCluster.shared.makeDatabase()
    let connection = try await Connection.open(target, deadline: .seconds(10))
    try await connection.run(deadline: .seconds(10)) { try $0.execute("SELECT 1") }
  }
}
