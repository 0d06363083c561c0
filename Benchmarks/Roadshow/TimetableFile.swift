import Foundation
import Planning

/// A published instance of the business-to-business meeting scheduling problem, in MiniZinc's data format.
struct TimetableFile {
  var name: String
  var problem: TimetableProblem

  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  init(_ path: String) throws {
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let values = try Self.values(path)
    func value(_ key: String) throws -> Substring {
      guard let value = values[key] else { throw Malformed(description: "\(path): no \(key)") }
      return value
    }
    func number(_ key: String) throws -> Int {
      guard let number = Self.numbers(try value(key)).first else {
        throw Malformed(description: "\(path): \(key) is no number")
      }
      return number
    }
    let (people, slots) = (try number("nBusiness"), try number("nTotalSlots"))
    let morning = try number("nMorningSlots")
    let forbidden = Self.sets(try value("forbidden"))
    let fixed = Self.numbers(try value("fixed"))
    let before = Self.sets(try value("precedences"))
    let requested = Self.numbers(try value("requested"))
    let count = requested.count / 3
    guard requested.count % 3 == 0, forbidden.count >= people, fixed.count >= count, before.count >= count
    else {
      throw Malformed(description: "\(path): requested, forbidden, fixed and precedences do not fit together")
    }
    let meetings = (0..<count).map { number in
      let (first, second) = (requested[3 * number] - 1, requested[3 * number + 1] - 1)
      let half = requested[3 * number + 2]
      let away = Set(forbidden[first] + forbidden[second])
      let open = (1...slots).map { slot in
        !away.contains(slot) && (half != 1 || slot <= morning) && (half != 2 || slot > morning)
          && (fixed[number] == 0 || fixed[number] == slot)
      }
      return TimetableProblem.Meeting(first, second, slots: open)
    }
    problem = TimetableProblem(
      participants: people, tables: Array(repeating: try number("nTables"), count: slots), meetings: meetings,
      precedences: before.prefix(count).enumerated().flatMap { after, befores in
        befores.map { TimetableProblem.Precedence($0 - 1, after) }
      })
  }

  /// What stands after `key =`, up to the semicolon.
  private static func values(_ path: String) throws -> [String: Substring] {
    let text = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .map { $0.prefix { $0 != "%" } }.joined(separator: "\n")
    var values: [String: Substring] = [:]
    for statement in text.split(separator: ";") {
      let sides = statement.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { continue }
      values[sides[0].trimmingCharacters(in: .whitespacesAndNewlines)] = sides[1]
    }
    return values
  }

  private static func numbers(_ text: Substring) -> [Int] {
    text.split { !$0.isNumber && $0 != "-" }.compactMap { Int($0) }
  }

  /// What stands between braces; zeros are left out, as they say "none".
  private static func sets(_ text: Substring) -> [[Int]] {
    text.split(separator: "{", omittingEmptySubsequences: false).dropFirst()
      .map { numbers($0.prefix { $0 != "}" }).filter { $0 > 0 } }
  }
}
