"""Who this phone is: what the server answered at enrolment."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Identity:
    """The enrolled device and its user. Ids are UUID text.

    `places` are the places the user was given (villages, a station, a team, a district …); `site` is the
    station, team or store the user works at, when there is one; `streams` are followed until a pull answers
    otherwise.
    """

    device: str
    token: str
    server_url: str
    label: str
    user_id: str
    username: str
    full_name: str
    role: str
    places: tuple[str, ...]
    site: str | None
    province: str
    streams: tuple[str, ...]

    @property
    def practice(self) -> bool:
        """Whether this is nobody's phone: it has no server to speak to, only made-up data to practise on (R083)."""
        return not self.server_url

    def as_text(self) -> str:
        """JSON text, as kept in the encrypted database."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Identity:
        """The reverse of `as_text`."""
        values: dict[str, Any] = json.loads(text)
        values["places"] = tuple(values["places"])
        values["streams"] = tuple(values["streams"])
        return cls(**values)
