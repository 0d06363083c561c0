#!/usr/bin/env python3
"""Make up a city's registry, of any size: institutes, projects, firms, investors, people, roadshows, and the relay.

    examples/generate.py --seed 7 --firms 1400 --out DIR

The same arguments give the same bytes on every machine: the program brings its own random numbers, works on
integers only, and gives each object numbers of its own, so that more firms do not change the first ones.
Python 3.11, standard library only. Memory grows with institutes and investors, and with the few firms that the state
has a stake in or that were on trial, not with all.
"""

import argparse
import csv
import datetime
import os

import city_words as words
from city_numbers import Numbers, day, rounded, sums
from city_relay import Relay
from city_words import STAGES, TODAY

COLUMNS = {
    "institutes": "code name name_zh partner fields region city founded_on",
    "projects": "code name name_zh institute sectors trl ask currency region",
    "firms": "code name name_zh institute sectors stage trl risk region city country founded_on ask currency"
    " round instrument seeking_lead summary",
    "investors": "code name name_zh kind parent stages sectors excluded_sectors excluded_firms risk risk_veto"
    " ticket currency regions city country lead opened_on budget_left local_quota concentration_cap",
    "persons": "code name of email language time_zone title",
    "roadshows": "code name name_zh kind starts_on ends_on time_zone city venue sectors pitch_places tables",
    "holdings": "investor firm since round amount currency exited_on",
    "rounds": "firm date kind amount currency",
    "rates": "from to rate date",
    **Relay.COLUMNS,
}
FIRST_ROADSHOW = datetime.date(2026, 9, 8).toordinal()

# By stage: how many firms of a thousand, what they ask (yuan), their readiness (TRL), their risk.
STAGE_WEIGHTS = [150, 205, 185, 190, 120, 65, 32, 28, 16, 9]
ASK = [
    2_000_000, 4_000_000, 9_000_000, 30_000_000, 80_000_000, 180_000_000, 350_000_000, 500_000_000,
    800_000_000, 1_500_000_000,
]
TRL = [(2, 4), (3, 5), (4, 6), (5, 7), (6, 8), (7, 9), (8, 9), (8, 9), (9, 9), (9, 9)]
RISK = [(4, 5), (4, 5), (3, 5), (3, 4), (2, 4), (2, 3), (2, 3), (1, 3), (1, 2), (1, 2)]
# How many in a hundred firms that passed a stage raised a round of its name.
RAISED = [35, 70, 75, 92, 94, 92, 85, 60, 70]
# A second record of the same firm, as it comes from another spreadsheet: twin -> original.
TWINS = {211: 97, 612: 305, 1033: 848}


def in_currency(value, currency):
    per, yuan = words.PER_YUAN[currency]
    return rounded(value * per // yuan)


def short(value):
    """An amount as people write it: 2M, 500k."""
    for unit, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if value >= unit and value % (unit // 10) == 0:
            whole, tenth = divmod(value // (unit // 10), 10)
            return f"{whole}.{tenth}{letter}" if tenth else f"{whole}{letter}"
    return str(value)


def pair(word):
    """`岑cen` as ("cen", "岑")."""
    return word[1:], word[0]


class Brands:
    """Distinct brands by number: a word first, two words once all words are used."""

    def __init__(self, firsts, seconds, seed):
        self.words = [(first[0] + second[0], first[1] + second[1]) for first in firsts for second in seconds]
        self.count = len(self.words)
        # Coprime to the count, a power of two, so that every word comes once before one comes twice.
        self.step, self.offset = 2 * (seed * 37 % 512) + 1237, seed * 101

    def word(self, index):
        return self.words[(index * self.step + self.offset) % self.count]

    def brand(self, index):
        if index < self.count:
            return self.word(index)
        turn, place = divmod(index - self.count, self.count)
        first, second = self.word(place), self.word(turn + 7 * place)
        return f"{first[0]} {second[0]}", first[1] + second[1]


class City:
    """Everything that is made up, written as it comes; only what others refer to is kept."""

    FIELD_SUMS = sums(field.weight for field in words.FIELDS)
    LEAF_SUMS = [sums(leaf[1] for leaf in field.leaves) for field in words.FIELDS]
    STAGE_SUMS = sums(STAGE_WEIGHTS)
    CITY_SUMS = sums(city[3] for city in words.CITIES)
    INVESTOR_CITY_SUMS = sums(words.INVESTOR_CITY_WEIGHTS)
    PRIVATE_SUMS = sums(kind[1] for kind in words.PRIVATE)

    def __init__(self, options):
        self.options, self.seed = options, options.seed
        self.put = {}  # name of a file -> writes a row to it
        self.brands = Brands(
            [(pair(word)[0].capitalize(), pair(word)[1]) for word in words.FIRST],
            [pair(word) for word in words.SECOND], self.seed)
        self.latin = Brands(
            [(word, "") for word in words.LATIN_FIRST], [(word, "") for word in words.LATIN_SECOND], self.seed)
        self.institutes = []  # (code, ordinal of its foundation)
        self.institutes_of = [[] for _ in words.FIELDS]
        self.holders = [[[] for _ in STAGES] for _ in words.FIELDS]  # investors by field and stage
        self.mandates = []  # rows of investors, written once it is known when each began
        self.began = {}  # investor -> ordinal of what it did first
        self.never = {}  # investor -> (fields, firms) it never invests in
        self.named = {}  # product -> projects named for it so far
        self.persons = 0
        self.relay = Relay(self)
        most = 2 * (options.institutes + options.investors) + options.firms
        self.codes = {
            "firm": self.coder("F", options.firms, 4), "project": self.coder("P", options.projects, 4),
            "institute": self.coder("HFI", options.institutes, 2), "person": self.coder("PE", most, 4),
            "investor": self.coder("I", options.investors, 3), "roadshow": self.coder("RS", options.roadshows, 2),
        }

    @staticmethod
    def coder(prefix, count, width):
        width = max(width, len(str(count)))
        return lambda index: f"{prefix}-{index + 1:0{width}d}"

    def write(self):
        os.makedirs(self.options.out, exist_ok=True)
        files = {}
        try:
            for name, columns in COLUMNS.items():
                path = os.path.join(self.options.out, name + ".csv")
                files[name] = open(path, "w", encoding="utf-8", newline="", buffering=1 << 20)
                self.put[name] = csv.writer(files[name], lineterminator="\n").writerow
                self.put[name](columns.split())
            for index in range(self.options.institutes):
                self.institute(index)
            for index in range(self.options.projects):
                self.project(index)
            self.investors()
            self.relay.begin()
            for index in range(self.options.firms):
                self.firm(index)
            for index in range(self.options.roadshows):
                self.roadshow(index)
            for currency, rates in words.RATES:
                for date, rate in zip(words.RATE_DATES, rates):
                    self.put["rates"]([currency, "CNY", rate, date])
            self.relay.write()
            self.write_mandates()
        finally:
            for file in files.values():
                file.close()

    # Institutes and projects

    def institute(self, index):
        numbers = Numbers(self.seed, 1, index)
        # The first round over the fields gives each its institute.
        main = index if index < len(words.FIELDS) else numbers.weighted(self.FIELD_SUMS)
        field = words.FIELDS[main]
        topics = [field.name] + [leaf[2] for leaf in field.leaves]
        place = len(self.institutes_of[main])
        turn, place = divmod(place, len(topics))
        topic, form = topics[place], words.INSTITUTE_FORMS[(turn + place + main) % 4]
        series = turn // 4
        number, number_zh = (f" No. {series + 1}", f"（{series + 1}）") if series else ("", "")
        city = words.CITIES[0] if numbers.chance(90) else words.CITIES[numbers.below(4)]
        partner = numbers.pick([partner for partner in words.PARTNERS if main in partner[2]])
        if numbers.chance(8):
            partner = ("", "")
        code, founded = self.codes["institute"](index), numbers.between(TODAY - 14 * 365, TODAY - 2 * 365)
        fields = [field.leaves[place - 1][0]] if place else []
        fields += [field.node] * (field.node not in fields)
        if numbers.chance(35):
            other = words.FIELDS[numbers.weighted(self.FIELD_SUMS)].node
            fields += [other] * (other not in fields)
        self.put["institutes"]([
            code, f"{city[0]} {form[0].format(topic[0])}{number}", city[1] + form[1].format(topic[1]) + number_zh,
            numbers.pick([partner[0], partner[0], partner[1]]), ",".join(fields), city[2], city[0],
            "" if numbers.chance(5) else day(founded),
        ])
        self.institutes.append((code, founded))
        self.institutes_of[main].append(index)
        for _ in range(2 if numbers.chance(40) else 1):
            self.person(numbers, code, "institute", None)

    def project(self, index):
        numbers = Numbers(self.seed, 2, index)
        main = self.field_with_institute(numbers)
        institute, founded = self.institutes[numbers.pick(self.institutes_of[main])]
        sector, _, _, products = words.FIELDS[main].leaves[numbers.weighted(self.LEAF_SUMS[main])]
        product = numbers.pick(products)
        series, form = divmod(self.named.get(product, 0), len(words.PROJECT_FORMS))
        self.named[product] = self.named.get(product, 0) + 1
        form, form_zh = words.PROJECT_FORMS[(form + len(product[0])) % len(words.PROJECT_FORMS)]
        number, number_zh = (f" ({series + 1})", f"（{series + 1}）") if series else ("", "")
        trl = numbers.between(1, 4) + numbers.below(3)
        ask = None if numbers.chance(12) else numbers.amount(1_500_000)
        trl = "" if numbers.chance(10) else trl
        self.put["projects"]([
            self.codes["project"](index), form.format(product[0]) + number,
            form_zh.format(product[1]) + number_zh, institute, sector, trl, ask or "", "CNY" if ask else "", "Anhui",
        ])
        self.relay.project(index, founded, trl)

    def field_with_institute(self, numbers):
        main = numbers.weighted(self.FIELD_SUMS)
        while not self.institutes_of[main]:
            main = (main + 1) % len(words.FIELDS)
        return main

    # Investors

    def investors(self):
        count = self.options.investors
        jungle = count // 3
        houses = -(-jungle // 11)
        for index in range(houses):
            self.house(index)
        for index in range(houses, jungle):
            self.sub_fund(index, (index - houses) % houses, (index - houses) // houses)
        for index in range(jungle, count):
            self.private(index)

    def house(self, index):
        numbers = Numbers(self.seed, 3, index)
        names = words.HOUSES
        if index < len(names):
            name, name_zh = names[index]
        else:
            brand = self.brands.brand(self.brands.count // 2 + index)
            name, name_zh = f"{brand[0]} State Capital Group", f"{brand[1]}国有资本集团"
        fields = [place for place in range(len(words.FIELDS)) if numbers.chance(70)] or [0]
        weights = [(words.FIELDS[place].node, numbers.between(4, 10)) for place in fields]
        self.investor(numbers, index, {
            "name": name, "name_zh": name_zh, "kind": "state_fund", "sectors": weights, "fields": fields,
            "first": 0, "last": 8, "risk": numbers.pick(["C3", "C4"]), "city": words.CITIES[0], "quota": True,
            "regions": "Anhui", "holds": False, "median": 40_000_000,
        })

    def sub_fund(self, index, house, place):
        numbers = Numbers(self.seed, 3, index)
        name, name_zh, first, last, risks = words.SUB_FUNDS[place % len(words.SUB_FUNDS)]
        # 5 and 7 are coprime to the number of fields, and that to the kinds of funds: no house has a fund twice.
        main = (place * 5 + house * 7) % len(words.FIELDS)
        series = place // (len(words.SUB_FUNDS) * len(words.FIELDS))
        number = f" {series + 1}" if series else ""
        field = words.FIELDS[main]
        parent, parent_zh = (
            words.HOUSES[house] if house < len(words.HOUSES)
            else self.brands.brand(self.brands.count // 2 + house))
        fields = [main]
        if numbers.chance(40):
            fields.append(numbers.weighted(self.FIELD_SUMS))
        self.investor(numbers, index, {
            "name": f"{parent} {field.name[0]} {name}{number}",
            "name_zh": parent_zh + field.name[1] + name_zh + number, "kind": "sub_fund", "parent": self.codes["investor"](house), "fields": fields,
            "sectors": self.preferences(numbers, fields), "first": first, "last": last, "risk": numbers.pick(risks),
            "city": words.CITIES[0], "quota": numbers.chance(70), "holds": True,
            "median": ASK[(first + last) // 2] // 3,
            "regions": numbers.pick(["Anhui", "Anhui", "Anhui", "Anhui,Jiangsu,Zhejiang,Shanghai", "CN", ""]),
        })

    def private(self, index):
        numbers = Numbers(self.seed, 3, index)
        kind, _, form, first, last, risks = words.PRIVATE[numbers.weighted(self.PRIVATE_SUMS)]
        abroad = numbers.pick(words.ABROAD) if numbers.chance(14) else None
        if abroad:
            brand = self.latin.brand(self.abroad_place(index))
            city, name, name_zh = None, f"{brand[0]} {form[0]}", ""
        else:
            # From the far end of the brands: in a city of ordinary size no fund is called like a firm.
            place = self.brands.count - 1 - index if index < self.brands.count else index
            brand = self.brands.brand(place)
            city = words.CITIES[numbers.weighted(self.INVESTOR_CITY_SUMS)]
            name, name_zh = f"{brand[0]} {form[0]}", brand[1] + form[1]
            if numbers.chance(4):
                name, name_zh = name_zh, ""
        fields = [numbers.weighted(self.FIELD_SUMS) for _ in range(1 + numbers.below(3) + numbers.below(2))]
        regions = ["", "CN", "CN", "Anhui,Jiangsu,Zhejiang,Shanghai", "Hefei,Nanjing,Suzhou,Shanghai", "Anhui"]
        self.investor(numbers, index, {
            "name": name, "name_zh": name_zh, "kind": kind, "fields": fields, "first": first, "last": last,
            "sectors": self.preferences(numbers, fields), "risk": numbers.pick(risks), "city": city, "abroad": abroad,
            "regions": numbers.pick(["", "CN", "CN,SG", "CN," + abroad[2]] if abroad else regions), "holds": True,
            "median": ASK[(first + last) // 2] // 3, "quota": False,
        })

    def abroad_place(self, index):
        """Brands for investors from abroad start where a city's firms from abroad do not reach."""
        return self.latin.count - 1 - index if index < self.latin.count else index

    @staticmethod
    def preferences(numbers, fields):
        """Sectors with weights in tenths: the field as a whole, or leaves of it, or both."""
        weights = {}
        for rank, place in enumerate(fields):
            field = words.FIELDS[place]
            top = max(3, 10 - 3 * rank - numbers.below(3))
            if numbers.chance(65):
                weights.setdefault(field.node, top)
            for _ in range(numbers.below(4) if field.node in weights else 1 + numbers.below(3)):
                weights.setdefault(numbers.pick(field.leaves)[0], max(1, top - numbers.below(4)))
        return sorted(weights.items(), key=lambda item: -item[1])

    def investor(self, numbers, index, made):
        code, abroad, city = self.codes["investor"](index), made.get("abroad"), made["city"]
        currency = "CNY" if not abroad else abroad[3] if numbers.chance(60) else "USD"
        first, last = made["first"], made["last"]
        if last > first and numbers.chance(15):
            last -= 1
        sectors = "" if numbers.chance(3) else ",".join(
            f"{sector}:{weight // 10}.{weight % 10}" if weight < 10 else f"{sector}:1"
            for sector, weight in made["sectors"])
        excluded_sectors, excluded_firms = self.exclusions(numbers, index, made["fields"])
        budget = 0 if numbers.chance(3) else numbers.amount(made["median"] * 12)
        self.mandates.append([
            code, made["name"], made["name_zh"], made["kind"], made.get("parent", ""),
            "" if numbers.chance(3) else ",".join(STAGES[first:last + 1]), sectors, excluded_sectors, excluded_firms,
            "" if numbers.chance(7) else made["risk"],
            numbers.pick(["no", "2", "3", "4"]) if numbers.chance(10) else "",
            self.ticket(numbers, in_currency(made["median"], currency)), currency, made["regions"],
            abroad[0] if abroad else city[0], abroad[2] if abroad else "CN",
            "" if numbers.chance(15) else "yes" if numbers.chance(45) else "no", "",
            "" if numbers.chance(12) else in_currency(budget, currency) if budget else 0,
            numbers.pick([50, 60, 60, 70, 80]) if made["quota"] else "",
            numbers.pick([20, 25, 30, 40, 50]) if numbers.chance(25) else "",
        ])
        if made["holds"]:
            for place in sorted(set(made["fields"])):
                for stage in range(first, last + 1):
                    self.holders[place][stage].append(index)
        for _ in range(2 if numbers.chance(30) else 1):
            self.person(numbers, code, "investor", abroad)

    def begins(self, investor, date):
        self.began[investor] = min(date, self.began.get(investor, date))

    def write_mandates(self):
        opened = COLUMNS["investors"].split().index("opened_on")
        for index, row in enumerate(self.mandates):
            numbers = Numbers(self.seed, 15, index)
            row[opened] = day(self.began.get(index, TODAY - 300) - numbers.between(60, 1200))
            self.put["investors"](row)

    def exclusions(self, numbers, index, fields):
        sectors, firms, hit = [], [], set()
        if numbers.chance(12):
            for _ in range(numbers.between(1, 3)):
                sector, place = numbers.pick(words.EXCLUDABLE)
                if sector not in sectors and place not in fields:
                    sectors.append(sector)
                    hit.add(place)
        if self.options.firms and numbers.chance(6):
            chosen = {numbers.below(self.options.firms) for _ in range(numbers.between(1, 3))}
            firms = [self.codes["firm"](firm) for firm in sorted(chosen)]
        if sectors or firms:
            self.never[index] = (hit, set(firms))
        return ",".join(sectors), ",".join(firms)

    @staticmethod
    def ticket(numbers, median):
        low, high = rounded(numbers.amount(median) // 3), rounded(numbers.amount(median) * 3)
        form = numbers.below(100)
        if form < 6:
            return ""
        if form < 9:
            return f"{short(low)}-"
        if form < 12:
            return f"-{short(high)}"
        return f"{short(min(low, high))}-{short(max(low, high))}"

    # Firms

    def firm(self, index):
        origin = TWINS.get(index, index)
        numbers = Numbers(self.seed, 4, origin)
        main, stage = numbers.weighted(self.FIELD_SUMS), numbers.weighted(self.STAGE_SUMS)
        field = words.FIELDS[main]
        leaf = field.leaves[numbers.weighted(self.LEAF_SUMS[main])]
        abroad = numbers.pick(words.ABROAD) if numbers.chance(6) else None
        city = words.CITIES[numbers.weighted(self.CITY_SUMS)]
        name, name_zh = self.firm_name(numbers, origin, leaf, stage, abroad, city)
        if origin != index:
            name = name.upper().replace("CO., LTD.", "Co Ltd").replace("有限公司", "（有限公司）")
            name_zh = ""
        sectors, fields = self.firm_sectors(numbers, main, leaf[0])
        currency = abroad[3] if abroad else "USD" if numbers.chance(5) else "CNY"
        code = self.codes["firm"](index)
        founded, rounds = self.history(numbers, stage)
        ask = None if stage == 9 or numbers.chance(8) else in_currency(numbers.amount(ASK[stage]), currency)
        instrument = "" if numbers.chance(20) else "equity" if stage > 2 or numbers.chance(70) else numbers.pick(
            ["convertible", "safe"])
        institute = self.origin(numbers, main, founded) if not abroad else ""
        trl = "" if numbers.chance(12) else numbers.between(*TRL[stage])
        self.put["firms"]([
            code, name, name_zh, institute, sectors, STAGES[stage], trl,
            "" if numbers.chance(10) else f"R{numbers.between(*RISK[stage])}",
            abroad[1] if abroad else city[2], abroad[0] if abroad else city[0], abroad[2] if abroad else "CN",
            "" if numbers.chance(6) else day(founded), ask or "", currency if ask else "",
            "" if not ask or numbers.chance(15) else STAGES[stage], instrument if ask else "",
            "" if not ask or numbers.chance(25) else "yes" if numbers.chance(55) else "no",
            self.summary(numbers, field, leaf, name, datetime.date.fromordinal(founded).year),
        ])
        if origin == index:
            holders = self.funding(numbers, code, rounds, fields, main, currency)
            self.relay.firm(index, {
                "code": code, "main": main, "fields": fields, "stage": stage, "trl": trl, "founded": founded,
                "rounds": rounds, "institute": institute, "local": not abroad and city[2] == "Anhui", "abroad": abroad,
                "holders": holders,
            })
            if numbers.chance(35):
                self.person(numbers, code, "firm", abroad)

    def firm_name(self, numbers, index, leaf, stage, abroad, city):
        word = leaf[2]
        if abroad:
            return f"{self.latin.brand(index)[0]} {word[0]} {abroad[4]}", ""
        brand = self.brands.brand(index)
        listed = stage >= 8
        name = f"{brand[0]} {word[0]} {'Corp.' if listed else 'Co., Ltd.'}"
        if numbers.chance(70):
            name = f"{city[0]} {name}"
        name_zh = f"{city[1]}{brand[1]}{word[1]}{'股份有限公司' if listed else '有限公司'}"
        return (name_zh, "") if numbers.chance(8) else (name, name_zh)

    def firm_sectors(self, numbers, main, primary):
        """Codes, the primary one first, and the fields they belong to."""
        sectors, fields = [primary], {main}
        if numbers.chance(35):
            other = numbers.pick(words.FIELDS[main].leaves)[0]
            sectors += [other] * (other not in sectors)
        if numbers.chance(18):
            place = numbers.weighted(self.FIELD_SUMS)
            other = numbers.pick(words.FIELDS[place].leaves)[0]
            sectors += [other] * (other not in sectors)
            fields.add(place)
        return ",".join(sectors), fields

    def origin(self, numbers, main, founded):
        """The institute a firm came from: one of its field that was there before it."""
        if numbers.chance(55) and self.institutes_of[main]:
            for _ in range(4):
                code, since = self.institutes[numbers.pick(self.institutes_of[main])]
                if since < founded:
                    return code
        return ""

    def history(self, numbers, stage):
        """When a firm was founded, and its rounds (ordinal, kind, median) in order: all before its stage."""
        kinds = [place for place in range(stage) if numbers.chance(RAISED[place])]
        if stage > 1 and not kinds:
            kinds = [stage - 1]
        date = TODAY - numbers.between(20, 520)
        rounds = []
        if stage == 9:
            rounds.append((date, "ipo", ASK[9]))
            date -= numbers.between(200, 500)
        for place in reversed(kinds):
            rounds.append((date, STAGES[place], ASK[place]))
            date -= numbers.between(200, 680)
        # A late stage takes years, however few of its rounds are known.
        founded = min(date, TODAY - 250 * stage - numbers.between(30, 400))
        if numbers.chance(15):
            rounds.append((numbers.between(founded, TODAY), "grant", 800_000))
        if stage > 3 and numbers.chance(12):
            rounds.append((numbers.between(TODAY - 500, TODAY - 20), "debt", ASK[stage] // 6))
        return founded, sorted(rounds)

    def funding(self, numbers, code, rounds, fields, main, currency):
        """Writes the rounds of a firm and who paid; gives the codes of those."""
        holders = set()
        for place, (date, kind, median) in enumerate(rounds):
            raised = 0 if numbers.chance(12) else in_currency(numbers.amount(median), currency)
            self.put["rounds"]([code, day(date), kind, raised or "", currency if raised else ""])
            if kind not in ("grant", "debt", "ipo"):
                later = [other[0] for other in rounds[place + 1:] if other[1] not in ("grant", "debt")]
                holders |= self.holdings(numbers, code, (date, kind, raised), fields, main, currency, later)
        return holders

    def holdings(self, numbers, code, funded, fields, main, currency, later):
        date, kind, raised = funded
        candidates = self.holders[main][STAGES.index(kind)]
        if not candidates:
            return set()
        left, chosen = raised * 95 // 100, set()
        for _ in range(1 + numbers.below(4)):
            investor = numbers.pick(candidates)
            if investor in chosen or self.refuses(investor, code, fields):
                continue
            chosen.add(investor)
            part = rounded(left * numbers.between(35, 60) // 100) if left > 99 else 0
            left -= part
            exited = ""
            if later and numbers.chance(7):
                exited = day(min(TODAY, numbers.pick(later) + numbers.below(30)))
            known = part and not numbers.chance(10)
            self.begins(investor, date)
            self.put["holdings"]([
                self.codes["investor"](investor), code, day(date), kind, part if known else "",
                currency if known else "", exited,
            ])
        return {self.codes["investor"](investor) for investor in chosen}

    def refuses(self, investor, firm, fields):
        excluded_fields, excluded_firms = self.never.get(investor, ((), ()))
        return firm in excluded_firms or not fields.isdisjoint(excluded_fields)

    @staticmethod
    def summary(numbers, field, leaf, name, founded):
        if numbers.chance(30):
            return ""
        product, customer = numbers.pick(leaf[3]), numbers.pick(field.customers)
        form, year = numbers.below(4), numbers.between(max(founded, 2020), 2026)
        if not name.isascii():
            return (
                f"研发生产{product[1]}，服务{customer[1]}。", f"主营{product[1]}，{year}年起向{customer[1]}供货。",
                f"面向{customer[1]}提供{product[1]}。", f"{product[1]}已在{customer[1]}试用。",
            )[form]
        return (
            f"Makes {product[0]} for {customer[0]}.",
            f"Develops {product[0]}; has delivered to {customer[0]} since {year}.",
            f"Sells {product[0]} to {customer[0]}.",
            f"On trial with {customer[0]}: {product[0]}.",
        )[form]

    # People and roadshows

    def person(self, numbers, owner, kind, abroad):
        code = self.codes["person"](self.persons)
        self.persons += 1
        title = numbers.pick(words.TITLES[kind])
        name, language, mail = self.person_name(numbers, abroad)
        # The code keeps addresses apart; a few people have none.
        address = f"{mail}.{code[3:]}@{owner}.example.{'org' if kind == 'institute' else 'com'}".lower()
        self.put["persons"]([
            code, name, owner, "" if numbers.chance(4) else address, language,
            abroad[5] if abroad else "Asia/Shanghai",
            "" if numbers.chance(5) else title[1] if language == "zh" else title[0],
        ])
        if kind == "institute":
            self.relay.people.append((code, name, owner))

    @staticmethod
    def person_name(numbers, abroad):
        """A name, its language, and how a mail address spells it."""
        if abroad:
            given, surname = numbers.pick(words.LATIN_GIVEN), numbers.pick(words.LATIN_SURNAMES)
            return f"{given} {surname}", "en", f"{given}.{surname}"
        surname, given = pair(numbers.pick(words.SURNAMES)), [pair(numbers.pick(words.GIVEN))]
        surname = surname[::-1]
        given += [pair(numbers.pick(words.GIVEN))] * numbers.chance(70)
        spelled = "".join(part[0] for part in given).capitalize()
        mail = f"{spelled}.{surname[1]}".replace("ü", "v")
        if numbers.chance(70):
            return surname[0] + "".join(part[1] for part in given), "zh", mail
        return f"{spelled} {surname[1]}", "en", mail

    @staticmethod
    def is_competition(index):
        return index % 6 == 5

    def roadshow(self, index):
        numbers = Numbers(self.seed, 5, index)
        starts = FIRST_ROADSHOW + index * 364 // self.options.roadshows
        length = numbers.below(3)
        # From a Tuesday, to Thursday at the latest: nobody pitches on a weekend.
        starts -= (datetime.date.fromordinal(starts).weekday() - 1) % 7
        if any(first <= day(starts + length) and day(starts) <= last for first, last in words.HOLIDAYS):
            starts += 7
        main = index % len(words.FIELDS)
        field = words.FIELDS[main]
        competition = self.is_competition(index)
        city = words.CITIES[0] if numbers.chance(75) else words.CITIES[numbers.weighted(self.INVESTOR_CITY_SUMS)]
        date = datetime.date.fromordinal(starts)
        kind = ("Innovation Competition", "创新创业大赛") if competition else ("Roadshow", "路演")
        # Twice a year in a field the month tells them apart; oftener, a number does.
        often = self.options.roadshows > 2 * len(words.FIELDS)
        number = f" {index // len(words.FIELDS) + 1}" if often else ""
        other = words.FIELDS[(main + 5) % len(words.FIELDS)].node
        self.put["roadshows"]([
            self.codes["roadshow"](index),
            f"{city[0]} {field.name[0]} {kind[0]}{number}, {words.MONTHS[date.month - 1]} {date.year}",
            f"{date.year}年{date.month}月{city[1]}{field.name[1]}{kind[1]}{number}",
            "competition" if competition else "roadshow", day(starts), day(starts + length), "Asia/Shanghai", city[0],
            "" if numbers.chance(8) else numbers.pick(words.VENUES),
            field.node + ("," + other if numbers.chance(40) else ""), numbers.between(8, 24), numbers.between(6, 30),
        ])


def count(text):
    """A count on the command line."""
    if not text.isascii() or not text.isdigit() or len(text) > 7 or int(text) > 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count from 0 to 1000000")
    return int(text)


def main():
    parser = argparse.ArgumentParser(
        description="Make up a city's registry as CSV files; the same arguments give the same bytes.")
    parser.add_argument("--seed", type=count, default=7, help="which city (default: %(default)s)")
    for noun, default in (
        ("institutes", 52), ("projects", 300), ("firms", 1400), ("investors", 320), ("roadshows", 24),
    ):
        parser.add_argument(f"--{noun}", type=count, default=default, help="how many (default: %(default)s)")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the files; made if it is missing")
    options = parser.parse_args()
    if options.projects and not options.institutes:
        parser.error("projects belong to institutes: --projects needs --institutes of at least 1")
    City(options).write()


if __name__ == "__main__":
    main()
