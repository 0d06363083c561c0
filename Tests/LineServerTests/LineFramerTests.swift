import NIOCore
import Testing

@testable import LineServer

@Suite struct LineFramerTests {
  /// Every way of cutting the same octets into reads gives the same lines.
  @Test func framesDoNotDependOnReads() {
    let octets = Array("a\r\n\nbcd\n0123456789\n012345678\r\n01234567\r\n\r\nrest".utf8)
    let whole: [LineFramer.Frame] = [
      .line([UInt8(ascii: "a")]), .line([]), .line(Array("bcd".utf8)), .oversize, .oversize,
      .line(Array("01234567".utf8)), .line([]),
    ]
    for first in 0...octets.count {
      for second in first...octets.count {
        var framer = LineFramer(endlessLine: 1_000)
        var frames: [LineFramer.Frame] = []
        for part in [octets[..<first], octets[first..<second], octets[second...]] {
          var bytes = ByteBuffer(bytes: part)
          framer.append(&bytes)
          while let frame = framer.next(limit: 8) { frames.append(frame) }
        }
        #expect(frames == whole, "cut at \(first) and \(second)")
        #expect(framer.isInsideLine)
        #expect(framer.heldBytes == 4)
      }
    }
  }

  /// Only a CR directly before the LF belongs to the line end, and only one.
  @Test func oneCarriageReturnIsDropped() {
    var framer = LineFramer(endlessLine: 1_000)
    var bytes = ByteBuffer(string: "a\rb\r\r\n\0\u{1}\n")
    framer.append(&bytes)
    #expect(framer.next(limit: 8) == .line(Array("a\rb\r".utf8)))
    #expect(framer.next(limit: 8) == .line([0, 1]))
    #expect(framer.next(limit: 8) == nil)
    #expect(!framer.isInsideLine)
  }

  /// The limit is that of the moment a line is asked for, not of the moment its octets came.
  @Test func limitIsAskedForEachLine() {
    var framer = LineFramer(endlessLine: 1_000)
    var bytes = ByteBuffer(string: "0123456789\n0123456789\n")
    framer.append(&bytes)
    #expect(framer.next(limit: 9) == .oversize)
    #expect(framer.next(limit: 10) == .line(Array("0123456789".utf8)))
  }

  /// What is passed over is not held, and ends the connection at last.
  @Test func oversizeIsNotHeld() {
    var framer = LineFramer(endlessLine: 10_000)
    var reads = 0
    while true {
      var bytes = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1_000)
      framer.append(&bytes)
      reads += 1
      let frame = framer.next(limit: 100)
      #expect(framer.heldBytes == 0)
      if frame == .endless { break }
      #expect(frame == nil)
    }
    #expect(reads == 11)
  }

  @Test func fullnessCountsLinesAndOctets() {
    var framer = LineFramer(endlessLine: 1_000)
    var bytes = ByteBuffer(string: "a\nb\nc")
    framer.append(&bytes)
    #expect(framer.isFull(lines: 2, bytes: 100))
    #expect(!framer.isFull(lines: 3, bytes: 100))
    #expect(framer.isFull(lines: 3, bytes: 5))
    _ = framer.next(limit: 8)
    #expect(!framer.isFull(lines: 2, bytes: 5))
  }

  /// Lines that are offered and taken are those that would have been cut off, and the others remain.
  @Test func offeredLinesAreTheNextOnes() {
    let octets = Array("a\r\n\nbcd\n0123456789\n012345678\r\n01234567\r\n\r\nrest".utf8)
    let whole: [LineFramer.Frame] = [
      .line([UInt8(ascii: "a")]), .line([]), .line(Array("bcd".utf8)), .oversize, .oversize,
      .line(Array("01234567".utf8)), .line([]),
    ]
    for cut in 0...octets.count {
      for taken in 0...3 {
        var framer = LineFramer(endlessLine: 1_000)
        var frames: [LineFramer.Frame] = []
        for part in [octets[..<cut], octets[cut...]] {
          var bytes = ByteBuffer(bytes: part)
          framer.append(&bytes)
          while true {
            var left = taken
            framer.offer(limit: 8) { line in
              guard left > 0 else { return false }
              left -= 1
              frames.append(.line(Array(line)))
              return true
            }
            guard let frame = framer.next(limit: 8) else { break }
            frames.append(frame)
          }
        }
        #expect(frames == whole, "cut at \(cut), \(taken) taken")
        #expect(framer.linesCut == whole.count)
        #expect(framer.heldBytes == 4)
      }
    }
  }
}
