import Domain
import Testing

@testable import Planning

@Suite struct TableSeatingTests {
  /// Days of every kind: nobody shares a table, pins and rooms hold, and in each slot no fewer could move.
  @Test func seatsEverybodyWithTheFewestMovesOfEachSlot() {
    var random = SplitMix64(seed: 21)
    var seated = 0
    for _ in 0..<600 {
      let (meetings, tables) = Self.day(&random)
      let seating: TableSeating
      do { seating = try TableSeating(meetings, at: tables) } catch { continue }
      seated += 1
      var last: [Int: Int] = [:]
      var moves = 0
      for slot in 0..<6 {
        let here = meetings.indices.filter { meetings[$0].slot == slot }
        #expect(Set(here.map { seating.tables[$0] }).count == here.count)
        for meeting in here {
          let table = tables.first { $0.number == seating.tables[meeting] }
          #expect(table?.isOutOfOrder == false)
          #expect(meetings[meeting].table.map { $0 == table?.number } ?? true)
          #expect(meetings[meeting].room.map { $0 == table?.room } ?? true)
        }
        let moved = here.count { last[meetings[$0].firm].map { [$0] }?.contains(seating.tables[$0]) == false }
        moves += moved
        #expect(moved == Self.fewestMoves(here, meetings, tables, last))
        for meeting in here { last[meetings[meeting].firm] = seating.tables[meeting] }
      }
      #expect(seating.moves == moves)
    }
    #expect(seated > 200)
  }

  @Test func whereThereIsATableForEachFirmNobodyMoves() throws {
    var random = SplitMix64(seed: 22)
    for _ in 0..<100 {
      let firms = Int(random.number(below: 8)) + 1
      let meetings = (0..<12).flatMap { slot in
        (0..<firms).filter { _ in random.number(below: 2) == 0 }.map {
          TableSeating.Meeting(firm: $0, slot: slot)
        }
      }
      let seating = try TableSeating(meetings, at: (1...firms).map { .init(number: $0) })
      #expect(seating.moves == 0)
    }
  }

  @Test func saysWhyItCannot() {
    func problem(_ meetings: [TableSeating.Meeting]) -> TableSeating.Problem? {
      let tables = [
        TableSeating.Table(number: 1, room: 0), .init(number: 2, room: 1, isOutOfOrder: true),
      ]
      do throws(TableSeating.Problem) {
        _ = try TableSeating(meetings, at: tables)
        return nil
      } catch { return error }
    }
    #expect(problem([.init(firm: 0, slot: 0), .init(firm: 1, slot: 0)]) == .full(meeting: 1))
    #expect(problem([.init(firm: 0, slot: 0, room: 1)]) == .full(meeting: 0))
    #expect(problem([.init(firm: 0, slot: 0, table: 2)]) == .pinnedElsewhere(meeting: 0))
    #expect(problem([.init(firm: 0, slot: 0, table: 3)]) == .pinnedElsewhere(meeting: 0))
    #expect(problem([.init(firm: 0, slot: 0, room: 1, table: 1)]) == .pinnedElsewhere(meeting: 0))
    #expect(
      problem([.init(firm: 0, slot: 0, table: 1), .init(firm: 1, slot: 0, table: 1)])
        == .pinnedTwice(meeting: 1))
    #expect(problem([.init(firm: 0, slot: 0, table: 1), .init(firm: 1, slot: 1, table: 1)]) == nil)
  }

  private static func day(_ random: inout SplitMix64) -> ([TableSeating.Meeting], [TableSeating.Table]) {
    let count = Int(random.number(below: 5)) + 1
    let rooms = Int(random.number(below: 2)) + 1
    let tables = (0..<count).map {
      TableSeating.Table(number: $0 + 1, room: $0 % rooms, isOutOfOrder: random.number(below: 9) == 0)
    }
    let pins = random.number(below: 2) == 0
    let bound = rooms > 1 && random.number(below: 2) == 0
    var meetings: [TableSeating.Meeting] = []
    for slot in 0..<6 {
      var left = count - tables.count { $0.isOutOfOrder }
      for firm in 0..<7 where left > 0 && random.number(below: 3) == 0 {
        left -= 1
        let isPinned = pins && random.number(below: 5) == 0
        meetings.append(
          .init(
            firm: firm, slot: slot, room: bound ? firm % rooms : nil,
            table: isPinned ? Int(random.number(below: UInt64(count))) + 1 : nil))
      }
    }
    return (meetings, tables)
  }

  /// Tries all seatings of one slot.
  private static func fewestMoves(
    _ here: [Int], _ meetings: [TableSeating.Meeting], _ tables: [TableSeating.Table], _ last: [Int: Int],
    taken: Set<Int> = []
  ) -> Int? {
    guard let meeting = here.first else { return 0 }
    return tables.filter {
      !taken.contains($0.number) && !$0.isOutOfOrder
        && (meetings[meeting].room == nil || meetings[meeting].room == $0.room)
        && (meetings[meeting].table == nil || meetings[meeting].table == $0.number)
    }.compactMap { table in
      fewestMoves(Array(here.dropFirst()), meetings, tables, last, taken: taken.union([table.number])).map {
        $0 + (last[meetings[meeting].firm].map { $0 != table.number } ?? false ? 1 : 0)
      }
    }.min()
  }
}
