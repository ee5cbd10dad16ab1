"""ERRORS.md from the fault catalogue: `make errors` writes it, `--check` says whether it is up to date."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from shared.faults import Explanation, catalogue

PAGE = Path(__file__).parents[1] / "ERRORS.md"
COLUMNS = "| Mã · Code | Lời · Words | Ai xử lý · Fixer | Loại · Sort |\n|---|---|---|---|\n"
HEAD = """\
# Mã lỗi · Error codes

<!-- Made by `make errors` from shared/faults.csv; not edited by hand. -->

Mỗi lỗi có một mã không đổi, lời giải thích bằng hai thứ tiếng và người xử lý được. Máy chủ trả lỗi dạng
`{"faults": [{"code", "field", "params", "vi", "en", "fixer"}]}`; điện thoại và trang web hiện cùng một lời.

Every fault has a code that never changes, words in both languages, and somebody who can put it right. The
server answers `{"faults": [{"code", "field", "params", "vi", "en", "fixer"}]}`; phone and pages show the same
words. `refuse`: the record or request is not accepted (a record is kept in quarantine); `flag`: it is
accepted and the doubt is shown. The number is the HTTP status where the fault ends a request. `{…}` stands
for a figure.
"""


def page() -> str:
    """The whole page: one table for each first part of the codes."""
    explanations = sorted(catalogue().values(), key=lambda row: row.code)
    parts = [HEAD]
    for group, rows in groupby(explanations, key=lambda row: row.code.partition(".")[0]):
        parts.append(f"\n## {group}\n\n{COLUMNS}")
        parts.extend(_line(row) for row in rows)
    return "".join(parts)


def _line(row: Explanation) -> str:
    words = f"{row.vi}<br>{row.en}".replace("|", "\\|")
    return f"| `{row.code}` | {words} | {row.fixer} | {row.severity} {row.status} |\n"


if __name__ == "__main__":
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.exit("ERRORS.md không còn khớp với shared/faults.csv; chạy / is out of date; run: make errors")
