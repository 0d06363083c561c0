import Testing

@testable import Domain

@Suite struct NearNamesTests {
  private func isNear(_ one: (String, String?), _ other: (String, String?)) -> Bool {
    var names = NearNames()
    _ = names.add(.init(code: "1", name: one.0, nameZh: one.1))
    let found = names.near(to: .init(code: "2", name: other.0, nameZh: other.1)) != nil
    #expect((names.add(.init(code: "2", name: other.0, nameZh: other.1)) != nil) == found)
    return found
  }

  @Test(arguments: [
    ("Kedao Quantum Co., Ltd.", "KEDAO QUANTUM Limited"), ("Kestral Photonic", "Kestrel Photonics"),
    ("International Widget Systems Corporation", "International Widgets Systems Corp"),
    ("Müllerbau GmbH", "Mullerbau"),
    ("Muellerbau", "Müllerbau"), ("Ｋｅｄａｏ　Ｑｕａｎｔｕｍ", "Kedao Quantum"),
    ("Hefei Kedao Quantum", "Kedao Quantum Ltd"),
    ("测试光电技术有限公司", "合肥测试光电技术有限公司"), ("合肥测试量子科技有限公司", "合肥测试量子科技有限责任公司"),
    ("合肥測試量子科技有限公司", "合肥测试量子科技有限公司"), ("合肥市测试光电技术", "测试光电技术股份有限公司"),
    ("Strasse Robotics", "Straße Robotics"), ("Kedao Quantmu", "Kedao Quantum"),
  ])
  func nearNames(_ one: String, _ other: String) {
    #expect(isNear((one, nil), (other, nil)))
    #expect(isNear((other, nil), (one, nil)))
  }

  @Test(arguments: [
    ("Firm number 12", "Firm number 13"), ("Alpha Capital A", "Alpha Capital B"),
    ("Kedao Quantum", "Kedao Photonics"),
    ("合肥骁创汽车部件", "合肥骁闯汽车部件"), ("合肥测试光电技术", "上海测试光电技术"), ("合肥A光电技术", "合肥B光电技术"), ("Roma", "Rome"),
    ("", "…"), ("Co., Ltd.", "Ltd."), ("Cell 4 You", "Cell 5 You"),
  ])
  func otherNames(_ one: String, _ other: String) { #expect(!isNear((one, nil), (other, nil))) }

  @Test func chineseNamesDecideWhereBothHaveOne() {
    #expect(isNear(("Kedao One", "合肥测试量子科技有限公司"), ("Other Two", "合肥测试量子科技有限责任公司")))
    #expect(!isNear(("Miaoqian Optics", "合肥淼乾光学"), ("Miaoqiang Optics", "合肥淼强光学")))
    #expect(isNear(("Miaoqian Optics", "合肥淼乾光学"), ("Miaoqiang Optics", nil)))
    // The same name in other letters is the same name.
    #expect(isNear(("LUDAO Speech", "合肥淼乾光学"), ("Ludao Speech Ltd", "合肥淼强光学")))
  }

  @Test func aFirmIsNotNearToItself() {
    var names = NearNames()
    _ = names.add(.init(code: "1", name: "Kedao Quantum", nameZh: nil))
    #expect(names.near(to: .init(code: "1", name: "Kedao Quantum Ltd", nameZh: nil)) == nil)
  }
}
