"""A reminder (đôn đốc) or instruction to a unit; an urgent one (hỏa tốc) stands first on its phones (R047, R021)."""

from shared.fields import Choice, Day, Flag, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import OVERSIGHT

REMINDER_SUBJECTS = {
    "sync": ("Chậm gửi dữ liệu", "Late in sending data"),
    "report": ("Chậm báo cáo", "Late with a report"),
    "target": ("Chậm chỉ tiêu", "Behind the target"),
    "other": ("Chỉ đạo khác", "Other instruction"),
}


class ReminderBody(Body):
    """Fields of a reminder to the place of the entry."""

    about = Choice("Về việc", "About", REMINDER_SUBJECTS, required=True)
    text = Text("Nội dung", "Text", longest=2_000, form="long_text", required=True)
    due_on = Day("Hạn trả lời", "Answer by")
    urgent = Flag("Hỏa tốc", "Urgent")


REMINDER = declare(
    Kind(
        "reminder",
        version=1,
        nature="event",
        labels=("Đôn đốc", "Reminder"),
        schema=ReminderBody,
        authors=OVERSIGHT,
    )
)
