"""Roles, and what each may see and do. A new role is one row here; what it may write, each kind declares."""

from dataclasses import dataclass

VILLAGE_HEALTH_WORKER = "village_health_worker"
STATION = "station"
MOBILE_TEAM = "mobile_team"
DISTRICT_REVIEWER = "district_reviewer"
PROVINCIAL_MANAGER = "provincial_manager"
ADMINISTRATOR = "administrator"
INSPECTOR = "inspector"


@dataclass(frozen=True)
class Role:
    """A role: its name in both languages, whether it works on a phone, and what it may see on pages.

    `sees`: ``names`` (people's names and numbers unmasked), ``messages`` (the numbers of people who agreed to be
    written to), ``entries`` (the ledger behind a figure), ``stock``, ``devices``, ``reports`` (and what was
    closed), ``identity`` (duplicates, people without papers, matching), ``screening`` (what is asked at a
    screening, and past infections: R079); ``issues_codes`` and ``imports`` are things it may do.
    """

    vi: str
    en: str
    field: bool
    sees: frozenset[str]


def _role(vi: str, en: str, *sees: str, field: bool = False) -> Role:
    return Role(vi, en, field, frozenset(sees))


ROLES: dict[str, Role] = {
    VILLAGE_HEALTH_WORKER: _role("Nhân viên y tế thôn bản", "Village health worker", "names", field=True),
    STATION: _role(
        "Trạm y tế xã",
        "Commune health station",
        "names",
        "messages",
        "reports",
        "entries",
        "stock",
        "devices",
        "identity",
        "screening",
        field=True,
    ),
    MOBILE_TEAM: _role(
        "Tổ tiêm lưu động", "Mobile team", "names", "reports", "stock", "screening", field=True
    ),
    DISTRICT_REVIEWER: _role(
        "Cán bộ y tế huyện",
        "District reviewer",
        "names",
        "messages",
        "reports",
        "entries",
        "stock",
        "devices",
        "identity",
        "issues_codes",
    ),
    PROVINCIAL_MANAGER: _role(
        "Cán bộ y tế tỉnh",
        "Provincial manager",
        "reports",
        "entries",
        "stock",
        "devices",
        "issues_codes",
        "imports",
        "identity",
    ),
    ADMINISTRATOR: _role(
        "Quản trị hệ thống",
        "Administrator",
        "reports",
        "entries",
        "stock",
        "devices",
        "issues_codes",
        "imports",
    ),
    INSPECTOR: _role(
        "Thanh tra (chỉ xem)", "Inspector (read only)", "reports", "entries", "stock", "devices", "identity"
    ),
}

FIELD_ROLES = frozenset(code for code, role in ROLES.items() if role.field)


def may_see(role: str, what: str) -> bool:
    """Whether `role` may see (or do) `what`, one of the words of `Role.sees`."""
    known = ROLES.get(role)
    return known is not None and what in known.sees
