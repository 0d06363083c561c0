import CLinux
import Domain
import Store

extension Desk {
  /// Rows of an import from which on it leaves something to see to.
  private static let manyRows = 1_000

  /// What a large import leaves to do, behind the reply: the planner of PostgreSQL learns what the table holds now
  /// (autovacuum would tell it a minute later, and until then single changes are read slowly), and what the upload
  /// took of memory is given back.
  func seeToImport(of noun: Noun, rows: Int) {
    guard rows >= Self.manyRows else { return }
    Task {
      do {
        try await pool.run(deadline: .seconds(60)) { try RegistryStore.analyze(noun, in: $0) }
      } catch {
        logger.debug("ANALYZE after an import failed", metadata: ["error": "\(error)"])
      }
      giveMemoryBack()
    }
  }
}

/// Gives the system the pages that the C library holds free: it keeps what a large piece of work took otherwise.
func giveMemoryBack() { malloc_trim(0) }
