import Domain
import Wire

/// A request line that parses and is printed again parses to the same; what is refused is refused in one line.
func fuzzRequest(_ input: UnsafeBufferPointer<UInt8>) {
  let words: RequestLine
  do throws(WireError) { words = try RequestLine(parsing: Array(input)) } catch {
    return requireAnswer(error)
  }
  do throws(WireError) {
    let again = try RequestLine(parsing: Array(words.text.utf8))
    require(
      again.positional.elementsEqual(words.positional, by: isSame)
        && again.named.elementsEqual(words.named) { isSame($0.name, $1.name) && isSame($0.value, $1.value) },
      "\(words.text.debugDescription) is read as \(again)")
  } catch { fatalError("\(words.text.debugDescription) is refused: \(error)") }
  do throws(WireError) {
    _ = try Request.read(words, by: Standing(roles: [.organizer, .admin])) { _, _ in false }
  } catch { requireAnswer(error) }
}
