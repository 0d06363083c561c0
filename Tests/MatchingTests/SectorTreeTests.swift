import Domain
import Testing

@testable import Matching

@Suite struct SectorTreeTests {
  @Test(arguments: [
    ("ai", "ai", 1_000_000), ("ai.vision.medical", "ai", 1_000_000),
    // 2·1/(1+2), 2·1/(2+2), 2·1/(3+2), 2·2/(2+3)
    ("ai", "ai.vision", 666_666), ("ai.speech", "ai.vision", 500_000),
    ("ai.speech", "ai.vision.medical", 400_000), ("ai.vision", "ai.vision.medical", 800_000),
    ("chips", "ai", 0), ("chips.design", "ai.vision.medical", 0),
  ]) func nearness(sector: String, wanted: String, value: Int) throws {
    let tree = try SectorTree(Desk.sectors.reversed())
    let found = tree.nearness(
      of: try #require(tree.index(of: sector)), to: try #require(tree.index(of: wanted)))
    #expect(found == value)
  }

  @Test func subtreesAreRangesInOrderOfCodes() throws {
    let tree = try SectorTree(Desk.sectors.shuffled())
    #expect(tree.codes == ["ai", "ai.speech", "ai.vision", "ai.vision.medical", "chips", "chips.design"])
    #expect(tree.subtree(of: 0) == 0..<4)
    #expect(tree.subtree(of: 3) == 3..<4)
    #expect(tree.depth(of: 3) == 3)
    #expect(tree.parent(of: 3) == 2)
    #expect(tree.parent(of: 4) == nil)
    #expect(tree.top(of: 3) == 0)
    #expect(tree.index(of: "nothing") == nil)
  }

  @Test func flawsAreNamed() {
    func flaw(_ rows: [SectorRow]) -> String? {
      do throws(Flaw) { _ = try SectorTree(rows) } catch { return error.sentence }
      return nil
    }
    #expect(
      flaw([.init(code: "a", name: "A"), .init(code: "a", name: "A")]) == "sector a stands twice")
    #expect(
      flaw([.init(code: "a", name: "A", parent: "b")]) == "sector a stands below b, which does not exist")
    #expect(
      flaw([
        .init(code: "a", name: "A", parent: "b"), .init(code: "b", name: "B", parent: "a"),
        .init(code: "c", name: "C"),
      ]) == "sector a lies below itself")
    let chain = (0..<9).map {
      SectorRow(code: "c\($0)", name: "C", parent: $0 == 0 ? nil : "c\($0 - 1)")
    }
    #expect(flaw(Array(chain.prefix(8))) == nil)
    #expect(flaw(chain) == "sector c8 lies deeper than 8")
    let many = (0...Limits.sectors).map { SectorRow(code: "m\($0)", name: "M") }
    #expect(flaw(Array(many.dropLast())) == nil)
    #expect(flaw(many) == "the sector tree has 4097 sectors; at most 4096")
  }
}
