"""Make overlap_2025.csv: which share of a commune's area each commune that took it over got.

    python -m shared.reference.convert.overlap FOLDER

FOLDER holds overlap_2022_2025.csv, computed from the boundaries of 2022 and 2025. Pairs that succession_2025.csv
does not have are noise of the two surveys and are left out.
"""

import sys
from collections.abc import Iterator

from shared.reference.convert.files import OWN_FOLDER, source_rows, write

COLUMNS = ("old_code", "new_code", "area_share", "source")
SOURCE = (
    "area overlap of choisy/censusVN2009 (MIT) and thanglequoc/vietnamese-provinces-database v4.2.0 (MIT)"
)


def overlaps(folder: str) -> Iterator[dict[str, str]]:
    """One row per pair of old and new commune, as in the source."""
    pairs = {(row["old_code"], row["new_code"]) for row in source_rows(OWN_FOLDER, "succession_2025.csv")}
    for row in source_rows(folder, "overlap_2022_2025.csv"):
        if (row["code_2022"], row["code_2025"]) in pairs:
            values = (row["code_2022"], row["code_2025"], row["area_share"], SOURCE)
            yield dict(zip(COLUMNS, values, strict=True))


def main(folder: str) -> str:
    """Write the file and say how many rows it has."""
    return f"overlap_2025.csv: {write('overlap_2025.csv', COLUMNS, overlaps(folder))} rows"


if __name__ == "__main__":
    print(main(sys.argv[1]))
