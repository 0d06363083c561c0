"""The rules can fail: each wrong cell is found, in the row it stands in."""

import unittest

import registry_rules as rules


class Rules(unittest.TestCase):
    GOOD = {
        "code": "F-1", "name": "One", "sectors": "ai,chips", "stage": "seed", "trl": "4", "risk": "R5",
        "founded_on": "2024-02-29", "ask": "5000000", "currency": "CNY",
    }

    def test_a_good_row_has_no_fault(self):
        self.assertEqual(rules.faults("firm", [self.GOOD]), [])

    def test_each_wrong_cell_is_found(self):
        for field, value in (
            ("code", "F 1"), ("code", ""), ("code", "x" * 161), ("name", ""), ("name", "a\tb"), ("name", "n" * 201),
            ("sectors", ""), ("sectors", "ai,ai"), ("sectors", "a b"), ("stage", "serie_a"), ("trl", "10"),
            ("trl", "４"), ("risk", "C1"), ("founded_on", "2023-02-29"), ("founded_on", "20240229"), ("ask", "-5"),
            ("ask", "1e6"), ("currency", "yuan"),
        ):
            self.assertEqual(len(rules.faults("firm", [{**self.GOOD, field: value}])), 1, (field, value))

    def test_mandates(self):
        good = {"code": "I-1", "name": "One", "kind": "vc", "sectors": "ai:0.8,chips:1", "ticket": "2M-10M"}
        self.assertEqual(rules.faults("investor", [good]), [])
        for field, value in (
            ("sectors", "ai:1.2"), ("sectors", "ai:0"), ("sectors", "ai"), ("sectors", "ai:1,ai:1"), ("ticket", "9M-1M"),
            ("ticket", "-"), ("ticket", "2X-3X"), ("kind", "fund"),
        ):
            self.assertEqual(len(rules.faults("investor", [{**good, field: value}])), 1, (field, value))

    def test_a_key_stands_once(self):
        row = {"firm": "F-1", "date": "2024-01-01", "kind": "seed", "amount": "1"}
        self.assertEqual(len(rules.faults("round", [row, row])), 1)
        self.assertEqual(rules.faults("round", [row, {**row, "kind": "angel"}]), [])

    def test_a_code_that_nothing_has_is_found(self):
        rows = [{"sectors": "ai:0.8,nothing:1"}]
        self.assertEqual(len(rules.unresolved("investor", rows, "sectors", {"ai"})), 1)

    def test_names_are_compared_loosely(self):
        self.assertEqual(rules.loose("Hefei One-Two Co., Ltd."), rules.loose("HEFEI ONE TWO Co Ltd"))
        self.assertEqual(rules.loose("合肥一二有限公司"), rules.loose("合肥一二（有限公司）"))
        self.assertNotEqual(rules.loose("Hefei One"), rules.loose("Wuhu One"))


if __name__ == "__main__":
    unittest.main()
