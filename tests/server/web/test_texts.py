"""Every text a page asks for exists in both languages, and every text there is, is used."""

from __future__ import annotations

import re
from pathlib import Path

from server.accounts.fleet import STATES
from server.interop.imports import check  # noqa: F401  the layouts' names come with it
from server.sync.openapi import describe
from server.web.figures import MEASURES
from server.web.help_pages import signed
from server.web.imports import IMPORTERS
from server.web.stock import BUCKETS
from server.web.texts import catalogue
from shared.faults import catalogue as faults

WEB = Path(__file__).parents[3] / "server" / "web"

API = describe()
OPERATIONS = [operation for methods in API["paths"].values() for operation in methods.values()]

#: Keys built from a stem and a code: every code there can be.
STEMS = {
    "progress.": ("done", "on_track", "not_started", "behind", "late", "none"),
    "overview.lead.": ("province", "district", "area"),
    "overview.table.": ("province", "district", "area"),
    "attention.kind.": ("slow", "slow_village", "silent", "lot"),
    "attention.do.": ("slow", "slow_village", "silent", "lot"),
    "measure.": MEASURES,
    "formula.": MEASURES,
    "bucket.": ("all", *BUCKETS),
    "device.": STATES,
    "import.": tuple(IMPORTERS),
    "import.action.": ("new", "changed", "same", "fault"),
    "fault.title.": ("400", "401", "403", "404", "413", "429", "500", "503"),
    "help.operation.": tuple(operation["operationId"] for operation in OPERATIONS),
    "help.signed.": tuple({signed(operation) for operation in OPERATIONS}),
    "help.parameter.": tuple(p["name"] for operation in OPERATIONS for p in operation.get("parameters", ())),
    "help.answer.": tuple({status for operation in OPERATIONS for status in operation["responses"]}),
    "help.schema.": tuple(
        name for name, schema in API["components"]["schemas"].items() if "title" not in schema
    ),
    "fault.fixer.": tuple(sorted({row.fixer for row in faults().values()})),
}


def used() -> set[str]:
    keys: set[str] = set()
    for file in [*WEB.rglob("*.html"), *WEB.glob("*.py")]:
        text = file.read_text(encoding="utf-8")
        whole = r"""\bt\(\s*["']([a-z0-9_.]+[a-z0-9_])["']\s*[,)]"""
        keys |= set(re.findall(whole, text))
        keys |= set(re.findall(r'"((?:nav|column)\.[a-z_]+)"', text))
        for stem in re.findall(r"""\bt\(\s*["']([a-z0-9_.]+\.)["']\s*[~+]""", text):
            assert stem in STEMS, f"{file.name}: {stem} is built from codes nobody lists"
    keys |= {f"{stem}{code}" for stem, codes in STEMS.items() for code in codes}
    return keys | {f"import.{name}.what" for name in IMPORTERS}


def test_every_key_used_exists_in_both_languages() -> None:
    missing = used() - catalogue().keys()
    assert not missing, sorted(missing)


def test_every_text_is_used() -> None:
    unused = catalogue().keys() - used()
    assert not unused, sorted(unused)
