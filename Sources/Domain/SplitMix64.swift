/// Numbers that come out the same for the same seed on every machine, and that anybody can compute again in a few
/// lines of any language (SplitMix64: G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014). Not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in `0..<count`, each as likely: the next number modulo `count`, where numbers from the greatest
  /// multiple of `count` that 64 bits hold are passed over. Spelt out, since what the standard library does is not
  /// promised to stay.
  /// - Parameter count: At least 1.
  public mutating func number(below count: UInt64) -> UInt64 {
    precondition(count > 0)
    let surplus = (UInt64.max % count + 1) % count
    while true {
      let number = next()
      if number <= UInt64.max - surplus { return number % count }
    }
  }
}
