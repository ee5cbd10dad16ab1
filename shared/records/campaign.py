"""A campaign against one disease, ordered by a document. Diseases and campaigns are data (R055)."""

from shared.fields import Day, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import PROGRAMME


class CampaignBody(Body):
    """Fields of a campaign."""

    name_vi = Text("Tên chiến dịch", "Vietnamese name", required=True)
    name_en = Text("Tên tiếng Anh", "English name", required=True)
    disease = Text("Bệnh", "Disease", longest=60, required=True)
    document = Text("Văn bản", "Document", longest=120, required=True)
    starts_on = Day("Bắt đầu", "Starts on", required=True)
    ends_on = Day("Kết thúc", "Ends on")


CAMPAIGN = declare(
    Kind(
        "campaign",
        version=1,
        nature="register",
        labels=("Chiến dịch", "Campaign"),
        schema=CampaignBody,
        authors=PROGRAMME,
        reference=True,
    )
)
