"""A digital signature on what was recorded, made by a tool of its own: signed, or withdrawn (R012).

Its subject is what was signed: the entry of a dose, a session, a report. `digest` is the SHA-256 of the document as
it was given out; whoever has the document can check it without this system.
"""

from shared.fields import Choice, Moment, Text
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import SIGNATORIES
from shared.rules.signing import says_who_signed_what

#: What can be signed: kinds of entries.
SIGNED_KINDS = {
    "report": ("Báo cáo", "Report"),
    "session": ("Buổi tiêm", "Session"),
    "dose": ("Mũi tiêm", "Dose"),
}


class SignatureBody(Body):
    """Fields of a signature. `signed_at` is the moment the tool gives, as a stamp in UTC."""

    of = Choice("Ký cho", "Signed", SIGNED_KINDS, required=True)
    digest = Text("Mã kiểm tra của văn bản (SHA-256)", "Digest of the document", longest=64, required=True)
    action = Choice(
        "Việc",
        "Action",
        {"signed": ("Đã ký", "Signed"), "withdrawn": ("Thu hồi chữ ký", "Signature withdrawn")},
        required=True,
    )
    signer = Text("Người ký", "Signed by", longest=120)
    certificate = Text("Chứng thư số", "Certificate", longest=300)
    signed_at = Moment("Ký lúc", "Signed at")
    tool = Text("Phần mềm ký", "Signing tool", longest=120)
    reason = Text("Lý do thu hồi", "Why it is withdrawn", longest=300)


SIGNATURE = declare(
    Kind(
        "signature",
        version=1,
        nature="event",
        labels=("Ký số", "Digital signature"),
        schema=SignatureBody,
        authors=SIGNATORIES,
        rules=(says_who_signed_what,),
    )
)
