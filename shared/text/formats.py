"""Figures and dates as people read them. `lang` is "vi" or "en"; what is not known is "–", never 0."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from shared.clock import VIETNAM

NOTHING = "–"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_UNITS = {"vi": ("ngày", "giờ", "phút"), "en": ("d", "h", "min")}


def number(n: int | None, lang: str) -> str:
    """12345 -> "12.345" (vi), "12,345" (en)."""
    if n is None:
        return NOTHING
    return f"{n:,}" if lang == "en" else f"{n:,}".replace(",", ".")


def percent(share: float | Decimal | None, lang: str) -> str:
    """A share with one decimal: 0.934 -> "93,4 %" (vi), "93.4%" (en). See `percent_of` for two counts."""
    if share is None:
        return NOTHING
    return _percent(Decimal(repr(share)) if isinstance(share, float) else Decimal(share), lang)


def percent_of(numerator: int | None, denominator: int | None, lang: str) -> str:
    """934 of 1000 -> "93,4 %"; "–" when either is not known or there is nothing to divide by."""
    if numerator is None or not denominator:
        return NOTHING
    return _percent(Decimal(numerator) / Decimal(denominator), lang)


def day(value: date | None, lang: str) -> str:
    """15/04/2022, in both languages. A date-time's day is that of Vietnam."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM)
    return f"{value:%d/%m}/{value.year:04d}"


def days_left(n: int | None, lang: str) -> str:
    """12 -> "còn 12 ngày", 0 -> "hôm nay", -3 -> "quá hạn 3 ngày"."""
    if n is None:
        return NOTHING
    if n == 0:
        return "today" if lang == "en" else "hôm nay"
    if lang == "en":
        plural = "day" if abs(n) == 1 else "days"
        return f"{number(n, lang)} {plural} left" if n > 0 else f"{number(-n, lang)} {plural} overdue"
    return f"còn {number(n, lang)} ngày" if n > 0 else f"quá hạn {number(-n, lang)} ngày"


def elapsed(minutes: int, lang: str) -> str:
    """135 -> "2 giờ 15 phút", 1740 -> "1 ngày 5 giờ", 0 -> "dưới 1 phút": the two largest units."""
    if minutes < 1:
        return "under a minute" if lang == "en" else "dưới 1 phút"
    amounts = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    first = next(place for place, amount in enumerate(amounts) if amount)
    units = _UNITS["en" if lang == "en" else "vi"]
    shown = [(amount, unit) for amount, unit in zip(amounts, units, strict=True)][first : first + 2]
    return " ".join(f"{number(amount, lang)}{_NO_BREAK}{unit}" for amount, unit in shown if amount)


def moment(value: datetime | None, lang: str) -> str:
    """An aware moment in Vietnam's time: "14:05 15/04/2022"."""
    if value is None:
        return NOTHING
    local = value.astimezone(VIETNAM)
    return f"{local:%H:%M} {day(local.date(), lang)}"


def _percent(share: Decimal, lang: str) -> str:
    figure = f"{(share * 100).quantize(Decimal('0.1'), ROUND_HALF_UP):,}"
    if lang == "en":
        return f"{figure}%"
    return figure.translate({ord(","): ".", ord("."): ","}) + _NO_BREAK + "%"
