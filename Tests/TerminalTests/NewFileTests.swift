import Glibc
import Testing

@testable import Terminal

/// A folder of a test's own, which goes with it.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/bellwether-test-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template))
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

func contents(_ path: String) throws -> String { String(decoding: try InputFile.read(path), as: UTF8.self) }

@Suite struct NewFileTests {
  @Test func appearsWhenItIsWhole() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.csv"
    let file = try NewFile(path, isForced: false)
    try file.output.write("code\n")
    #expect(!folder.names.contains("a.csv"))
    try file.commit()
    #expect(folder.names == ["a.csv"])
    #expect(try contents(path) == "code\n")
  }

  @Test func leavesNothingWhenGivenUp() throws {
    let folder = TemporaryFolder()
    let file = try NewFile(folder.path + "/a.csv", isForced: false)
    try file.output.write("code\n")
    file.discard()
    #expect(folder.names.isEmpty)
  }

  @Test func replacesOnlyWhenForced() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.csv"
    for text in ["one", "two"] {
      let file = try NewFile(path, isForced: true)
      try file.output.write(text)
      try file.commit()
    }
    #expect(try contents(path) == "two")
    #expect(throws: Failure(status: 73, message: "\(path) is there already; --force replaces it")) {
      try NewFile(path, isForced: false)
    }
    #expect(folder.names == ["a.csv"])
  }

  /// A file that someone else made meanwhile is not written over.
  @Test func doesNotRaceAnotherWriter() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.csv"
    let file = try NewFile(path, isForced: false)
    close(open(path, O_WRONLY | O_CREAT, 0o600))
    #expect(throws: Failure.self) { try file.commit() }
    // The next one to be opened would have its number, had it been closed already.
    let next = open("/dev/null", O_RDONLY)
    file.discard()
    #expect(fcntl(next, F_GETFD) >= 0)
    close(next)
    #expect(folder.names == ["a.csv"])
    #expect(try contents(path).isEmpty)
  }

  @Test func writesThroughALinkAndIntoADevice() throws {
    let folder = TemporaryFolder()
    let target = folder.path + "/target"
    close(open(target, O_WRONLY | O_CREAT, 0o600))
    symlink(target, folder.path + "/link")
    let file = try NewFile(folder.path + "/link", isForced: true)
    try file.output.write("x")
    try file.commit()
    #expect(try contents(target) == "x")
    let null = try NewFile("/dev/null", isForced: true)
    try null.output.write("x")
    try null.commit()
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func namesWhatCannotBeMade() {
    #expect {
      try NewFile("/nonexistent-folder/a.csv", isForced: false)
    } throws: {
      ($0 as? Failure)?.status == 73
    }
  }
}
