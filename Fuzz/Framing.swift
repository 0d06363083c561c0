import NIOCore

/// Lines do not depend on how their octets are cut into reads. The input begins with the limits of odd and of even
/// lines and with what the lengths of the reads are made of.
func fuzzFraming(_ input: UnsafeBufferPointer<UInt8>) {
  guard input.count > 3 else { return }
  let limits = [Int(input[0] % 64), Int(input[1] % 64)]
  var state = UInt32(input[2])
  let octets = Array(input[3...])

  var expected: [LineFramer.Frame] = []
  for line in octets.split(separator: 10, omittingEmptySubsequences: false).dropLast() {
    let line = line.last == 13 ? line.dropLast() : line
    expected.append(line.count <= limits[expected.count % 2] ? .line(Array(line)) : .oversize)
  }

  var framer = LineFramer(endlessLine: 1 << 20)
  var frames: [LineFramer.Frame] = []
  var position = 0
  while position < octets.count {
    // Numerical Recipes' generator; its upper bits are the good ones.
    state = state &* 1_664_525 &+ 1_013_904_223
    let end = min(position + 1 + Int(state >> 16) % (1 + Int(input[2] % 32)), octets.count)
    var read = ByteBuffer(bytes: octets[position..<end])
    position = end
    framer.append(&read)
    while let frame = framer.next(limit: limits[frames.count % 2]) { frames.append(frame) }
    require(
      framer.heldBytes <= limits[frames.count % 2] + 1, "\(framer.heldBytes) octets are held of a line")
  }
  require(frames == expected, "\(frames) instead of \(expected)")
  require(framer.linesCut == expected.count, "\(framer.linesCut) lines are counted")
  require(framer.opening == Array(octets.prefix(16)), "the opening is \(framer.opening)")
  require(framer.isInsideLine == (octets.last.map { $0 != 10 } ?? false), "inside a line or not")
}
