import CLinux
import Domain
import Logging
import Store

/// What tables need of their owner now and then. The role that serves owns nothing; where no owner is known, PostgreSQL
/// passes the command over, and autovacuum does it later.
struct Upkeep: Sendable {
  /// The database as the tables' owner, where it is known.
  let database: ConnectionString
  let health: BackgroundHealth
  let logger: Logger

  /// A connection of its own for one command, which no reply waits for and no error ends anything by.
  func run(_ body: @escaping @Sendable (Session) throws -> Void) async {
    await health.attempt(.maintenance) {
      let connection = try await Connection.open(
        database, deadline: .seconds(10), logger: logger, prepare: SessionSettings.apply)
      do { try await connection.run(deadline: Limits.publishingTime, body) } catch {
        await connection.close()
        throw error
      }
      await connection.close()
    }
  }
}

extension Desk {
  /// Rows of an import from which on it leaves something to see to.
  private static let manyRows = 1_000

  /// What a large import leaves to do, behind the reply: the planner of PostgreSQL learns what the table holds now
  /// (autovacuum would tell it a minute later, and until then single changes are read slowly), and what the upload
  /// took of memory is given back.
  func seeToImport(of noun: Noun, rows: Int) {
    guard rows >= Self.manyRows else { return }
    Task {
      await upkeep.run { try RegistryStore.analyze(noun, in: $0) }
      giveMemoryBack()
    }
  }
}

/// Gives the system the pages that the C library holds free: it keeps what a large piece of work took otherwise.
func giveMemoryBack() { malloc_trim(0) }
