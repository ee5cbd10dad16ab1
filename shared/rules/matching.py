"""Whether two records are of one person: a score that says why (L18, R095). It proposes; people decide.

What each point is for is told by a reason, the key of a message ("match." + code) with its points. What is not
recorded on both sides counts neither for nor against. Points and thresholds are the programme's own starting
values: no published weights for Vietnamese registers were found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.text.folding import fold, normalise, search_key

Level = Literal["likely", "possible", "no"]

MOST = 100
LIKELY = 55
POSSIBLE = 35

#: Beyond this a year of birth is somebody else's (a child named after a parent), not a slip.
CLOSE_YEARS = 5

#: Every reason there can be.
REASONS = (
    "id_same", "id_typo", "id_differs", "name_same", "name_unmarked", "name_folded", "name_reordered",
    "name_near", "name_differs", "birth_same", "birth_month", "birth_year", "birth_swapped", "birth_near",
    "birth_differs", "sex_same", "sex_differs", "phone_same", "family_same",
)  # fmt: skip

#: Middle words of women's and men's names that papers leave out or put in.
_LEFT_OUT = frozenset({"thi", "van"})

#: Both hold the 12 digits of one person (Luật Căn cước công dân 2014, Điều 12 and 19).
_TWELVE_DIGITS = {"cccd": "personal", "personal_code": "personal", "cmnd": "cmnd"}


@dataclass(frozen=True, slots=True)
class Described:
    """A person as compared: fields of the kind `person`, with the name of the head of the household."""

    full_name: str
    birth_date: date
    birth_precision: str
    sex: str
    id_kind: str = "none"
    id_number: str | None = None
    phone: str | None = None
    guardian_name: str | None = None
    guardian_phone: str | None = None
    head_name: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for one person (points above 0) or against (below)."""

    code: str
    points: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` from 0 to 100, the level it stands for, and every reason, the weightiest first."""

    score: int
    level: Level
    reasons: tuple[Reason, ...]


def name_key(full_name: str) -> str:
    """A name without accents, order, and the words Thị and Văn: "Lò Thị Ân", "An Lo" -> "an lo"."""
    words = search_key(full_name).split()
    kept = [word for word in words if word not in _LEFT_OUT]
    return " ".join(sorted(kept if len(kept) > 1 else words))


def block_key(full_name: str, birth_date: date) -> str:
    """People whose records are compared at all share this: `name_key` and the year of birth."""
    return f"{name_key(full_name)} {birth_date.year}"


def compare(one: Described, other: Described) -> Likeness:
    """How likely two records are of one person; the same whichever comes first.

    The same identity number is never "no" (somebody's number is wrong); two different numbers of one kind are
    never "likely".
    """
    found = sorted(_reasons(one, other), key=lambda reason: (-abs(reason.points), reason.code))
    codes = {reason.code for reason in found}
    score = max(0, min(MOST, sum(reason.points for reason in found)))
    level: Level = "likely" if score >= LIKELY else "possible" if score >= POSSIBLE else "no"
    if (level == "likely" and codes & {"id_differs", "id_typo"}) or (level == "no" and "id_same" in codes):
        level = "possible"
    return Likeness(score, level, tuple(found))


def _reasons(one: Described, other: Described) -> Iterator[Reason]:
    yield from _numbers(one, other)
    yield _names(one.full_name, other.full_name)
    yield _births(one, other)
    if one.sex and other.sex:  # a form being filled may not tell it yet
        yield Reason("sex_same", 5) if one.sex == other.sex else Reason("sex_differs", -15)
    if _contacts(one) & _contacts(other):
        yield Reason("phone_same", 10)
    if _known_alike(one.guardian_name, other.guardian_name) or _known_alike(one.head_name, other.head_name):
        yield Reason("family_same", 10)


def _numbers(one: Described, other: Described) -> Iterator[Reason]:
    numbers = _number(one), _number(other)
    kinds = _TWELVE_DIGITS.get(one.id_kind), _TWELVE_DIGITS.get(other.id_kind)
    if None in kinds or kinds[0] != kinds[1] or not all(numbers):
        return
    if numbers[0] == numbers[1]:
        yield Reason("id_same", 60)
    elif _one_slip(*numbers):
        yield Reason("id_typo", -5)
    else:
        yield Reason("id_differs", -30)


def _names(one: str, other: str) -> Reason:
    written = normalise(one).casefold(), normalise(other).casefold()
    if written[0] == written[1]:
        return Reason("name_same", 30)
    folded = fold(one), fold(other)
    if folded[0] == folded[1]:
        # A phone without a Vietnamese keyboard writes the whole name without marks.
        bare = any(text.isascii() for text in written)
        return Reason("name_unmarked", 28) if bare else Reason("name_folded", 22)
    keys = name_key(one), name_key(other)
    if keys[0] == keys[1]:
        return Reason("name_reordered", 20)
    if _one_slip(*keys) or _contained(*keys):
        return Reason("name_near", 12)
    return Reason("name_differs", -20)


def _births(one: Described, other: Described) -> Reason:
    a, b = one.birth_date, other.birth_date
    known = min(_precision(one), _precision(other))
    if a == b and known == 2:
        return Reason("birth_same", 25)
    if (a.year, a.month) == (b.year, b.month) and known == 1:
        return Reason("birth_month", 15)
    if a.year == b.year and known == 0:
        return Reason("birth_year", 10)
    if known == 2 and (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return Reason("birth_swapped", 15)
    if a.year == b.year or (a.month, a.day) == (b.month, b.day):
        return Reason("birth_near", 0)
    return Reason("birth_differs", -20 if abs(a.year - b.year) <= CLOSE_YEARS else -40)


def _precision(person: Described) -> int:
    """How far a birth date can be trusted: 2 day, 1 month, 0 year. The 1st of January mostly means "that year"."""
    if (person.birth_date.month, person.birth_date.day) == (1, 1):
        return 0
    return {"day": 2, "month": 1}.get(person.birth_precision, 0)


def _number(person: Described) -> str:
    return "".join(character for character in person.id_number or "" if character.isalnum())


def _contacts(person: Described) -> set[str]:
    return {number for number in (person.phone, person.guardian_phone) if number}


def _known_alike(one: str | None, other: str | None) -> bool:
    return bool(one and other) and name_key(one or "") == name_key(other or "")


def _contained(one: str, other: str) -> bool:
    """All words of the shorter name, two at least, stand in the longer: “Giàng A Páo”, “Giàng Páo”."""
    fewer, more = sorted((set(one.split()), set(other.split())), key=len)
    return len(fewer) > 1 and fewer <= more


def _one_slip(one: str, other: str) -> bool:
    """One character put in, left out or mistaken, or two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    rest = short[start + 1 :] == long[start + 1 :]
    swapped = (
        short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
    )
    return rest or swapped
