/// The exit statuses of the client, after sysexits.h; docs/PROTOCOL.md lists them.
enum ExitStatus {
  static let done: Int32 = 0
  /// The command line is wrong.
  static let usage: Int32 = 64
  /// A file that was to be read holds something wrong.
  static let data: Int32 = 65
  /// No daemon answers where one should.
  static let unavailable: Int32 = 69
  /// An output cannot be made or written.
  static let cannotCreate: Int32 = 73
  /// The same again, later, may work.
  static let tryAgain: Int32 = 75
  /// Whoever asks may not.
  static let notAllowed: Int32 = 77
  /// Someone pressed Ctrl-C.
  static let interrupted: Int32 = 130
}

/// What ends a command of the client itself, as opposed to a reply of the daemon.
struct Failure: Error, Hashable {
  var status: Int32
  /// A whole sentence for the person in front of the terminal, without a name before it.
  var message: String
  /// Whether asking again the same way cannot mend it: the place that was given is none of a daemon.
  var isLasting = false

  static func usage(_ message: String) -> Failure { Failure(status: ExitStatus.usage, message: message) }
  static func data(_ message: String) -> Failure { Failure(status: ExitStatus.data, message: message) }
}

/// Whoever read standard output has stopped reading (`| head`); that is no error.
struct ReaderGone: Error {}
