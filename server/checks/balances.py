"""Stock balances: a balance is the sum of its holding's movements, and reversals mirror what they take back, by plain
SQL.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from server.checks.findings import Findings
from server.checks.streaming import rows_of

_SUMS = text("""
    SELECT CAST(holding_id AS text) AS holding,
           min(CAST(site_id AS text)) AS site, max(CAST(site_id AS text)) AS site_too,
           min(CAST(lot_id AS text)) AS lot, max(CAST(lot_id AS text)) AS lot_too,
           CAST(sum(CASE WHEN idle THEN 0 ELSE vials END) AS bigint) AS vials,
           CAST(sum(CASE WHEN idle THEN 0 ELSE doses END) AS bigint) AS doses
      FROM stock_movement GROUP BY holding_id
""")

_BALANCES = text("""
    SELECT CAST(holding_id AS text) AS holding, CAST(site_id AS text) AS site, CAST(lot_id AS text) AS lot, vials,
           doses
      FROM stock_balance
""")

_STATES = text("""
    SELECT CAST(b.holding_id AS text) AS holding, CAST(m.id AS text) AS movement
      FROM stock_balance b JOIN stock_movement m ON m.holding_id = b.holding_id
     WHERE m.state <> b.state OR coalesce(CAST(m.thawed_on AS text), '') <> coalesce(CAST(b.thawed_on AS text), '')
        OR coalesce(CAST(m.opened_on AS text), '') <> coalesce(CAST(b.opened_on AS text), '')
     ORDER BY 1, 2
""")

#: Movements taken back that do not come to nothing, holding by holding, or not on one day.
_REVERSED = text("""
    SELECT CAST(target AS text) AS movement, count(*) AS rows
      FROM (SELECT CASE WHEN m.reverses_id IS NULL THEN m.entry_id ELSE m.reverses_id END AS target,
                   m.holding_id, sum(m.vials) AS vials, sum(m.doses) AS doses,
                   count(DISTINCT m.entry_id) AS entries, count(DISTINCT m.moved_on) AS days
              FROM stock_movement m
             WHERE NOT m.idle
               AND (m.reverses_id IS NOT NULL
                    OR m.entry_id IN (SELECT reverses_id FROM stock_movement
                                       WHERE reverses_id IS NOT NULL AND NOT idle))
             GROUP BY 1, 2) AS pairs
     WHERE vials <> 0 OR doses <> 0 OR entries <> 2 OR days <> 1
     GROUP BY target ORDER BY 1
""")


def check_balances(connection: Connection, findings: Findings) -> None:
    """Every holding's balance equals the sum of its movements, and names the same site, lot and state.

    Holdings (one a site, lot and state) are few: they are held in memory.
    """
    stored = {row.holding: row for row in rows_of(connection, _BALANCES)}
    findings.expect(len(stored))
    for row in sorted(rows_of(connection, _SUMS), key=lambda found: str(found.holding)):
        findings.look()
        balance = stored.pop(row.holding, None)
        if balance is None:
            findings.differ("balance.missing", holding=row.holding, expected=row.vials)
            continue
        for name in ("vials", "doses"):
            if getattr(balance, name) != getattr(row, name):
                differs = {"stored": getattr(balance, name), "expected": getattr(row, name)}
                findings.differ(f"balance.{name}", holding=row.holding, **differs)
        if {balance.site} != {row.site, row.site_too} or {balance.lot} != {row.lot, row.lot_too}:
            findings.differ("balance.holding", holding=row.holding)
    for holding, balance in sorted(stored.items()):
        findings.differ("balance.extra", holding=holding, stored=balance.vials)
    for row in rows_of(connection, _STATES):
        findings.differ("balance.holding", holding=row.holding)
    for row in rows_of(connection, _REVERSED):
        findings.differ("balance.reversal", movement=row.movement)
