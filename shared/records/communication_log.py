"""One communication activity: its form, what was told where, and how many people it reached (R056)."""

from shared.fields import Choice, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Many
from shared.records.authors import WORKING

COMMUNICATION_FORMS = {
    "home": ("Nói chuyện tại nhà", "Talk at home"),
    "loudspeaker": ("Loa truyền thanh", "Loudspeaker"),
    "meeting": ("Họp bản", "Village meeting"),
    "message": ("Zalo, SMS", "Zalo or SMS"),
    "press": ("Báo, đài", "Press, radio"),
    "leaflet": ("Tờ rơi, áp phích", "Leaflets, posters"),
}


class CommunicationLogBody(Body):
    """Fields of an activity on the entry's day. People not counted are left out, never 0."""

    form = Choice("Hình thức", "Form", COMMUNICATION_FORMS, required=True)
    topic = Text("Chủ đề", "Topic", longest=200, required=True)
    content = Ref("Nội dung dùng", "Content used")
    villages = Many(
        "Thôn, bản", "Villages", Ref("Thôn, bản", "Village", required=True), most=200, form="hidden"
    )
    reached = Whole("Số người nghe, nhận được", "People reached", most=10_000_000)
    note = Text("Ghi chú", "Note", longest=500, form="long_text")


COMMUNICATION_LOG = declare(
    Kind(
        "communication_log",
        version=1,
        nature="event",
        labels=("Hoạt động truyền thông", "Communication activity"),
        schema=CommunicationLogBody,
        authors=WORKING,
    )
)
