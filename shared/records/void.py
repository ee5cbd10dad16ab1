"""A withdrawal: the event it corrects did not happen (or not to this person), and nothing stands in its place.

It is about the subject of what it withdraws, so a dose recorded for the wrong person is withdrawn there and
recorded anew for the right one. The entry withdrawn stays readable.
"""

from shared.fields import Choice, Code, Text
from shared.kinds import VOID, Kind, declare
from shared.lists import Body
from shared.records.authors import FIELD, PROGRAMME, REVIEWERS
from shared.rules.voids import names_what_it_withdraws


class VoidBody(Body):
    """Fields of a withdrawal."""

    of = Code("Loại bản ghi bị rút", "Kind withdrawn", codes="kinds", required=True)
    reason = Choice(
        "Lý do",
        "Reason",
        {
            "wrong_person": ("Ghi nhầm người", "Wrong person"),
            "twice": ("Ghi hai lần", "Recorded twice"),
            "not_done": ("Việc chưa xảy ra", "It did not happen"),
            "other": ("Lý do khác", "Another reason"),
        },
        required=True,
    )
    note = Text("Ghi chú", "Note", longest=300)


VOID_KIND = declare(
    Kind(
        VOID,
        version=1,
        nature="event",
        labels=("Rút bản ghi", "Withdrawal"),
        schema=VoidBody,
        authors=FIELD | REVIEWERS | PROGRAMME,
        streams=("place", "home"),
        rules=(names_what_it_withdraws,),
    )
)
