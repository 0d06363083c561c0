import Domain
import Glibc
import Wire

/// A target: what is done with hostile octets, and what must hold of the outcome whatever they are.
typealias Target = (_ input: UnsafeBufferPointer<UInt8>) -> Void

/// All targets; each has its corpus in a folder of the same name.
let targets: [String: Target] = [
  "request": fuzzRequest, "framing": fuzzFraming, "csv": fuzzCSV, "upload": fuzzUpload,
  "connection": fuzzConnectionString, "settings": fuzzSettings, "reply": fuzzReply, "log": fuzzLog,
]

/// The target of this process, which `Fuzz/run` names in the environment.
private let target: Target = {
  guard let name = getenv("FUZZ_TARGET"), let target = targets[String(cString: name)] else {
    fatalError("FUZZ_TARGET names none of \(targets.keys.sorted().joined(separator: ", "))")
  }
  return target
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
  return 0
}

/// Ends the process, so that libFuzzer keeps the input, where a property does not hold.
func require(_ holds: Bool, _ sentence: @autoclosure () -> String) {
  guard holds else { fatalError(sentence()) }
}

/// Octet for octet, since `==` of texts takes an accent for a letter with an accent.
func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

/// A line must not hold what ends a line or steers a terminal.
func requirePlain(_ line: String, _ what: String) {
  for scalar in line.unicodeScalars {
    let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
    require(!isControl, "\(what) holds U+\(String(scalar.value, radix: 16)): \(line.debugDescription)")
  }
}

/// What a refused request is answered with is one line that can be read back.
func requireAnswer(_ error: WireError) {
  let text = error.lastLine.text
  requirePlain(text, "an error")
  require(text.utf8.count <= Limits.replyLine, "an error of \(text.utf8.count) octets")
  guard case .last(let last) = ReplyLine(parsing: text) else { fatalError("no reply line: \(text)") }
  require(last.code == error.code.rawValue && last.symbol == error.code.symbol, "another code: \(text)")
}
