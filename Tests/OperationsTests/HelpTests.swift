import Operations
import Testing
import Wire

@Suite struct HelpTests {
  @Test func helpSaysWhatHoldsWithoutAnArgument() throws {
    for spec in CommandTable.all {
      let lines = try #require(HelpText.about(spec.words)).split(separator: "\n")
      for (parameter, value) in spec.defaults {
        let line = lines.first { $0.hasPrefix("  \(parameter.name) ") }
        #expect(
          line?.contains(value ?? "?") == true && line?.contains("without it") == true,
          "\(spec.words) \(parameter.name)")
      }
    }
  }
}
