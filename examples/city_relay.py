"""The relay of the made-up city: what institutes and firms reached, the state's capital, test grounds, diligence.

It has random numbers of its own, so that nothing else of the city depends on it, and keeps the rules of the registry:
files are in the order of time, budgets cover what is committed, nobody judges what it is near to, and no test ground
has more pilots than places.
"""

import datetime

import city_words as words
from city_numbers import Numbers, day, rounded
from city_words import STAGES, TODAY

KINDS = ["expert", "commercial", "financial", "legal"]
# What a seed share costs, in yuan.
STAKE = 4_000_000


class Relay:
    COLUMNS = {
        "milestones": "project firm date stage trl",
        "programmes": "code name name_zh fund sectors currency budget loss_tolerance quota region starts_on ends_on"
        " hold_months",
        "stakes": "code programme firm committed agreed_on hold_until floor closed_on",
        "tranches": "code stake kind date percent amount buyer reason",
        "scenarios": "code name name_zh operator sectors trl capacity opens_on region city",
        "pilots": "code scenario firm starts_on ends_on trl result result_on summary",
        "experts": "code name kinds sectors person conflicts capacity region city",
        "reviews": "code firm kind expert asked_on date verdict conditions expires_on",
        "committees": "code name members quorum",
        "decisions": "code committee firm step date outcome in_favour against abstained recused conditions",
        "jurors": "roadshow expert recused_from",
        "criteria": "roadshow name weight",
    }

    def __init__(self, city):
        self.city, self.seed = city, city.seed
        self.people = []  # of institutes: (code, name, institute)
        self.milestones = []  # rows
        self.programmes, self.scenarios, self.experts = [], [], []
        self.stakes, self.pilots, self.reviews, self.decisions = [], [], [], []  # rows, each with its day first

    def begin(self):
        """What there is before any firm: programmes, test grounds, experts."""
        options = self.city.options
        houses = -(-(options.investors // 3) // 11)
        if not options.firms:
            return
        for index in range(2 * houses):
            self.programme(index, index % houses)
        for index in range(len(words.SCENARIOS)):
            self.scenario(index)
        for index in range(36):
            self.expert(index)

    def firm(self, index, firm):
        """Follows a firm, once for each of it that is no second record."""
        numbers = Numbers(self.seed, 7, index)
        self.rise(numbers, firm)
        if not firm["abroad"]:
            self.stake(Numbers(self.seed, 8, index), firm)
            self.pilot(Numbers(self.seed, 9, index), firm)
        self.review_of_late(Numbers(self.seed, 10, index), firm)

    # Milestones

    def project(self, index, founded, trl):
        if not trl:
            return
        numbers = Numbers(self.seed, 6, index)
        first = max(founded, TODAY - 5 * 365) + 30
        steps = min(trl - 1, numbers.between(1, 3))
        length = (TODAY - first - 60) // (steps + 1)
        for step in range(steps + 1):
            date = first + step * length + numbers.below(length)
            self.milestones.append((date, [self.city.codes["project"](index), "", day(date), "", trl - steps + step]))

    def rise(self, numbers, firm):
        """A firm's stage moves on with each round that it closes, its readiness in even steps with that."""
        closed = [date for date, kind, _ in firm["rounds"] if kind in STAGES or kind == "ipo"]
        places = [STAGES.index(kind) for _, kind, _ in firm["rounds"] if kind in STAGES]
        reached = [(firm["founded"], 0 if closed or firm["stage"] else firm["stage"])]
        if not closed and firm["stage"]:
            closed = [numbers.between(firm["founded"] + 30, TODAY)]
        for place, date in enumerate(closed):
            stage = firm["stage"] if date == closed[-1] else min(8, places[place] + 1)
            if stage > reached[-1][1]:
                reached.append((date, stage))
        last = len(reached) - 1
        lowest = max(1, firm["trl"] - last - numbers.below(2)) if firm["trl"] and last else firm["trl"]
        firm["reached"] = [
            (date, stage, lowest + (firm["trl"] - lowest) * step // last if firm["trl"] and last else firm["trl"])
            for step, (date, stage) in enumerate(reached)]
        for date, stage, trl in firm["reached"]:
            self.milestones.append((date, ["", firm["code"], day(date), STAGES[stage], trl]))

    @staticmethod
    def readiness(firm, date):
        return [trl for reached, _, trl in firm["reached"] if reached <= date][-1]

    # The state's capital

    def programme(self, index, house):
        numbers = Numbers(self.seed, 11, index)
        # 7 is coprime to the number of fields, so that all have programmes; and no house has two of one field.
        main = (index * 7 + (index != house)) % len(words.FIELDS)
        field, names = words.FIELDS[main], words.HOUSES
        name, name_zh = names[house] if house < len(names) else (f"State House {house + 1}", f"第{house + 1}国资平台")
        starts = numbers.between(2016, 2020)
        self.city.begins(house, datetime.date(starts, 1, 1).toordinal())
        self.programmes.append({
            "code": f"PG-{index + 1:02d}", "name": f"{name} {field.name[0]} Programme",
            "name_zh": f"{name_zh}{field.name[1]}专项", "fund": self.city.codes["investor"](house),
            "main": main, "sectors": [field.node, *words.BESIDE.get(field.node, [])],
            "starts": starts, "hold": numbers.pick([24, 36, 36, 48]),
            "quota": numbers.pick([50, 60, 60, 70]), "tolerance": numbers.pick([20, 30, 30, 40, 50]), "committed": 0, "elsewhere": 0, "lost": 0,
        })

    def stake(self, numbers, firm):
        fitting = [programme for programme in self.programmes if programme["main"] == firm["main"]]
        early = [date for date, kind, _ in firm["rounds"] if kind in STAGES[:4]]
        if not fitting or not early or not numbers.chance(22 if firm["local"] else 4):
            return
        programme = numbers.pick(fitting)
        agreed = max(firm["founded"] + 20, early[0] - numbers.between(30, 170))
        if programme["starts"] > int(day(agreed)[:4]):
            return
        committed = numbers.amount(STAKE)
        stake = {"programme": programme, "firm": firm, "agreed": agreed, "floor": 0, "closed": "", "tranches": []}
        self.buy(numbers, stake, early, committed)
        held = sum(tranche[2] for tranche in stake["tranches"])
        ready = agreed + programme["hold"] * 31
        latest = stake["tranches"][-1][1]
        programme["committed"] += committed
        programme["elsewhere"] += 0 if firm["local"] else committed
        if firm["stage"] >= 3 and ready + 90 < TODAY and numbers.chance(70):
            self.sell(numbers, stake, held, max(ready, latest))
        elif firm["stage"] <= 2 and latest + 430 < TODAY and numbers.chance(45):
            date = latest + numbers.between(400, TODAY - latest)
            stake["tranches"].append(("write_off", date, held, 0, "", self.reason(numbers, words.LOST)))
            stake["closed"] = date
            programme["lost"] += stake["drawn"]
        stake["committed"] = committed
        self.stakes.append((agreed, stake))
        firm["holders"].add(programme["fund"])
        self.diligence(numbers, stake)

    @staticmethod
    def reason(numbers, reasons):
        return numbers.pick(reasons)[numbers.chance(25)]

    def buy(self, numbers, stake, early, committed):
        first = stake["agreed"] + numbers.between(5, 40)
        part = committed if len(early) < 2 or numbers.chance(35) else rounded(committed * 6 // 10)
        stake["tranches"].append(
            ("buy", first, numbers.between(30, 100), part, "", self.reason(numbers, words.BOUGHT)))
        stake["drawn"] = part
        # The rest comes when private money does, and of some commitments some is never drawn.
        if part < committed and numbers.chance(80):
            second = max(first, early[1]) + numbers.between(1, 30)
            if second <= TODAY:
                stake["tranches"].append(
                    ("buy", second, numbers.between(10, 40), committed - part, "", self.reason(numbers, words.FOLLOWED)))
                stake["drawn"] = committed

    def sell(self, numbers, stake, held, date):
        firm = stake["firm"]
        buyers = [
            investor for investor in self.city.holders[firm["main"]][min(8, firm["stage"])]
            if investor >= self.city.options.investors // 3 and not self.city.refuses(investor, firm["code"], firm["fields"])]
        if not buyers:
            return
        stake["floor"] = numbers.pick([0, 0, 0, 10, 20])
        left, times = held - stake["floor"], numbers.between(1, 3)
        factor = numbers.between(90, 500)
        for turn in range(times):
            date += numbers.between(30, 300)
            part = left if turn == times - 1 else left * numbers.between(30, 60) // 100
            if date > TODAY or part < 1:
                return
            factor += numbers.between(0, 60)
            price = rounded(stake["drawn"] * part * factor // (held * 100))
            investor = numbers.pick(buyers)
            buyer = self.city.codes["investor"](investor)
            self.city.begins(investor, date)
            stake["tranches"].append(("sell", date, part, price, buyer, self.reason(numbers, words.SOLD)))
            firm["holders"].add(buyer)
            left -= part
        if not stake["floor"] and numbers.chance(70):
            stake["closed"] = date

    # Test grounds

    def scenario(self, index):
        name, name_zh, operator, main, trl, capacity = words.SCENARIOS[index]
        numbers = Numbers(self.seed, 12, index)
        field = words.FIELDS[main]
        self.scenarios.append({
            "code": f"SC-{index + 1:02d}", "main": main, "trl": trl, "capacity": capacity, "pilots": [],
            "opens": TODAY - numbers.between(4 * 365, 7 * 365), "row": [
                name, name_zh, operator, ",".join([field.node, *words.BESIDE.get(field.node, [])])],
        })

    def pilot(self, numbers, firm):
        grounds = [ground for ground in self.scenarios if ground["main"] == firm["main"]]
        if not grounds or not numbers.chance(40):
            return
        ground = numbers.pick(grounds)
        earliest = max(ground["opens"], firm["founded"] + 200, TODAY - 4 * 365)
        if earliest > TODAY:
            return
        starts = numbers.between(earliest, TODAY)
        if firm["trl"] and self.readiness(firm, starts) < ground["trl"]:
            return
        ends = starts + numbers.between(40, 200)
        days = [starts, *(first for first, _ in ground["pilots"] if starts <= first <= ends)]
        if any(sum(first <= day <= last for first, last in ground["pilots"]) >= ground["capacity"] for day in days):
            return
        ground["pilots"].append((starts, ends))
        result, seen, summary = "", "", ""
        if ends < TODAY:
            luck = numbers.below(100)
            result = "passed" if luck < 64 else "failed" if luck < 86 else "abandoned"
            seen = ends if result != "abandoned" else numbers.between(starts, ends)
            summary = numbers.pick(words.PILOT_SUMMARIES[result])
        # It proves what the firm had reached when it was over.
        trl = self.readiness(firm, seen or TODAY)
        self.pilots.append((starts, [
            ground["code"], firm["code"], day(starts), day(ends), trl, result, seen and day(seen), summary]))

    # Diligence

    def expert(self, index):
        numbers = Numbers(self.seed, 13, index)
        fields = len(words.FIELDS)
        main, near, person = index % fields, set(), ""
        name = self.city.person_name(numbers, None)[0]
        if index < 2 * fields:
            kinds, sectors = ["expert"], [words.FIELDS[main].node, *words.BESIDE.get(words.FIELDS[main].node, [])]
            if index % 3 == 0 and self.people:
                person, name, institute = self.people[index * 3 % len(self.people)]
                near.add(institute)
        else:
            kinds, sectors = (["financial", "commercial"] if index % 2 else ["legal", "commercial"]), []
        declared = []
        if numbers.chance(35) and self.city.institutes:
            declared.append(numbers.pick(self.city.institutes)[0])
        investors = self.city.options.investors
        if numbers.chance(30) and investors:
            declared.append(self.city.codes["investor"](numbers.between(investors // 3, investors - 1)))
        self.experts.append({
            "code": f"EX-{index + 1:02d}", "kinds": kinds, "main": main, "near": near.union(declared), "open": 0,
            "capacity": numbers.pick(["", "", 2, 4, 5]), "row": [name, ",".join(kinds), ",".join(sectors), person, ",".join(declared)],
        })

    @staticmethod
    def is_near(expert, firm):
        return firm["code"] in expert["near"] or firm["institute"] in expert["near"] or not expert["near"].isdisjoint(firm["holders"])

    def diligence(self, numbers, stake):
        """Before money goes in: a review and a decision; before it comes out, once more."""
        firm, agreed = stake["firm"], stake["agreed"]
        self.review(numbers, firm, "expert", agreed - numbers.between(40, 90), "positive")
        if numbers.chance(60):
            self.review(numbers, firm, "financial", agreed - numbers.between(40, 90), "")
        self.decide(numbers, firm, 0, "stake", agreed - numbers.between(3, 20), "approved")
        sales = [tranche[1] for tranche in stake["tranches"] if tranche[0] == "sell"]
        if sales:
            self.review(numbers, firm, "commercial", sales[0] - numbers.between(50, 120), "positive")
            self.decide(numbers, firm, 2, "handover", sales[0] - numbers.between(3, 20), "approved")

    def review_of_late(self, numbers, firm):
        if numbers.chance(5) and firm["stage"] < 7:
            self.review(numbers, firm, numbers.pick(KINDS), TODAY - numbers.between(2, 500), "")
        if numbers.chance(2):
            self.decide(numbers, firm, 1, numbers.pick(["term_sheet", "invested"]), TODAY - numbers.between(2, 300), "rejected")

    def review(self, numbers, firm, kind, asked, verdict):
        able = [
            expert for expert in self.experts if kind in expert["kinds"] and not self.is_near(expert, firm)
            and (kind != "expert" or expert["main"] == firm["main"])]
        date = asked + numbers.between(10, 35)
        is_open = date > TODAY
        if is_open:
            able = [expert for expert in able if expert["open"] < (expert["capacity"] or 3)]
        if not able or asked < firm["founded"]:
            return
        expert = numbers.pick(able)
        expert["open"] += is_open
        luck = numbers.below(100)
        verdict = "" if is_open else verdict or ("positive" if luck < 60 else "conditional" if luck < 85 else "negative")
        self.reviews.append((asked, [
            firm["code"], kind, expert["code"], day(asked), "" if is_open else day(date), verdict,
            numbers.pick(words.CONDITIONS) if verdict == "conditional" else "",
            day(date + 180) if kind == "legal" and not is_open else "",
        ]))

    def members(self, place):
        return self.experts[place::5][:7]

    def decide(self, numbers, firm, place, step, date, outcome):
        members = self.members(place)
        recused = [expert["code"] for expert in members if self.is_near(expert, firm)]
        voters = [expert["code"] for expert in members if expert["code"] not in recused]
        if len(voters) < 4 or date < firm["founded"]:
            return
        # Three carry it, and no more than two are against them.
        carried, against, abstained = voters[:3], [], []
        for voter in voters[3:]:
            luck = numbers.below(100)
            (against if luck < 25 and len(against) < 2 else abstained if luck < 40 else carried).append(voter)
        if outcome == "rejected":
            carried, against = against, carried
        conditions = numbers.pick(words.CONDITIONS) if outcome == "approved" and numbers.chance(20) else ""
        self.decisions.append((date, [
            f"CM-{place + 1}", firm["code"], step, day(date), outcome, ",".join(carried), ",".join(against),
            ",".join(abstained), ",".join(recused), conditions]))

    # Writing

    def write(self):
        for _, row in sorted(self.milestones, key=lambda milestone: milestone[0]):
            self.city.put["milestones"](row)
        self.write_capital()
        for ground in self.scenarios:
            self.city.put["scenarios"]([
                ground["code"], *ground["row"], ground["trl"], ground["capacity"], day(ground["opens"]), "Anhui", "Hefei"])
        for expert in self.experts:
            self.city.put["experts"]([expert["code"], *expert["row"], expert["capacity"], "Anhui", "Hefei"])
        if self.experts:
            for place, name in enumerate(words.COMMITTEES):
                members = [expert["code"] for expert in self.members(place)]
                self.city.put["committees"]([f"CM-{place + 1}", name, ",".join(members), 4])
        for name, prefix, rows in (
            ("pilots", "PL", self.pilots), ("reviews", "RV", self.reviews), ("decisions", "DC", self.decisions),
        ):
            for number, (_, row) in enumerate(sorted(rows, key=lambda row: row[0]), 1):
                self.city.put[name]([f"{prefix}-{number:03d}", *row])
        if self.experts:
            self.write_juries()

    def write_capital(self):
        for programme in self.programmes:
            # All that is committed is covered without what comes back, so that stakes can be imported before tranches.
            need = max(programme["committed"] * 3 // 2, programme["elsewhere"] * 100 // (100 - programme["quota"]), 1)
            budget = -(-need // 10_000_000) * 10_000_000
            tolerance = max(programme["tolerance"], -(-programme["lost"] * 10 // budget) * 10)
            self.city.put["programmes"]([
                *(programme[name] for name in ("code", "name", "name_zh", "fund")), ",".join(programme["sectors"]), "CNY",
                budget, tolerance, programme["quota"], "Anhui", f"{programme['starts']}-01-01",
                f"{programme['starts'] + 14}-12-31", programme["hold"]])
        tranches = []
        for number, (agreed, stake) in enumerate(sorted(self.stakes, key=lambda stake: stake[0]), 1):
            code = f"ST-{number:03d}"
            self.city.put["stakes"]([
                code, stake["programme"]["code"], stake["firm"]["code"], stake["committed"], day(agreed), "",
                tenths(stake["floor"]) if stake["floor"] else "", stake["closed"] and day(stake["closed"])])
            tranches += [(tranche[1], code, place, tranche) for place, tranche in enumerate(stake["tranches"], 1)]
        for _, code, place, (kind, date, percent, amount, buyer, reason) in sorted(tranches):
            self.city.put["tranches"]([f"{code}.{place}", code, kind, day(date), tenths(percent), amount, buyer, reason])

    def write_juries(self):
        for index in range(self.city.options.roadshows):
            if not self.city.is_competition(index):
                continue
            code, main = self.city.codes["roadshow"](index), index % len(words.FIELDS)
            fields, numbers = len(words.FIELDS), Numbers(self.seed, 14, index)
            for place in (main, main + fields, 2 * fields + main % 3, 2 * fields + 3 + main % 4, 2 * fields + 8):
                recused = self.city.codes["firm"](numbers.below(self.city.options.firms)) if numbers.chance(30) else ""
                self.city.put["jurors"]([code, self.experts[place]["code"], recused])
            for name, weight in words.CRITERIA:
                self.city.put["criteria"]([code, name, weight])


def tenths(value):
    whole, tenth = divmod(value, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)
