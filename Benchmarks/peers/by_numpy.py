"""The scoring in numpy: all candidates at once, one mandate at a time.

Columns stand ready outside every timing. What a list of sectors, an ask, and a place with a stage and a risk come to
is found once for each and spread over the candidates by index; co-investors are counted from two compressed rows.
"""
import numpy as np

MILLION = 1_000_000
# Low enough that no sum of points makes up for it, and that a handful of them stay within 32 bits.
BARRED = -(1 << 27)
# A ticket's open end: above every ask.
OPEN = 1 << 62


class Rows:
    """Compressed rows: the values of row n stand at starts[n] … starts[n + 1]."""

    def __init__(self, keys, values, count):
        self.values = values[np.argsort(keys, kind="stable")]
        self.starts = np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=count))])

    def lengths(self, rows):
        return self.starts[rows + 1] - self.starts[rows]

    def of(self, rows):
        """The values of several rows, one row after the other."""
        lengths = self.lengths(rows)
        before = np.cumsum(lengths) - lengths
        return self.values[np.repeat(self.starts[rows] - before, lengths) + np.arange(lengths.sum())]


class ByNumpy:
    def __init__(self, columns, policy):
        """columns: gives the arrays of a query by name."""
        self.policy = policy
        candidates = columns("SELECT * FROM peer.candidate ORDER BY number")
        self.codes = candidates["code"]
        self.list_of, self.ask_of = (candidates[name].astype(np.intp) for name in ("list", "ask"))
        self.prepare_factors(columns, candidates)
        self.prepare_history(columns, candidates)
        self.mandates = {int(number): self.mandate(columns, number) for number in columns(
            "SELECT number FROM peer.mandate")["number"]}

    def prepare_factors(self, columns, candidates):
        members = columns("SELECT * FROM peer.member ORDER BY list")
        self.member_sector, self.share = members["sector"], members["share"]
        self.list_starts = np.concatenate([[0], np.flatnonzero(np.diff(members["list"])) + 1])
        self.list_top = members["top"][self.list_starts]
        nearness = columns("SELECT * FROM peer.nearness ORDER BY wanted, sector")["millionths"]
        sectors = int(len(nearness) ** 0.5)
        self.nearness = nearness.reshape(sectors, sectors)
        asks = columns("SELECT coalesce(amount, -1) AS amount, currency FROM peer.ask ORDER BY ask")
        self.amounts = asks["amount"]
        self.currencies, self.currency = np.unique(asks["currency"].astype(str), return_inverse=True)
        places = columns(
            "SELECT coalesce(country, '') AS country, coalesce(region, '') AS region, coalesce(city, '') AS city"
            " FROM peer.place ORDER BY place")
        self.places = list(zip(places["country"], places["region"], places["city"]))
        # A place, a stage and a risk together are few enough for one column.
        self.ground = candidates["profile"].astype(np.intp) * len(self.places) + candidates["place"]

    def prepare_history(self, columns, candidates):
        self.holders = candidates["holders"]
        self.co_points = np.array(
            [self.points("co_investors", self.policy[f"co_investors_{number}"]) for number in range(4)], np.int32)
        self.no_history = self.points("co_investors", self.policy["co_investors_prior"])
        fixed = np.where(candidates["retired"], BARRED, candidates["readiness"]).astype(np.int32)
        self.fixed = {
            False: fixed + np.int32(self.no_history),
            True: fixed + np.where(self.holders > 0, self.co_points[0], np.int32(self.no_history))}
        positions = columns("SELECT investor, firm FROM peer.position")
        self.investors = int(positions["investor"].max()) + 1
        self.firms_of = Rows(positions["investor"], positions["firm"].astype(np.intp), self.investors)
        self.holders_of = Rows(positions["firm"], positions["investor"].astype(np.intp), len(self.codes))

    def mandate(self, columns, number):
        """What stands in the tables about one mandate."""
        def own(table, names):
            return columns(f"SELECT {names} FROM peer.{table} WHERE mandate = {number}")
        row = columns(
            "SELECT idle, quota, has_regions, knows_country, has_history, coalesce(home, '-') AS home"
            f" FROM peer.mandate WHERE number = {number}")
        made = {name: values[0] for name, values in row.items()}
        profiles = own("mandate_profile", "profile, points")
        made["profiles"] = np.full(60, BARRED, np.int64)
        made["profiles"][profiles["profile"]] = profiles["points"]
        made["wanted"] = own("mandate_sector", "wanted, millionths")
        made["excluded_sectors"] = own("mandate_excluded_sector", "wanted")["wanted"]
        made["excluded_firms"] = own("mandate_excluded_firm", "firm")["firm"]
        made["full"] = own("mandate_full_sector", "top")["top"]
        made["regions"] = set(own("mandate_region", "word")["word"])
        tickets = own(
            "mandate_ticket", f"currency, coalesce(smallest, 0) AS smallest, coalesce(largest, {OPEN}) AS largest")
        made["smallest"] = np.full(len(self.currencies), -1, np.int64)
        made["largest"] = np.full(len(self.currencies), OPEN, np.int64)
        for currency, smallest, largest in zip(*tickets.values()):
            place = np.searchsorted(self.currencies, currency)
            if place < len(self.currencies) and self.currencies[place] == currency:
                made["smallest"][place], made["largest"][place] = smallest, largest
        made["held"] = columns(f"SELECT firm FROM peer.position WHERE investor = {number} AND held")["firm"]
        return made

    def points(self, criterion, value):
        return self.policy[f"{criterion}_weight"] * value // MILLION

    def by_list(self, mandate):
        wanted = mandate["wanted"]
        if len(wanted["wanted"]):
            worth = (wanted["millionths"][:, None] * self.nearness[wanted["wanted"]] // MILLION).max(axis=0)
            worth = np.maximum.reduceat(worth[self.member_sector] * self.share // MILLION, self.list_starts)
        else:
            worth = np.full(len(self.list_starts), self.policy["sector_prior"])
        points = self.points("sector", worth)
        if len(mandate["excluded_sectors"]):
            below = (self.nearness[mandate["excluded_sectors"]] == MILLION).any(axis=0)
            points[np.logical_or.reduceat(below[self.member_sector], self.list_starts)] = BARRED
        points[np.isin(self.list_top, mandate["full"])] = BARRED
        return points.astype(np.int32)

    def by_ask(self, mandate):
        amounts, smallest, largest = self.amounts, mandate["smallest"][self.currency], mandate["largest"][self.currency]
        value = np.full(len(amounts), MILLION, np.int64)
        above, below = amounts > largest, amounts < smallest
        value[above] = largest[above] * MILLION // amounts[above]
        value[below] = amounts[below] * MILLION // smallest[below]
        unknown = (amounts < 0) | (smallest < 0)
        value[unknown] = self.policy["ticket_prior"]
        points = self.points("ticket", value)
        # Compared as quotients, for an open end times its reach is beyond 64 bits.
        far = ((amounts - 1) // self.policy["ticket_high_reach"] >= largest) | (
            amounts * self.policy["ticket_low_reach"] < smallest)
        points[far & ~unknown] = BARRED
        return points.astype(np.int32)

    def by_place(self, mandate):
        regions, home, quota = mandate["regions"], mandate["home"], int(mandate["quota"])
        values = []
        for place in self.places:
            country = place[0]
            if not mandate["has_regions"]:
                values.append(self.points("region", self.policy["region_prior"]))
            elif not regions.isdisjoint(place):
                values.append(self.points("region", MILLION))
            elif not country:
                values.append(self.points("region", self.policy["region_prior"]))
            elif quota == 100 or country != home and mandate["knows_country"]:
                values.append(BARRED)
            elif country == home:
                values.append(self.points("region", self.policy["region_same_country"] * (100 - quota) // 100))
            else:
                values.append(0)
        return np.array(values)

    def add_co_investors(self, total, number):
        own = self.firms_of.of(np.array([number]))
        others = self.holders_of.of(own)
        shared = np.bincount(others, minlength=self.investors)
        shared[number] = 0
        known = np.bincount(self.firms_of.of(np.flatnonzero(shared)), minlength=len(total))
        # A firm of the investor's own is not the other firm that is shared.
        segments = np.repeat(np.arange(len(own)), self.holders_of.lengths(own))
        known[own] = np.bincount(segments[shared[others] > 1], minlength=len(own))
        total += np.take(self.co_points - self.co_points[0], np.minimum(known, 3))
        alone = own[self.holders[own] == 1]
        total[alone] += np.int32(self.no_history) - self.co_points[0]

    def scored(self, number):
        """The points of every candidate, below 0 where a veto holds."""
        mandate = self.mandates[number]
        total = self.fixed[bool(mandate["has_history"])].copy()
        ground = (mandate["profiles"][:, None] + self.by_place(mandate)).astype(np.int32).ravel()
        total += np.take(ground, self.ground)
        total += np.take(self.by_list(mandate), self.list_of)
        total += np.take(self.by_ask(mandate), self.ask_of)
        if mandate["has_history"]:
            self.add_co_investors(total, number)
        total[mandate["held"]] = BARRED
        total[mandate["excluded_firms"]] = BARRED
        return total

    def list(self, number, prefiltered=False):
        """The list of a mandate by argpartition of all candidates; with `prefiltered` of those that can be on it."""
        if self.mandates[number]["idle"]:
            return []
        total, depth = self.scored(number), self.policy["depth"]
        # The last of the best among some is no better than the last of the best among all, so that most of the
        # candidates are left out by one comparison; partitioning all of them takes longer than scoring them.
        least = self.last_of_best(total[::16], depth) if prefiltered else 0
        chosen = np.flatnonzero(total >= max(0, least)) if prefiltered else np.arange(len(total))
        # Those equal to the last one stay in: the numbers of candidates, which are their order, decide among equals.
        chosen = chosen[total[chosen] >= max(0, self.last_of_best(total[chosen], depth))]
        chosen = chosen[np.argsort(-total[chosen], kind="stable")][:depth]
        return [(self.codes[place], int(total[place])) for place in chosen]

    @staticmethod
    def last_of_best(values, depth):
        """The value at the end of the best, or 0 where there are fewer than that."""
        if len(values) < depth:
            return 0
        return int(values[np.argpartition(values, len(values) - depth)[-depth]])
