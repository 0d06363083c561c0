import Glibc

/// A file with the number of the last event that is done.
struct WatchState {
  let path: String

  /// - Returns: nil where there is no such file.
  /// - Throws: a failure with status 65 where it holds something else.
  func read() throws(Failure) -> Int? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .data("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    let text = String(decoding: bytes.prefix(max(count, 0)).prefix { $0 != 10 }, as: UTF8.self)
    guard let number = Int(text), number >= 0 else {
      throw .data("\(path) holds no number of an event")
    }
    return number
  }

  /// Writes it anew; it holds the old number or this one, whatever happens meanwhile.
  func write(_ number: Int) throws(Failure) {
    let temporary = path + ".part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw cannot("create \(temporary)") }
    let text = "\(number)\n"
    let isWritten =
      Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count && fsync(descriptor) == 0
    guard close(descriptor) == 0, isWritten else { throw cannot("write \(temporary)") }
    guard rename(temporary, path) == 0 else { throw cannot("create \(path)") }
  }

  private func cannot(_ what: String) -> Failure {
    Failure(status: ExitStatus.cannotCreate, message: "cannot \(what): \(String(cString: strerror(errno)))")
  }
}
