"""A stock balance is the sum of the movements of its holding, by plain SQL."""

from __future__ import annotations

from sqlalchemy import Connection, text

from server.checks.findings import Findings
from server.checks.streaming import rows_of

_SUMS = text("""
    SELECT CAST(holding_id AS text) AS holding,
           min(CAST(site_id AS text)) AS site, max(CAST(site_id AS text)) AS site_too,
           min(CAST(lot_id AS text)) AS lot, max(CAST(lot_id AS text)) AS lot_too,
           CAST(sum(vials) AS bigint) AS vials
      FROM stock_movement GROUP BY holding_id
""")

_BALANCES = text("""
    SELECT CAST(holding_id AS text) AS holding, CAST(site_id AS text) AS site, CAST(lot_id AS text) AS lot, vials
      FROM stock_balance
""")

_STATES = text("""
    SELECT CAST(b.holding_id AS text) AS holding, CAST(m.id AS text) AS movement
      FROM stock_balance b JOIN stock_movement m ON m.holding_id = b.holding_id
     WHERE m.state <> b.state OR coalesce(CAST(m.thawed_on AS text), '') <> coalesce(CAST(b.thawed_on AS text), '')
     ORDER BY 1, 2
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
        if balance.vials != row.vials:
            findings.differ("balance.vials", holding=row.holding, stored=balance.vials, expected=row.vials)
        if {balance.site} != {row.site, row.site_too} or {balance.lot} != {row.lot, row.lot_too}:
            findings.differ("balance.holding", holding=row.holding)
    for holding, balance in sorted(stored.items()):
        findings.differ("balance.extra", holding=holding, stored=balance.vials)
    for row in rows_of(connection, _STATES):
        findings.differ("balance.holding", holding=row.holding)
