"""What is told to people: the text of a leaflet, a loudspeaker notice or a message, as data (R035)."""

from shared.fields import Day, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import PROGRAMME


class MessageContentBody(Body):
    """Fields of a content."""

    title = Text("Tên nội dung", "Title", required=True)
    text = Text("Nội dung", "Text", longest=2_000, form="long_text", required=True)
    source = Text("Căn cứ", "Source", longest=200)
    valid_from = Day("Dùng từ ngày", "Valid from", required=True)
    valid_to = Day("Đến hết ngày", "Valid to")


MESSAGE_CONTENT = declare(
    Kind(
        "message_content",
        version=1,
        nature="register",
        labels=("Nội dung tuyên truyền", "Message content"),
        schema=MessageContentBody,
        authors=PROGRAMME,
        reference=True,
    )
)
