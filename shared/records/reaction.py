"""A reaction after a dose (AEFI), reported on the entry's day at its place. What is learnt later corrects it."""

from shared.fields import Choice, Day, Ref, Text
from shared.kinds import Kind, declare
from shared.lists import Body, Many
from shared.records.authors import FIELD
from shared.rules.reactions import is_serious, onset_is_past

SYMPTOMS = {
    "pain": ("Đau, sưng chỗ tiêm", "Pain or swelling where given"),
    "fever": ("Sốt", "Fever"),
    "fatigue": ("Mệt mỏi", "Tiredness"),
    "headache": ("Đau đầu, chóng mặt", "Headache or dizziness"),
    "aches": ("Đau cơ, đau khớp", "Aches in muscles or joints"),
    "vomiting": ("Buồn nôn, nôn, tiêu chảy", "Nausea, vomiting or diarrhoea"),
    "rash": ("Nổi mẩn, ngứa", "Rash or itching"),
    "chest_pain": ("Đau ngực, hồi hộp", "Chest pain or palpitations"),
    "breathing": ("Khó thở", "Hard to breathe"),
    "fainting": ("Ngất", "Fainting"),
    "seizure": ("Co giật", "Seizure"),
    "anaphylaxis": ("Phản vệ", "Anaphylaxis"),
    "other": ("Khác (ghi rõ)", "Other (say which)"),
}


class ReactionBody(Body):
    """Fields of a reaction."""

    dose = Ref("Sau mũi tiêm", "After the dose")
    onset_on = Day("Ngày xuất hiện", "Began on", required=True)
    severity = Choice(
        "Mức độ",
        "Severity",
        {
            "ordinary": ("Phản ứng thông thường", "Ordinary reaction"),
            "serious": ("Tai biến nặng", "Serious event"),
        },
        required=True,
    )
    symptoms = Many("Dấu hiệu", "Signs", Choice("Dấu hiệu", "Sign", SYMPTOMS, required=True), most=13)
    treated_at = Text("Nơi điều trị", "Treated at")
    outcome = Choice(
        "Diễn biến",
        "Outcome",
        {
            "recovered": ("Đã khỏi", "Recovered"),
            "recovering": ("Đang hồi phục", "Recovering"),
            "not_recovered": ("Chưa khỏi", "Not recovered"),
            "died": ("Tử vong", "Died"),
            "unknown": ("Chưa rõ", "Not known"),
        },
    )
    note = Text("Ghi chú", "Note", longest=500, form="long_text")


REACTION = declare(
    Kind(
        "reaction",
        version=1,
        nature="event",
        labels=("Phản ứng sau tiêm", "Reaction after a dose"),
        schema=ReactionBody,
        authors=FIELD,
        streams=("place", "home"),
        rules=(onset_is_past,),
        urgent=is_serious,
    )
)
