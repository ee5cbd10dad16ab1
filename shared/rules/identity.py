"""The citizen identity number (CCCD, mã định danh) and the QR code of its card: they warn, they never block.

12 digits: 3 place of birth registration (a province of before 1/7/2025, or a country from 100), 1 century and
sex, 2 year, 6 random; there is no check digit (Nghị định 137/2015/NĐ-CP, Thông tư 07/2016/TT-BCA).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypedDict

from shared.reference import province_codes_2022
from shared.text.folding import fold, normalise

FIRST_COUNTRY_CODE = 100


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something doubtful in a number: the key of its message in shared/text/messages.csv, and its figures."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


#: What a card says, by the field that tells whether a form says it too, with all fields it gives.
CARD_PARTS: dict[str, tuple[str, ...]] = {
    "full_name": ("full_name",),
    "birth_date": ("birth_date", "birth_precision"),
    "sex": ("sex",),
    "id_number": ("id_kind", "id_number"),
}

CardSays = Literal["fills", "same", "differs"]


class CardFields(TypedDict):
    """What the QR code of a card gives, named as in the kind `person`; dates are ISO text."""

    id_kind: str
    id_number: str
    former_id_number: str | None
    full_name: str
    birth_date: str
    birth_precision: str
    sex: str
    address: str


def check_cccd(number: str, sex: str | None, birth_date: date | None) -> list[Doubt]:
    """What is doubtful in a number against the recorded sex ("male" | "female") and birth date.

    What is not recorded is not compared.
    """
    if len(number) != 12 or not (number.isascii() and number.isdigit()):
        return [Doubt("identity.not_twelve_digits")]
    doubts = []
    place, century_and_sex = int(number[:3]), int(number[3])
    if place < FIRST_COUNTRY_CODE and number[1:3] not in province_codes_2022():
        doubts.append(Doubt("identity.unknown_province", {"code": number[:3]}))
    if sex is not None and sex != ("female" if century_and_sex % 2 else "male"):
        doubts.append(Doubt("identity.sex_differs"))
    year = 1900 + century_and_sex // 2 * 100 + int(number[4:6])
    if birth_date is not None and birth_date.year != year:
        doubts.append(Doubt("identity.year_differs", {"year": year}))
    return doubts


def parse_cccd_qr(text: str) -> CardFields | None:
    """The fields of a card's QR code, or None when the text is not of a card.

    number|former 9-digit number|full name|ddmmyyyy|Nam or Nữ|address|date of issue. Newer cards add more
    fields, which are left alone; a day or month of 00 means that it is not known.
    """
    parts = [normalise(part) for part in text.strip().split("|")]
    if len(parts) < 6 or len(parts[0]) != 12 or not parts[0].isdigit() or not parts[2]:
        return None
    birth = _birth(parts[3])
    sex = {"nam": "male", "nu": "female"}.get(fold(parts[4]))
    if birth is None or sex is None:
        return None
    return CardFields(
        id_kind="cccd",
        id_number=parts[0],
        former_id_number=parts[1] or None,
        full_name=parts[2],
        birth_date=birth[0],
        birth_precision=birth[1],
        sex=sex,
        address=parts[5],
    )


def card_against(card: CardFields, values: Mapping[str, Any]) -> dict[str, CardSays]:
    """What a card does to a form: fills what stands empty there, is the same, or differs and needs a decision.

    By the parts of CARD_PARTS; `values` are the form's, named as in the kind `person`. Who had no papers has some now.
    """
    found: dict[str, CardSays] = {}
    for part, names in CARD_PARTS.items():
        if not values.get(part):
            found[part] = "fills"
        elif all(_alike(values.get(name), card[name]) for name in names):  # type: ignore[literal-required]
            found[part] = "same"
        else:
            found[part] = "differs"
    return found


def _alike(one: Any, other: Any) -> bool:
    return normalise(str(one or "")).casefold() == normalise(str(other or "")).casefold()


def _birth(text: str) -> tuple[str, str] | None:
    if len(text) != 8 or not text.isdigit():
        return None
    day, month, year = int(text[:2]), int(text[2:4]), int(text[4:])
    precision = "day" if day else "month" if month else "year"
    try:
        return date(year, month or 1, day or 1).isoformat(), precision
    except ValueError:
        return None
