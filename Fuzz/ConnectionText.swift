/// What is shown of a connection string does not depend on its secrets, is read as the same again, and what is said
/// of a wrong one never holds its password.
func fuzzConnectionString(_ input: UnsafeBufferPointer<UInt8>) {
  let text = String(decoding: input, as: UTF8.self)
  if let target = try? ConnectionString(text) { checkDescription(target) }
  let secret = "Xq7Kp0"
  guard !holds(text, secret) else { return }
  for hidden in [
    "password=\(secret) \(text)", "password='\(secret)\(text)", "postgresql://u:\(secret)@\(text)",
    "postgresql://u:\(secret)\(text)",
  ] {
    do throws(StoreError) {
      let target = try ConnectionString(hidden)
      if target["password"].map({ holds($0, secret) }) == true {
        require(!holds(target.description, secret), "shown: \(target.description)")
      }
    } catch { require(!holds("\(error)", secret), "told: \(error), of \(hidden.debugDescription)") }
  }
}

private func checkDescription(_ target: ConnectionString) {
  let shown = target.description
  for keyword in ["password", "sslpassword"] where target[keyword] != nil {
    require(isSame(target.with(keyword, "other").description, shown), "\(keyword) is seen in \(shown)")
  }
  do throws(StoreError) {
    let again = try ConnectionString(shown)
    require(isSame(again.description, shown), "\(shown) is read as \(again)")
  } catch { fatalError("\(shown.debugDescription) is refused: \(error)") }
  _ = target.attempts.map(\.place)
}

/// Octet for octet: a mark behind the last letter would make it another character.
private func holds(_ text: String, _ secret: String) -> Bool { text.utf8.firstRange(of: secret.utf8) != nil }
