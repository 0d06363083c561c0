import Domain

/// Makes CSV lines (RFC 4180, with LF) of TSV rows as the protocol writes them. ``FormulaGuard`` keeps spreadsheets from
/// running what cells hold.
struct CSVWriter {
  /// Appends a row.
  /// - Parameter tsv: cells parted by tabs; `\t`, `\n` and `\\` are escapes, and `\N` is no value.
  func write(_ tsv: some Collection<UInt8>, to bytes: inout [UInt8]) {
    var cell: [UInt8] = []
    var isFirst = true
    var isEscaped = false
    var isNull = false
    func finish(_ bytes: inout [UInt8]) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      if !isNull { append(cell, to: &bytes) }
    }
    for byte in tsv {
      if isEscaped {
        isEscaped = false
        switch byte {
        case UInt8(ascii: "t"): cell.append(9)
        case UInt8(ascii: "n"): cell.append(10)
        case UInt8(ascii: "N"): isNull = true
        default: cell.append(byte)
        }
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == 9 {
        finish(&bytes)
        isFirst = false
        isNull = false
        cell.removeAll(keepingCapacity: true)
      } else {
        cell.append(byte)
      }
    }
    finish(&bytes)
    bytes.append(10)
  }

  private func append(_ cell: [UInt8], to bytes: inout [UInt8]) {
    let isFormula = FormulaGuard.isNeeded(String(decoding: cell, as: UTF8.self))
    let needsQuotes = cell.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 10 || byte == 13
    }
    if needsQuotes { bytes.append(UInt8(ascii: "\"")) }
    if isFormula { bytes.append(UInt8(ascii: "'")) }
    for byte in cell {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    if needsQuotes { bytes.append(UInt8(ascii: "\"")) }
  }
}
