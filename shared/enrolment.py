"""What the QR code of an enrolment says, written by the server and read by the phone: the server and a code.

tungnha:enrol?server=https%3A%2F%2Ftramyte.example.vn&code=K7QF3MXD
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

SCHEME, DEED = "tungnha", "enrol"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A server's address, and the code that joins one phone to it once."""

    server: str
    code: str

    def as_text(self) -> str:
        """What stands in the QR code."""
        return f"{SCHEME}:{DEED}?" + urlencode({"server": self.server, "code": self.code})


def read_enrolment(text: str) -> Enrolment | None:
    """The reverse of `as_text`; None for any other text: a box's code, an address, a part of it."""
    try:
        address = urlsplit(text.strip())
        said = parse_qs(address.query, strict_parsing=True)
    except ValueError:
        return None
    if (address.scheme, address.path) != (SCHEME, DEED) or {len(values) for values in said.values()} != {1}:
        return None
    server, code = (said.get(name, [""])[0].strip() for name in ("server", "code"))
    return Enrolment(server, code) if server and code else None
