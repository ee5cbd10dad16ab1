"""Make vaccines.csv, dose_rules.csv, age_groups.csv, ethnic_groups.csv and report_forms.csv.

    python -m shared.reference.convert.catalogues FOLDER

FOLDER holds the source tables of the same names. Their columns are kept; added are those a program can read,
from catalogue_codes.csv (table, key, column, value): what a person read out of the text of a row. Every row
keeps its source and status. Of several doses per vial the first named is used, the others are alternatives.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.reference.convert.files import source_rows, write
from shared.reference.convert.units import Row

VACCINES = (
    "code name_vi name_en other_names manufacturer platform approval_document min_age_years max_age_years"
    " dose_ml dose_strength doses_per_vial doses_per_vial_alternatives primary_doses"
    " primary_min_interval_days primary_interval_text second_dose_mixing storage thaw_days open_vial_hours"
    " label_expiry_changes status source"
).split()
DOSE_RULES = (
    "rule_id dose_type age_min_years age_max_years condition_code interval_days interval_months from_dose"
    " vaccines after_platform covid_deferral_months valid_from valid_to label_vi condition_vi interval_vi"
    " from_dose_vi covid_deferral_vi document status"
).split()
AGE_GROUPS = (
    "code label_vi label_en min_months max_months doses_reported active opened_by opened_on part_of note"
).split()
ETHNIC_GROUPS = ("code", "name", "name_as_published", "local_names", "provinces_unverified", "source")
REPORT_FORMS = ("form_code", "form", "column_no", "column_vi", "indicator", "status")

Codes = dict[tuple[str, str], Row]


def vaccine(row: Row, codes: Codes) -> Row:
    """A row of vaccines.csv."""
    first, *others = row["doses_per_vial"].split("|")
    return {
        **{column: row[column] for column in VACCINES if column in row},
        **codes["vaccines", row["code"]],
        "dose_strength": row["dose_mcg"]
        if " " in row["dose_mcg"] or not row["dose_mcg"]
        else f"{row['dose_mcg']} mcg",
        "doses_per_vial": first,
        "doses_per_vial_alternatives": "|".join(others),
        "thaw_days": row["days_at_2_8C_after_thaw"],
        "status": f"confirmed: {row['confirmed_fields']}. Unconfirmed: {row['unconfirmed_fields']}",
        "source": row["sources"],
    }


def dose_rule(row: Row, codes: Codes) -> Row:
    """A row of dose_rules.csv."""
    return {
        **{column: row[column] for column in ("rule_id", "valid_from", "valid_to", "document", "status")},
        **codes["dose_rules", row["rule_id"]],
        "age_min_years": row["age_min"],
        "age_max_years": row["age_max"],
        "label_vi": f"{row['dose_type_vi']} ({row['dose_label']})",
        "condition_vi": row["condition"],
        "interval_vi": row["min_interval"],
        "from_dose_vi": row["from_dose"],
        "covid_deferral_vi": row["covid_deferral"],
    }


def age_group(row: Row, codes: Codes) -> Row:
    """A row of age_groups.csv."""
    return {
        **{
            column: row[column]
            for column in ("code", "label_vi", "label_en", "doses_reported", "opened_by", "note")
        },
        **codes.get(("age_groups", row["code"]), {}),
        "min_months": row["min_age_months"],
        "max_months": row["max_age_months_exclusive"],
        "active": row["default_active"],
        "note": row["note"].replace("seed 004", "provincial plan"),
    }


def ethnic_group(row: Row, _codes: Codes) -> Row:
    """A row of ethnic_groups.csv."""
    return {
        "code": row["code"],
        "name": row["common_spelling"] or row["name_as_published"],
        "name_as_published": row["name_as_published"],
        "local_names": "|".join(name.strip() for name in row["local_names"].replace(". ", ", ").split(",")),
        "provinces_unverified": row["seed_provinces_unverified"],
        "source": row["source"],
    }


def form_column(row: Row, codes: Codes) -> Row:
    """A row of report_forms.csv."""
    form_code = codes["report_forms", row["form"]]["form_code"]
    return {
        "form_code": form_code,
        "form": row["form"],
        "column_no": row["column_no"],
        "column_vi": row["column_vi"],
        "status": row["source_status"],
        **codes.get(("report_forms", f"{form_code} {row['column_no']}"), {}),
    }


def catalogue_codes() -> Codes:
    """(table, key of the row) -> {column: value} of catalogue_codes.csv."""
    codes: defaultdict[tuple[str, str], Row] = defaultdict(dict)
    for row in source_rows(Path(__file__).parent, "catalogue_codes.csv"):
        codes[row["table"], row["key"]][row["column"]] = row["value"]
    return dict(codes)


TABLES: tuple[tuple[str, tuple[str, ...] | list[str], Callable[[Row, Codes], Row]], ...] = (
    ("vaccines.csv", VACCINES, vaccine),
    ("dose_rules.csv", DOSE_RULES, dose_rule),
    ("age_groups.csv", AGE_GROUPS, age_group),
    ("ethnic_groups.csv", ETHNIC_GROUPS, ethnic_group),
    ("report_forms.csv", REPORT_FORMS, form_column),
)


def main(folder: str) -> Iterator[str]:
    """Write the five files and say how many rows each has."""
    codes = catalogue_codes()
    for filename, columns, converted in TABLES:
        made = write(filename, columns, (converted(row, codes) for row in source_rows(folder, filename)))
        yield f"{filename}: {made} rows"


if __name__ == "__main__":
    print("\n".join(main(sys.argv[1])))
