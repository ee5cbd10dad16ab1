"""Tables of what was computed: forecasts, runs with their proposals and refusals, outcomes. No projections of entries.

Doses and vials are integers; forecasts are in thousandths, distances in metres, hours in minutes.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class DemandForecast(Model):
    """What a site was expected to use of an item in the `horizon_days` from `made_on`, and later what it did use.

    `mean_milli`: thousandths of a dose a day. `still_due`: doses people there still need (None: not known).
    `used_doses` over `stocked_days` is what the forecast was made from. Once its time is over, `actual_doses` were
    used on `actual_days` with usable stock, and `expected_doses` is what the forecast said of as many days.
    """

    __tablename__ = "demand_forecast"
    __table_args__ = (
        Index("ix_demand_forecast_item", "item_id", "made_on"),
        Index("ix_demand_forecast_made", "province_id", "made_on"),
    )
    site_id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, primary_key=True)
    made_on: Mapped[date] = mapped_column(primary_key=True)
    province_id: Mapped[str] = mapped_column(Id)
    horizon_days: Mapped[int]
    mean_milli: Mapped[int] = mapped_column(BigInteger)
    dispersion_milli: Mapped[int]
    still_due: Mapped[int | None]
    used_doses: Mapped[int]
    stocked_days: Mapped[int]
    expected_doses: Mapped[int | None]
    actual_doses: Mapped[int | None]
    actual_days: Mapped[int | None]


class RedistributionRun(Model):
    """One item of one province weighed on one day; expected doses that expire under each way of doing.

    `state`: done, or failed with the code of the fault in `note`. `parameters` is JSON.
    """

    __tablename__ = "redistribution_run"
    __table_args__ = (Index("ix_redistribution_run_item", "province_id", "item_id", "as_of"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    province_id: Mapped[str] = mapped_column(Id)
    item_id: Mapped[str] = mapped_column(Id)
    as_of: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    parameters: Mapped[str] = mapped_column(Text)
    sites: Mapped[int]
    holdings: Mapped[int]
    doses: Mapped[int] = mapped_column(BigInteger)
    expired_nothing: Mapped[int]
    expired_greedy: Mapped[int]
    expired_plan: Mapped[int]
    missed_nothing: Mapped[int]
    missed_plan: Mapped[int]
    greedy_pairs: Mapped[int]
    plan_pairs: Mapped[int]
    milliseconds: Mapped[int]


class RedistributionProposal(Model):
    """Vials of one holding proposed for a site; `open` until a later run supersedes it or somebody decides.

    What was decided stands in the transfer that names the proposal (`proposals.proposals_in` brings the two together).
    `why` is JSON: figures of both ends.
    """

    __tablename__ = "redistribution_proposal"
    __table_args__ = (Index("ix_redistribution_proposal_open", "open", "item_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    run_id: Mapped[str] = mapped_column(Id, index=True)
    item_id: Mapped[str] = mapped_column(Id)
    lot_id: Mapped[str] = mapped_column(Id)
    holding_id: Mapped[str] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(Text)
    thawed_on: Mapped[date | None]
    source_id: Mapped[str] = mapped_column(Id, index=True)
    destination_id: Mapped[str] = mapped_column(Id, index=True)
    vials: Mapped[int]
    doses: Mapped[int]
    leaves_on: Mapped[date]
    arrives_on: Mapped[date]
    expires_on: Mapped[date]
    days_left: Mapped[int]
    saves: Mapped[int]
    saves_from: Mapped[int]
    saves_to: Mapped[int]
    metres: Mapped[int]
    minutes: Mapped[int]
    due_there: Mapped[int | None]
    diluent_id: Mapped[str | None] = mapped_column(Id)
    diluent_vials: Mapped[int]
    syringes: Mapped[int]
    why: Mapped[str] = mapped_column(Text)
    open: Mapped[bool]


class RedistributionRefusal(Model):
    """A holding that will expire in part and is not proposed: a coded reason with its numbers (JSON)."""

    __tablename__ = "redistribution_refusal"
    run_id: Mapped[str] = mapped_column(Id, primary_key=True)
    holding_id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(Id, index=True)
    lot_id: Mapped[str] = mapped_column(Id)
    vials: Mapped[int]
    expires: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    numbers: Mapped[str] = mapped_column(Text)


class RedistributionGreedy(Model):
    """What the greedy rule would have moved in the same run, to be shown beside and scored afterwards."""

    __tablename__ = "redistribution_greedy"
    run_id: Mapped[str] = mapped_column(Id, primary_key=True)
    holding_id: Mapped[str] = mapped_column(Id, primary_key=True)
    destination_id: Mapped[str] = mapped_column(Id, primary_key=True)
    vials: Mapped[int]
    doses: Mapped[int]
    arrives_on: Mapped[date]


class RedistributionOutcome(Model):
    """What became of doses moved because of a proposal. used + expired + onward + left = received.

    `nothing_used` and `greedy_used`: how many of them would have been used had they stayed, or had greedy moved them;
    `displaced`: doses of the receiver's own that expired while it used these. `settled`: nothing more can change.
    """

    __tablename__ = "redistribution_outcome"
    transfer_id: Mapped[str] = mapped_column(Id, primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[str] = mapped_column(Id)
    province_id: Mapped[str] = mapped_column(Id, index=True)
    item_id: Mapped[str] = mapped_column(Id)
    lot_id: Mapped[str] = mapped_column(Id)
    source_id: Mapped[str] = mapped_column(Id)
    destination_id: Mapped[str] = mapped_column(Id)
    dispatched_on: Mapped[date]
    received_on: Mapped[date]
    expires_on: Mapped[date]
    saves: Mapped[int]
    sent: Mapped[int]
    received: Mapped[int]
    used: Mapped[int]
    expired: Mapped[int]
    onward: Mapped[int]
    left: Mapped[int]
    displaced: Mapped[int]
    nothing_used: Mapped[int]
    greedy_used: Mapped[int]
    settled: Mapped[bool]
    scored_on: Mapped[date]
