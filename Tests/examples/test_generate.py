"""The made-up city: the same bytes everywhere, and every row of it loads and makes sense.

    python3 -m unittest discover Tests/examples
"""

import collections
import fractions
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import registry_rules as rules

GENERATOR = rules.ROOT / "examples" / "generate.py"
HEFEI = rules.ROOT / "examples" / "hefei"
# Nothing of the city happened later.
TODAY = "2026-10-30"
FILES = {
    "institute": "institutes", "project": "projects", "firm": "firms", "investor": "investors", "person": "persons",
    "roadshow": "roadshows", "holding": "holdings", "round": "rounds", "rate": "rates",
    "milestone": "milestones", "programme": "programmes", "stake": "stakes", "tranche": "tranches",
    "scenario": "scenarios", "pilot": "pilots", "expert": "experts", "review": "reviews", "committee": "committees",
    "decision": "decisions", "juror": "jurors", "criterion": "criteria",
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
            ("milestone", "project", "project"), ("milestone", "firm", "firm"), ("programme", "fund", "investor"),
            ("programme", "sectors", "sector"), ("stake", "programme", "programme"), ("stake", "firm", "firm"),
            ("tranche", "stake", "stake"), ("tranche", "buyer", "investor"), ("scenario", "sectors", "sector"),
            ("pilot", "scenario", "scenario"), ("pilot", "firm", "firm"), ("expert", "sectors", "sector"),
            ("expert", "person", "person"), ("expert", "conflicts", "owner"), ("review", "firm", "firm"),
            ("review", "expert", "expert"), ("committee", "members", "expert"), ("decision", "committee", "committee"),
            ("decision", "firm", "firm"), ("juror", "roadshow", "roadshow"), ("juror", "expert", "expert"),
            ("juror", "recused_from", "firm"), ("criterion", "roadshow", "roadshow"),
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
        opened = {row["code"]: row["opened_on"] for row in self.city["investor"]}
        for row in self.city["holding"]:
            self.assertLess(opened[row["investor"]], row["since"])
        for row in self.city["tranche"]:
            self.assertLess(opened.get(row["buyer"], ""), row["date"])
        for row in self.city["programme"]:
            self.assertLess(opened[row["fund"]], row["starts_on"])
        for row in self.city["roadshow"]:
            self.assertLessEqual(row["starts_on"], row["ends_on"])
        for row in self.city["rate"]:
            self.assertLess(row["date"], "2026-11-01")

    def test_milestones_lead_to_what_the_record_says(self):
        projects = {row["code"]: row for row in self.city["project"]}
        firms = {row["code"]: row for row in self.city["firm"]}
        latest = {}
        for row in self.city["milestone"]:
            key = row["project"] or row["firm"]
            before = latest.get(key)
            self.assertNotEqual(bool(row["project"]), bool(row["firm"]), row)
            if before:
                self.assertLess(before["date"], row["date"], row)
                self.assertLessEqual(before["trl"] or "9", row["trl"] or "9")
                if row["firm"]:
                    self.assertLess(*(rules.STAGES.index(milestone["stage"]) for milestone in (before, row)))
            latest[key] = row
        for key, row in latest.items():
            record = projects.get(key) or firms[key]
            self.assertLessEqual(row["date"], TODAY)
            self.assertEqual((row["trl"], row["stage"]), (record["trl"], record.get("stage", "")), key)

    def test_books_of_the_state_balance(self):
        """What the schema refuses of stakes and tranches is not there."""
        firms = {row["code"]: row for row in self.city["firm"]}
        mandates = {row["code"]: row for row in self.city["investor"]}
        programmes = {row["code"]: row for row in self.city["programme"]}
        stakes = {row["code"]: row for row in self.city["stake"]}
        committed, elsewhere, lost = collections.Counter(), collections.Counter(), collections.Counter()
        for row in self.city["stake"]:
            programme, firm = programmes[row["programme"]], firms[row["firm"]]
            self.assertTrue(programme["starts_on"] <= row["agreed_on"] <= min(TODAY, programme["ends_on"]), row)
            above = {code for sector in firm["sectors"].split(",") for code in below(self.tree, sector)}
            self.assertFalse(above.isdisjoint(programme["sectors"].split(",")), row)
            committed[row["programme"]] += int(row["committed"])
            if firm["region"] != "Anhui":
                elsewhere[row["programme"]] += int(row["committed"])
        held, drawn = collections.Counter(), collections.Counter()
        for row in self.city["tranche"]:
            stake, percent, amount = stakes[row["stake"]], fractions.Fraction(row["percent"]), int(row["amount"])
            self.assertTrue(stake["agreed_on"] <= row["date"] <= TODAY, row)
            self.assertEqual(bool(row["buyer"]), row["kind"] == "sell", row)
            if row["kind"] == "buy":
                held[row["stake"]] += percent
                drawn[row["stake"]] += amount
                self.assertLessEqual(row["date"], stake["closed_on"] or TODAY)
            else:
                held[row["stake"]] -= percent
                self.assertGreaterEqual(held[row["stake"]], fractions.Fraction(stake["floor"] or 0), row)
            if row["kind"] == "write_off":
                lost[stake["programme"]] += drawn[row["stake"]]
                self.assertEqual((amount, held[row["stake"]]), (0, 0), row)
            if row["buyer"]:
                self.assertNotIn(stake["firm"], mandates[row["buyer"]]["excluded_firms"].split(","))
                self.assertNotIn(mandates[row["buyer"]]["kind"], ("state_fund", "sub_fund"))
        for code, stake in stakes.items():
            self.assertTrue(0 < drawn[code] <= int(stake["committed"]), code)
            self.assertTrue(not stake["closed_on"] or not held[code], code)
        for code, programme in programmes.items():
            budget = int(programme["budget"])
            self.assertIn(mandates[programme["fund"]]["kind"], ("state_fund", "sub_fund"))
            self.assertLessEqual(committed[code], budget)
            self.assertLessEqual(elsewhere[code] * 100, (100 - int(programme["quota"])) * budget)
            self.assertLessEqual(lost[code] * 100, int(programme["loss_tolerance"]) * budget)

    def test_no_test_ground_is_too_full(self):
        firms = {row["code"]: row for row in self.city["firm"]}
        grounds = {row["code"]: row for row in self.city["scenario"]}
        pilots = collections.defaultdict(list)
        for row in self.city["pilot"]:
            ground, firm = grounds[row["scenario"]], firms[row["firm"]]
            self.assertTrue(ground["opens_on"] <= row["starts_on"] < row["ends_on"], row)
            self.assertGreaterEqual(firm["trl"] or "9", max(ground["trl"], row["trl"] or "1"), row)
            self.assertEqual(bool(row["result"]), bool(row["result_on"]), row)
            self.assertLess(row["result_on"], TODAY)
            pilots[row["scenario"]].append((row["starts_on"], row["ends_on"]))
        for code, spans in pilots.items():
            fullest = max(sum(first <= day <= last for first, last in spans) for day, _ in spans)
            self.assertLessEqual(fullest, int(grounds[code]["capacity"]), code)

    def test_nobody_judges_what_it_is_near_to(self):
        firms = {row["code"]: row["institute"] for row in self.city["firm"]}
        owners = {row["code"]: row["of"] for row in self.city["person"]}
        stakes = {row["code"]: row for row in self.city["stake"]}
        funds = {row["code"]: row["fund"] for row in self.city["programme"]}
        holders = collections.defaultdict(set)
        for row in self.city["holding"]:
            holders[row["firm"]].add(row["investor"])
        for row in self.city["tranche"]:
            stake = stakes[row["stake"]]
            holders[stake["firm"]].add(row["buyer"] or funds[stake["programme"]])
        experts = {row["code"]: row for row in self.city["expert"]}
        near = {
            code: set(filter(None, [*row["conflicts"].split(","), owners.get(row["person"])]))
            for code, row in experts.items()}

        def is_near(expert, firm):
            return not near[expert].isdisjoint({firm, firms[firm]} | holders[firm])

        still_open = collections.Counter()
        for row in self.city["review"]:
            expert = experts[row["expert"]]
            self.assertFalse(is_near(row["expert"], row["firm"]), row)
            self.assertIn(row["kind"], expert["kinds"].split(","), row)
            self.assertEqual(bool(row["verdict"]), bool(row["date"]), row)
            self.assertEqual(row["verdict"] == "conditional", bool(row["conditions"]), row)
            self.assertTrue(row["asked_on"] <= TODAY and row["date"] <= TODAY, row)
            still_open[row["expert"]] += not row["verdict"]
        for code, count in still_open.items():
            self.assertLessEqual(count, int(experts[code]["capacity"] or 3), code)
        committees = {row["code"]: row for row in self.city["committee"]}
        for row in self.city["decision"]:
            votes = [row[side].split(",") if row[side] else [] for side in ("in_favour", "against", "abstained")]
            voters, recused = sum(votes, []), row["recused"].split(",") if row["recused"] else []
            committee = committees[row["committee"]]
            self.assertEqual(sorted(voters + recused), sorted(committee["members"].split(",")), row)
            self.assertFalse(any(is_near(expert, row["firm"]) for expert in voters), row)
            self.assertGreaterEqual(len(voters), int(committee["quorum"]))
            self.assertEqual(row["outcome"] == "approved", len(votes[0]) > len(votes[1]), row)

    def test_juries_are_of_competitions(self):
        kinds = {row["code"]: row["kind"] for row in self.city["roadshow"]}
        for noun in ("juror", "criterion"):
            self.assertEqual({kinds[row["roadshow"]] for row in self.city[noun]}, {"competition"})

    def test_files_of_the_relay_are_in_the_order_of_time(self):
        for noun, field in (
            ("milestone", "date"), ("stake", "agreed_on"), ("tranche", "date"), ("pilot", "starts_on"),
            ("review", "asked_on"), ("decision", "date"),
        ):
            days = [row[field] for row in self.city[noun]]
            self.assertEqual(days, sorted(days), noun)

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
