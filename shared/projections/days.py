"""Days as entries spell them."""

from datetime import date


def day_of(value: str | None) -> date | None:
    """The day of ``2022-04-15``; None for nothing."""
    return date.fromisoformat(value) if value else None
