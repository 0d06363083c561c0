/// A settings file is read, or refused with a line that the file has.
func fuzzSettings(_ input: UnsafeBufferPointer<UInt8>) {
  do throws(SettingsError) {
    for entry in try YAMLFile.parse(Array(input), path: "file") {
      require((1...lines(input)).contains(entry.line), "\(entry.name) in line \(entry.line)")
      for setting in SettingTable.all { _ = setting.complaint(entry.value) }
      _ = SettingTable.hint(entry.name, among: SettingTable.all.map(\.name))
      guard let address = Address(entry.value) else { continue }
      let host = address.host.contains(":") ? "[\(address.host)]" : address.host
      require(Address("\(host):\(address.port)") == address, "\(address) does not read itself")
    }
  } catch {
    let parts = error.description.split(separator: ":", maxSplits: 2)
    guard parts.count == 3, let line = Int(parts[1]) else { fatalError("no line in: \(error)") }
    require((1...lines(input)).contains(line), "\(error), of \(lines(input)) lines")
  }
}

/// No more lines than that: CR and LF end one, and so do U+0085, U+2028 and U+2029 by their last octets.
private func lines(_ input: UnsafeBufferPointer<UInt8>) -> Int {
  1 + input.count { [10, 13, 0x85, 0xA8, 0xA9].contains($0) }
}
