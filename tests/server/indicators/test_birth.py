"""The age rule in SQL is the rule of `shared.rules.ages`, at every month's end."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Column, Date, Engine, Integer, MetaData, Table, select

from server.indicators.birth import latest_birth
from shared.rules import ages

MONTHS = (1, 12, 18, 36, 60, 144, 216, 780)


def test_latest_birth_on_every_day_of_a_leap_cycle(engine: Engine) -> None:
    days = [date(2019, 12, 25) + timedelta(days=n) for n in range(4 * 366)]
    wanted = [(day, months) for day in days if day.day in (1, 27, 28, 29, 30, 31) for months in MONTHS]
    table = Table("asked", MetaData(), Column("day", Date), Column("months", Integer))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"day": day, "months": months} for day, months in wanted])
        query = select(table.c.day, table.c.months, latest_birth(table.c.day, table.c.months))
        for day, months, found in connection.execute(query):
            assert found == ages.latest_birth(months, day), (day, months)
