import CLibPQ

/// A result of libpq, freed with this object.
final class QueryResult {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }

  var status: ExecStatusType { PQresultStatus(pointer) }

  var rowCount: Int { Int(PQntuples(pointer)) }

  /// How many rows an INSERT, UPDATE, DELETE, MERGE or COPY changed.
  var changedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

  /// For example `COMMIT`, or `ROLLBACK` when the transaction had failed.
  var commandTag: String { String(cString: PQcmdStatus(pointer)) }

  /// What the server complained of; nil when the complaint is libpq's own, which means that the connection is
  /// gone.
  var serverError: ServerError? {
    guard let sqlState = field("C") else { return nil }
    return ServerError(
      sqlState: sqlState, severity: field("V") ?? "ERROR", message: oneLine(field("M") ?? "no message"),
      detail: field("D").map(oneLine), hint: field("H").map(oneLine), schema: field("s"), table: field("t"),
      column: field("c"), constraint: field("n"), statement: nil, position: field("P").flatMap { Int($0) },
      context: field("W").map(oneLine), routine: field("R"))
  }

  /// A field of an error report by the letter of the protocol's documentation, "Error and Notice Message
  /// Fields".
  private func field(_ letter: Unicode.Scalar) -> String? {
    PQresultErrorField(pointer, Int32(letter.value)).map { String(cString: $0) }
  }
}
