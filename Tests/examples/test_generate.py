"""The made-up city: the same bytes everywhere, and every row of it loads and makes sense.

    python3 -m unittest discover Tests/examples
"""

import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import registry_rules as rules

GENERATOR = rules.ROOT / "examples" / "generate.py"
HEFEI = rules.ROOT / "examples" / "hefei"
FILES = {
    "institute": "institutes", "project": "projects", "firm": "firms", "investor": "investors", "person": "persons",
    "roadshow": "roadshows", "holding": "holdings", "round": "rounds", "rate": "rates",
}


def generate(folder, *arguments, **environment):
    subprocess.run(
        [sys.executable, "-B", str(GENERATOR), *arguments, "--out", str(folder)], check=True,
        env={**os.environ, **environment}, timeout=300)
    return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}


def load(folder):
    return {noun: rules.rows(pathlib.Path(folder) / f"{name}.csv") for noun, name in FILES.items()}


def below(tree, code):
    """The code and those above it in the tree."""
    while code:
        yield code
        code = tree[code]


class SameBytes(unittest.TestCase):
    def test_committed_city_is_a_fresh_one(self):
        with tempfile.TemporaryDirectory() as folder:
            fresh = generate(folder)
        self.assertEqual(sorted(fresh), sorted(path.name for path in HEFEI.glob("*.csv")))
        for name, content in fresh.items():
            self.assertEqual(content, (HEFEI / name).read_bytes(), name)

    def test_hash_seed_and_locale_do_not_matter(self):
        size = ["--seed", "3", "--firms", "200", "--investors", "60"]
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            self.assertEqual(
                generate(one, *size, PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC"),
                generate(two, *size, PYTHONHASHSEED="2", LC_ALL="C.UTF-8", TZ="Asia/Shanghai"))

    def test_another_seed_is_another_city(self):
        with tempfile.TemporaryDirectory() as folder:
            other = generate(folder, "--seed", "8")
        for name in ("firms.csv", "investors.csv", "institutes.csv", "projects.csv", "persons.csv"):
            self.assertNotEqual(other[name], (HEFEI / name).read_bytes(), name)

    def test_more_firms_leave_the_first_ones_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            larger = generate(folder, "--firms", "1500")["firms.csv"]
        self.assertTrue(larger.startswith((HEFEI / "firms.csv").read_bytes()))

    def test_sector_migration_is_made_from_the_tree(self):
        script = rules.ROOT / "examples" / "sectors" / "make-migration"
        subprocess.run([sys.executable, str(script), "--check"], check=True, timeout=60)


class Sectors(unittest.TestCase):
    def test_tree(self):
        tree = rules.rows(rules.TREE)
        self.assertEqual(rules.faults("sector", tree), [])
        parents = {row["code"]: row["parent"] for row in tree}
        self.assertEqual(rules.unresolved("sector", tree, "parent", parents), [])
        self.assertEqual(sum(not parent for parent in parents.values()), 9)
        self.assertLessEqual(max(len(list(below(parents, code))) for code in parents), 8)
        self.assertLessEqual({"ai", "chips", "quantum", "batteries", "biomedicine"}, set(parents))


class City:
    """What holds for a city of any size; the classes below say which."""

    def test_every_field_can_be_read_and_keys_are_unique(self):
        for noun, table in self.city.items():
            self.assertEqual(rules.faults(noun, table), [])

    def test_every_reference_resolves(self):
        codes = {noun: {row["code"] for row in table} for noun, table in self.city.items() if "code" in table[0]}
        codes["sector"] = set(self.tree)
        codes["owner"] = codes["institute"] | codes["firm"] | codes["investor"]
        self.assertEqual(len(codes["owner"]), sum(len(codes[noun]) for noun in ("institute", "firm", "investor")))
        for noun, field, target in (
            ("institute", "fields", "sector"), ("project", "institute", "institute"), ("project", "sectors", "sector"),
            ("firm", "institute", "institute"), ("firm", "sectors", "sector"), ("investor", "parent", "investor"),
            ("investor", "sectors", "sector"), ("investor", "excluded_sectors", "sector"),
            ("investor", "excluded_firms", "firm"), ("person", "of", "owner"), ("roadshow", "sectors", "sector"),
            ("holding", "investor", "investor"), ("holding", "firm", "firm"), ("round", "firm", "firm"),
        ):
            self.assertEqual(rules.unresolved(noun, self.city[noun], field, codes[target]), [])

    def test_days_are_in_order(self):
        founded = {row["code"]: row["founded_on"] for row in self.city["institute"] + self.city["firm"]}
        rounds = {(row["firm"], row["kind"]): row["date"] for row in self.city["round"]}
        for row in self.city["firm"]:
            if row["institute"] and row["founded_on"]:
                self.assertLess(founded[row["institute"]], row["founded_on"], row["code"])
            if row["founded_on"]:
                self.assertLess(row["founded_on"], "2026-10-31")
        for row in self.city["round"]:
            self.assertLessEqual(founded[row["firm"]], row["date"], row)
            self.assertLess(row["date"], "2026-10-31")
        for row in self.city["holding"]:
            self.assertEqual(rounds.get((row["firm"], row["round"])), row["since"], row)
            if row["exited_on"]:
                self.assertTrue(row["since"] < row["exited_on"] < "2026-10-31", row)
        for row in self.city["roadshow"]:
            self.assertLessEqual(row["starts_on"], row["ends_on"])
        for row in self.city["rate"]:
            self.assertLess(row["date"], "2026-11-01")

    def test_rounds_lie_before_the_stage_and_follow_each_other(self):
        stages = {row["code"]: rules.STAGES.index(row["stage"]) for row in self.city["firm"]}
        raised = collections.defaultdict(list)
        for row in self.city["round"]:
            if row["kind"] in rules.STAGES:
                raised[row["firm"]].append((row["date"], rules.STAGES.index(row["kind"])))
        for firm, rounds in raised.items():
            kinds = [kind for _, kind in sorted(rounds)]
            self.assertEqual(kinds, sorted(kinds), firm)
            self.assertLess(kinds[-1], stages[firm], firm)

    def test_holdings_keep_their_investors_word(self):
        sectors = {row["code"]: row["sectors"].split(",") for row in self.city["firm"]}
        mandates = {row["code"]: row for row in self.city["investor"]}
        paid = collections.Counter()
        for row in self.city["holding"]:
            mandate = mandates[row["investor"]]
            self.assertNotIn(row["firm"], mandate["excluded_firms"].split(","))
            above = {code for sector in sectors[row["firm"]] for code in below(self.tree, sector)}
            self.assertTrue(above.isdisjoint(mandate["excluded_sectors"].split(",")), row)
            if mandate["stages"]:
                self.assertIn(row["round"], mandate["stages"].split(","))
            paid[row["firm"], row["round"]] += int(row["amount"] or 0)
        for row in self.city["round"]:
            if row["amount"]:
                self.assertLessEqual(paid[row["firm"], row["kind"]], int(row["amount"]))

    def test_amounts_have_a_currency(self):
        for noun, field in (("project", "ask"), ("firm", "ask"), ("round", "amount"), ("holding", "amount"),
                            ("investor", "ticket"), ("investor", "budget_left")):
            for row in self.city[noun]:
                self.assertFalse(row[field] and not row["currency"], row)

    def test_houses_hold_the_jungle(self):
        kinds = {row["code"]: row["kind"] for row in self.city["investor"]}
        for row in self.city["investor"]:
            self.assertEqual(row["kind"] == "sub_fund", bool(row["parent"]), row)
            if row["parent"]:
                self.assertEqual(kinds[row["parent"]], "state_fund")
        jungle = sum(kind in ("state_fund", "sub_fund") for kind in kinds.values())
        self.assertEqual(jungle, len(kinds) // 3)

    def test_names_differ_but_for_three_firms(self):
        for noun in ("institute", "project", "firm", "investor", "roadshow"):
            alike = collections.defaultdict(list)
            for row in self.city[noun]:
                alike[rules.loose(row["name"])].append(row["code"])
            twins = [codes for codes in alike.values() if len(codes) > 1]
            self.assertEqual(len(twins), self.twins if noun == "firm" else 0, (noun, twins))
            self.assertLessEqual(max(map(len, alike.values())), 2)
            chinese = [row["name_zh"] for row in self.city[noun] if row["name_zh"]]
            self.assertEqual(len(set(chinese)), len(chinese), noun)


class Hefei(City, unittest.TestCase):
    twins = 3

    @classmethod
    def setUpClass(cls):
        cls.tree = {row["code"]: row["parent"] for row in rules.rows(rules.TREE)}
        cls.city = load(HEFEI)

    def test_size(self):
        counts = {noun: len(table) for noun, table in self.city.items()}
        expected = {"institute": 52, "project": 300, "firm": 1400, "investor": 320, "roadshow": 24}
        self.assertEqual({noun: counts[noun] for noun in expected}, expected)

    def test_files_hold_no_carriage_return_and_no_mark(self):
        for path in HEFEI.glob("*.csv"):
            content = path.read_bytes()
            self.assertNotIn(b"\r", content)
            self.assertFalse(content.startswith(b"\xef\xbb\xbf"))
            self.assertTrue(content.endswith(b"\n"))

    def test_it_looks_like_a_city(self):
        firms = self.city["firm"]
        stages = collections.Counter(row["stage"] for row in firms)
        self.assertGreater(stages["seed"], stages["series_b"])
        self.assertGreater(stages["series_b"], stages["pre_ipo"])
        missing = {field: sum(not row[field] for row in firms) / len(firms) for field in ("trl", "ask", "risk")}
        for field, share in missing.items():
            self.assertTrue(0.05 < share < 0.2, (field, share))
        middle = {}
        for stage in rules.STAGES[:-1]:
            risks = [int(row["risk"][1]) for row in firms if row["stage"] == stage and row["risk"]]
            levels = [int(row["trl"]) for row in firms if row["stage"] == stage and row["trl"]]
            middle[stage] = sum(risks) / len(risks), sum(levels) / len(levels)
        self.assertGreater(middle["angel"][0], middle["growth"][0] + 1)
        self.assertLess(middle["angel"][1] + 2, middle["growth"][1])
        self.assertGreater(sum(not row["name"].isascii() for row in firms), 50)
        self.assertGreater(len({row["country"] for row in firms}), 4)


class LargeCity(City, unittest.TestCase):
    """More firms than there are brands of one word, and funds beyond the named houses."""

    twins = 3

    @classmethod
    def setUpClass(cls):
        cls.tree = {row["code"]: row["parent"] for row in rules.rows(rules.TREE)}
        with tempfile.TemporaryDirectory() as folder:
            generate(folder, "--seed", "11", "--firms", "12000", "--investors", "6000", "--institutes", "700",
                     "--projects", "3000", "--roadshows", "90")
            cls.city = load(folder)


class CommandLine(unittest.TestCase):
    def run_with(self, *arguments):
        return subprocess.run(
            [sys.executable, "-B", str(GENERATOR), *arguments], capture_output=True, text=True, timeout=60)

    def test_wrong_usage_is_named_and_writes_nothing(self):
        with tempfile.TemporaryDirectory() as parent:
            out = os.path.join(parent, "city")
            for arguments, reason in (
                (["--firms", "-1", "--out", out], "not a count"), (["--firms", "many", "--out", out], "not a count"),
                (["--firms", "1000001", "--out", out], "not a count"), (["--firms", "1"], "--out"),
                (["--institutes", "0", "--out", out], "--institutes"),
            ):
                ended = self.run_with(*arguments)
                self.assertEqual(ended.returncode, 2, arguments)
                self.assertIn(reason, ended.stderr)
                self.assertFalse(os.path.exists(out))

    def test_nothing_is_a_city_too(self):
        with tempfile.TemporaryDirectory() as folder:
            empty = generate(folder, *"--institutes 0 --projects 0 --firms 0 --investors 0 --roadshows 0".split())
        self.assertEqual({name for name, content in empty.items() if content.count(b"\n") > 1}, {"rates.csv"})


if __name__ == "__main__":
    unittest.main()
