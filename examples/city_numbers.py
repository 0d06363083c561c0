"""Random numbers of one object each, on integers only, so that the same seed gives the same city on every machine."""

import bisect
import datetime
import itertools

# 2 ** (i / 16), in thousandths.
EXP2 = [1000, 1044, 1091, 1139, 1189, 1242, 1297, 1354, 1414, 1477, 1542, 1610, 1682, 1756, 1834, 1915]
MASK = (1 << 64) - 1


class Numbers:
    """Random numbers of one object: SplitMix64 (Steele, Lea and Flood, 2014), seeded by its place."""

    __slots__ = ("state",)

    def __init__(self, seed, kind, index):
        self.state = (seed * 0xD1342543DE82EF95 + kind * 0xAF251AF3B0F025B5 + index * 0x2545F4914F6CDD1D) & MASK

    def below(self, count):
        """0 … count - 1; the bias is below 1 in a billion for the counts used here."""
        self.state = state = (self.state + 0x9E3779B97F4A7C15) & MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
        return ((state ^ (state >> 31)) >> 24) * count >> 40

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def chance(self, percent):
        return self.below(100) < percent

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def weighted(self, sums):
        """An index with the weight of its step in running sums."""
        return bisect.bisect_right(sums, self.below(sums[-1]))

    def amount(self, median):
        """Log-normal about the median (sigma near a doubling), two digits of it."""
        bell = self.below(32) + self.below(32) + self.below(32) + self.below(32) - 62
        octaves, part = divmod(bell, 16)
        value = median * EXP2[part] // 1000
        value = value << octaves if octaves >= 0 else value >> -octaves
        return rounded(value)


def sums(weights):
    return list(itertools.accumulate(weights))


def rounded(value):
    """Two significant digits, and never nothing."""
    scale = 10 ** max(0, len(str(value)) - 2)
    return max(1, value // scale * scale)


def day(ordinal):
    return datetime.date.fromordinal(ordinal).isoformat()
