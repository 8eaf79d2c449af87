"""How far two graders of the same things agree: in per cent, and beyond what chance would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from milo.quality.classification import Accuracy, accuracy

Label = TypeVar("Label", bound=Hashable)


class Identical(NamedTuple):
    """How many things two graders gave the same grade in every respect, and how the others differ."""

    identical: int
    n: int
    agreeing: Mapping[int, int]  # among the others: respects they agree in -> how many things


def percent_agreement(pairs: Sequence[tuple[Label, Label]]) -> Accuracy | None:
    """The share of pairs that are equal, 0 to 1, with its 95 % Wilson interval; None without pairs.

    >>> found = percent_agreement([("good", "good"), ("good", "bad")])
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.5, 0.095, 0.905)
    """
    return accuracy(sum(one == other for one, other in pairs), len(pairs))


def cohens_kappa(pairs: Sequence[tuple[Label, Label]]) -> float | None:
    """Agreement beyond chance of two graders with habits of their own, -1 to 1.

    kappa = (p_o - p_e) / (1 - p_e): p_o is the share of equal pairs, p_e the sum over the labels of the
    product of both graders' shares. Cohen 1960, doi:10.1177/001316446002000104.

    None without pairs, and where both gave one and the same label throughout: then p_e is 1 and kappa is
    0 / 0, as nothing was there to tell apart. If only one of them did, it is 0: they agree as by chance.

    >>> cohens_kappa([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15)
    0.4
    """
    firsts, seconds = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    n = len(pairs)
    by_chance = sum(firsts[label] * seconds[label] for label in firsts)  # p_e times n squared, exact
    return _beyond_chance(pairs, by_chance, n * n)


def scotts_pi(pairs: Sequence[tuple[Label, Label]]) -> float | None:
    """Agreement beyond chance when both graders are taken to share one habit, -1 to 1.

    As kappa, with p_e the sum of the squared shares of the labels over both graders together. Scott 1955,
    doi:10.1086/266577. None where `cohens_kappa` is None.

    >>> round(scotts_pi([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15), 4)
    0.3939
    """
    both = Counter(label for pair in pairs for label in pair)
    n = len(pairs)
    return _beyond_chance(pairs, sum(count * count for count in both.values()), 4 * n * n)


def identical_on_all(pairs: Sequence[tuple[Sequence[Label], Sequence[Label]]]) -> Identical:
    """In how many things two graders agree in every respect, as "Overall" of arXiv 2409.10702, Table 7.

    Each pair holds the grades of both for one thing, respect by respect. The others are counted by the number
    of respects in which the two agree all the same (Figure 7c).

    >>> identical_on_all([("ab", "ab"), ("ab", "aa"), ("ab", "ba")])
    Identical(identical=1, n=3, agreeing={0: 1, 1: 1})
    """
    agreeing: Counter[int] = Counter()
    for ones, others in pairs:
        same = sum(one == other for one, other in zip(ones, others, strict=True))
        if same < len(ones):
            agreeing[same] += 1
    return Identical(len(pairs) - agreeing.total(), len(pairs), dict(sorted(agreeing.items())))


def _beyond_chance(pairs: Sequence[tuple[Label, Label]], by_chance: int, scale: int) -> float | None:
    if by_chance == scale:  # also when there are no pairs: 0 == 0
        return None
    n = len(pairs)
    agreed = sum(one == other for one, other in pairs) * (scale // n)
    return (agreed - by_chance) / (scale - by_chance)
