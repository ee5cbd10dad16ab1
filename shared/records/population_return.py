"""A commune's population figures: opening and current, by age group, with their source (R004)."""

from shared.fields import Code, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import POPULATION


class PopulationLine(Body):
    """One age group; a figure not known is left out, never 0."""

    age_group = Code("Nhóm tuổi", "Age group", codes="age_groups", required=True)
    opening = Whole("Dân số đầu kỳ", "Opening population", most=10_000_000)
    current = Whole("Dân số hiện có", "Current population", most=10_000_000)


class PopulationReturnBody(Body):
    """Fields of a population return, as of the entry's day."""

    period = Text("Kỳ", "Period", longest=20, required=True)
    source = Text("Nguồn số liệu", "Source", longest=200, required=True)
    lines = Lines("Theo nhóm tuổi", "By age group", PopulationLine, required=True, least=1, most=50)


POPULATION_RETURN = declare(
    Kind(
        "population_return",
        version=1,
        nature="event",
        labels=("Số liệu dân số", "Population return"),
        schema=PopulationReturnBody,
        authors=POPULATION,
    )
)
