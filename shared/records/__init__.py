"""Every kind of entry, one file each. Importing this package declares them all."""

from shared.kinds import KINDS
from shared.records import (  # noqa: F401
    allocation,
    campaign,
    communication_log,
    count_explanation,
    dose,
    dose_opening,
    equipment,
    household,
    id_match,
    inspection_remark,
    item,
    leftover_decision,
    lot,
    message_content,
    observation,
    period_close,
    person,
    place,
    plan_deviation,
    plan_target,
    population_return,
    proposal,
    reaction,
    recall,
    reconciliation,
    reminder,
    report,
    report_answer,
    report_layout,
    report_review,
    response,
    restatement,
    same_person,
    screening,
    session,
    signature,
    staff_shortage,
    station_profile,
    stock_count,
    stock_level,
    stock_movement,
    team_roster,
    transfer,
    visit,
    void,
)


def may_author(role: str, kind: str) -> bool:
    """Whether someone of `role` may write entries of `kind`."""
    declared = KINDS.get(kind)
    return declared is not None and role in declared.authors
