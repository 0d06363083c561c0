import Domain
import Wire

/// JSON that is written and parsed again is the same; a row of an upload is refused with a reason that names a field,
/// or holds values within limits that their own spelling gives again. The input begins with the noun.
func fuzzUpload(_ input: UnsafeBufferPointer<UInt8>) {
  guard let first = input.first, let noun = Noun(number: first) else { return }
  let row = UnsafeBufferPointer(rebasing: input[1...])
  guard String(validating: row, as: UTF8.self) != nil else { return }
  if let json = try? JSONParser.parse(row) { checkJSON(json) }

  var faults: [Record.RowRejection] = []
  let record: Record
  do throws(Record.RowRejection) { record = try Record(upload: noun, row, faults: &faults) } catch {
    return require(!error.reason.isEmpty, "a row is refused without a reason")
  }
  for fault in faults {
    require(fault.field != nil && !fault.reason.isEmpty, "\(fault) names no field or no reason")
    // A hundred of them stand in one reply.
    let size = fault.field!.utf8.count + fault.reason.utf8.count
    require(size <= 2_048, "a fault of \(size) octets")
  }
  if faults.isEmpty, let code = record.code { require(Code.isValid(code), "a code \(code)") }
  for (field, given) in zip(noun.fields, record.given) {
    if let value = given.value { check(value, field) }
  }
}

private func checkJSON(_ json: JSON) {
  let line = json.line
  // C1 controls are text to JSON.
  require(!line.utf8.contains { $0 < 32 || $0 == 127 }, "JSON over several lines: \(line.debugDescription)")
  guard let again = try? JSONParser.parse(line) else { fatalError("written, but no JSON: \(line)") }
  require(isSame(line, again.line), "\(line) is read as \(again.line)")
}

private func check(_ value: FieldValue, _ field: Field) {
  let spelling = value.spelling
  requirePlain(spelling, field.name)
  if case .text(let limit) = field.type {
    require(spelling.unicodeScalars.count <= limit, "\(field.name) of \(spelling.unicodeScalars.count)")
  }
  do throws(FieldType.Rejection) {
    let again = try field.type.read(spelling)
    require(again == value && isSame(again.spelling, spelling), "\(field.name) \(value) is read as \(again)")
  } catch { fatalError("\(field.name) does not read its own \(spelling.debugDescription): \(error.reason)") }
}
