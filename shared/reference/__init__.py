"""Reference data, loaded once from the CSV files of this folder (how they were made: convert/)."""

from shared.reference.lists import EthnicGroup as EthnicGroup
from shared.reference.lists import FormColumn as FormColumn
from shared.reference.lists import Reason as Reason
from shared.reference.lists import ethnic_groups as ethnic_groups
from shared.reference.lists import reasons as reasons
from shared.reference.lists import report_forms as report_forms
from shared.reference.places import Centre as Centre
from shared.reference.places import Grouping as Grouping
from shared.reference.places import PopulationFigure as PopulationFigure
from shared.reference.places import Succession as Succession
from shared.reference.places import Unit as Unit
from shared.reference.places import commune_centres as commune_centres
from shared.reference.places import groupings_2025 as groupings_2025
from shared.reference.places import national_units as national_units
from shared.reference.places import population_figures as population_figures
from shared.reference.places import province_codes_2022 as province_codes_2022
from shared.reference.places import successions as successions
from shared.reference.vaccination import DOSE_TYPES as DOSE_TYPES
from shared.reference.vaccination import AgeGroup as AgeGroup
from shared.reference.vaccination import DoseRule as DoseRule
from shared.reference.vaccination import Vaccine as Vaccine
from shared.reference.vaccination import age_groups as age_groups
from shared.reference.vaccination import dose_rules as dose_rules
from shared.reference.vaccination import vaccines as vaccines
