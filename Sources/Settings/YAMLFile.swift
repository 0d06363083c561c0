import CYAML
import Glibc

/// The settings file: one flat YAML mapping of names to scalars, read with libyaml's event parser.
struct YAMLFile {
  struct Entry {
    var name: String
    var value: String
    /// Line of the file, from 1.
    var line: Int
  }

  /// No settings file is longer; what is, is not one.
  private static let limit = 1 << 20

  static func read(_ path: String) throws(SettingsError) -> [Entry] {
    guard let file = fopen(path, "rb") else {
      throw SettingsError("\(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count <= limit else {
      throw SettingsError("\(path): is longer than \(limit) octets; that is no settings file")
    }
    return try parse(Array(bytes[..<count]), path: path)
  }

  static func parse(_ bytes: [UInt8], path: String) throws(SettingsError) -> [Entry] {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { throw SettingsError("no memory for a YAML parser") }
    defer { yaml_parser_delete(&parser) }
    let result: Result<[Entry], SettingsError> = bytes.withUnsafeBufferPointer { buffer in
      // libyaml wants a pointer even for nothing.
      var nothing: UInt8 = 0
      yaml_parser_set_input_string(
        &parser, buffer.baseAddress ?? withUnsafePointer(to: &nothing) { $0 }, buffer.count)
      do throws(SettingsError) { return .success(try entries(&parser, path, bytes)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func entries(
    _ parser: inout yaml_parser_t, _ path: String, _ bytes: [UInt8]
  ) throws(SettingsError) -> [Entry] {
    var entries: [Entry] = []
    var name: (text: String, line: Int)?
    var depth = 0
    let lines = lines(bytes)
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(&parser, &event) == 1 else {
        throw failure(parser, path, bytes)
      }
      defer { yaml_event_delete(&event) }
      // An empty document stands in a line after the last one.
      let line = min(event.start_mark.line + 1, lines)
      switch event.type {
      case YAML_STREAM_END_EVENT: return entries
      case YAML_MAPPING_START_EVENT where depth == 0 && name == nil: depth = 1
      case YAML_MAPPING_END_EVENT: depth = 0
      case YAML_SCALAR_EVENT where depth == 1:
        let scalar = event.data.scalar
        let text = String(
          decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        guard let key = name else {
          name = (text, line)
          continue
        }
        if let first = entries.first(where: { $0.name == key.text }) {
          throw SettingsError("\(path):\(key.line): \(key.text) stands twice, first in line \(first.line)")
        }
        entries.append(Entry(name: key.text, value: text, line: key.line))
        name = nil
      case YAML_SCALAR_EVENT, YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT, YAML_ALIAS_EVENT:
        throw SettingsError(
          "\(path):\(line): settings are lines of the form name: value, without lists or nesting")
      default: continue
      }
    }
  }

  /// Lines of a file, whether they end in LF, CRLF or CR.
  private static func lines(_ bytes: [UInt8]) -> Int {
    let ends = zip(bytes, bytes.dropFirst() + [0]).count { $0 == 10 || $0 == 13 && $1 != 10 }
    return max(1, ends + (bytes.last == 10 || bytes.last == 13 ? 0 : 1))
  }

  private static func failure(_ parser: yaml_parser_t, _ path: String, _ bytes: [UInt8]) -> SettingsError {
    let problem = parser.problem.map { String(cString: $0) } ?? "is not YAML"
    guard parser.error != YAML_READER_ERROR else {
      // What is no text at all has no mark.
      let line = 1 + bytes.prefix(parser.problem_offset).count { $0 == 10 }
      return SettingsError("\(path):\(line): \(problem)")
    }
    let mark = parser.problem_mark
    // libyaml finds what is left open in a line after the last one.
    let lines = lines(bytes)
    guard mark.line < lines else { return SettingsError("\(path):\(lines): \(problem)") }
    return SettingsError("\(path):\(mark.line + 1):\(mark.column + 1): \(problem)")
  }
}

/// A setting or command line that cannot be used, and what would be right.
public struct SettingsError: Error, Hashable, CustomStringConvertible {
  public var description: String
  /// Wrong usage of the command line rather than a wrong setting.
  public var isUsage = false

  /// Several at once, a line each.
  init(_ problems: [SettingsError]) {
    description = problems.map(\.description).joined(separator: "\n")
    isUsage = problems.allSatisfy(\.isUsage)
  }

  init(_ description: String, isUsage: Bool = false) {
    self.description = description
    self.isUsage = isUsage
  }
}
