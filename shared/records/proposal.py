"""A difficulty and what is proposed to those above (kiến nghị), from a commune up to the Department of Health."""

from shared.fields import Choice, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.permissions import DISTRICT_REVIEWER
from shared.records.authors import VACCINATORS

PROPOSAL_TOPICS = {
    "vaccine": ("Vắc xin, vật tư", "Vaccine and supplies"),
    "staff": ("Nhân lực", "Staff"),
    "equipment": ("Trang thiết bị, dây chuyền lạnh", "Equipment, cold chain"),
    "funding": ("Kinh phí", "Funding"),
    "people": ("Vận động người dân", "People's consent"),
    "data": ("Phần mềm, số liệu", "Software and data"),
    "other": ("Khác", "Other"),
}


class ProposalBody(Body):
    """Fields of a proposal."""

    topic = Choice("Lĩnh vực", "Topic", PROPOSAL_TOPICS, required=True)
    difficulty = Text("Khó khăn, vướng mắc", "Difficulty", longest=2_000, form="long_text", required=True)
    proposal = Text("Kiến nghị, đề xuất", "Proposal", longest=2_000, form="long_text", required=True)


PROPOSAL = declare(
    Kind(
        "proposal",
        version=1,
        nature="event",
        labels=("Kiến nghị", "Proposal"),
        schema=ProposalBody,
        authors=VACCINATORS | {DISTRICT_REVIEWER},
    )
)
