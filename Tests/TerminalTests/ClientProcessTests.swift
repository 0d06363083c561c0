import Glibc
import Testing

/// The program itself, as a shell would run it.
@Suite struct ClientProcessTests {
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The program that was built beside these tests.
  private static let program: String = {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let tests = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return tests[..<tests.lastIndex(of: "/")!] + "/bellwether"
  }()

  /// The texts as C takes them, up to a null.
  private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }

  /// Runs a shell line with `$B` for the program; what it writes goes to files, so no pipe can fill up.
  private func run(_ line: String) throws -> Outcome {
    let folder = TemporaryFolder()
    let (out, err) = (folder.path + "/out", folder.path + "/err")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT, 0o600)
    let arguments = Self.copies(["/bin/bash", "-c", line])
    let environment = Self.copies([
      "B=\(Self.program)", "PATH=/usr/bin:/bin", "HOME=\(folder.path)", "D=\(folder.path)",
    ])
    defer { for text in arguments + environment { free(text) } }
    var process = pid_t()
    #expect(posix_spawn(&process, "/bin/bash", &actions, nil, arguments, environment) == 0)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    return Outcome(status: status >> 8 & 0xFF, output: try contents(out), errors: try contents(err))
  }

  @Test func saysWhatWasTriedWhenNothingAnswers() throws {
    let outcome = try run("$B --connect $D/no.sock ping")
    #expect(outcome.status == 69)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("/no.sock: No such file or directory"))
    // Port 1 of loopback is nobody's.
    let tcp = try run("BELLWETHER_CONNECT=127.0.0.1:1 $B ping")
    #expect(tcp.status == 69)
    #expect(tcp.errors.hasPrefix("bellwether: cannot connect to 127.0.0.1:1: Connection refused"))
  }

  @Test func refusesAWrongCommandLine() throws {
    #expect(try run("$B --nope").status == 64)
    #expect(try run("$B import firm").status == 64)
    #expect(try run("$B frobnicate --help").status == 64)
    let broken = try run("$B deals $'\\xff'")
    #expect(broken.status == 64)
    #expect(broken.errors == "bellwether: argument 2 is not UTF-8\n")
  }

  @Test func helpsWithoutADaemon() throws {
    let top = try run("$B --help")
    #expect(top.status == 0)
    #expect(top.output.contains("deals [<investor>]"))
    #expect(
      try run("$B deals --help").output.hasPrefix("usage: bellwether deals [<investor>] [--FLAG VALUE]…"))
    #expect(try run("$B --version").output.hasPrefix("bellwether "))
  }

  @Test func endsQuietlyWhenNobodyReads() throws {
    let outcome = try run("set -o pipefail; $B --help | true")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
  }

  @Test func saysWhenTheDiskIsFull() throws {
    let outcome = try run("$B --help > /dev/full")
    #expect(outcome.status == 73)
    #expect(outcome.errors.contains("No space left on device"))
  }

  @Test func givesUpWhenItsPatienceEnds() throws {
    let outcome = try run("$B --connect $D/no.sock nightly --patience 0")
    #expect(outcome.status == 69)
    #expect(outcome.errors.contains("(gave up after 1 try)"))
  }

  @Test func usesItsPatienceToTheEnd() throws {
    let started = ContinuousClock.now
    let outcome = try run("$B --connect $D/no.sock nightly --patience 3s")
    #expect(outcome.status == 69)
    // Tries at 0, 1 and, since the next pause is cut short, 3 seconds.
    #expect(ContinuousClock.now - started >= .seconds(3))
    #expect(
      outcome.errors.contains("(gave up after 4 tries)") || outcome.errors.contains("(gave up after 3 tries)")
    )
  }

  @Test func completesInBash() throws {
    let outcome = try run(
      """
      source <($B completion bash)
      COMP_WORDS=($B deals I-1 --st) COMP_CWORD=3; _bellwether; echo "${COMPREPLY[@]}"
      COMP_WORDS=($B run '') COMP_CWORD=2; _bellwether; echo "${COMPREPLY[@]}"
      """)
    #expect(outcome.output == "--stage\nlist get cancel export\n")
  }
}
