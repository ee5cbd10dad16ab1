"""What this phone remembers before it is unlocked: how it speaks and how large, never anything of a person."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from mobile.store.vault import write_whole


@dataclass
class Settings:
    """Settings of one phone; `pin_length` is how many dots the lock shows."""

    lang: str = "vi"
    large: bool = False
    telex: bool = True
    pin_length: int = 6
    server: str = ""

    @classmethod
    def load(cls, home: Path) -> "Settings":
        """The settings kept in `home`; the defaults where there are none or they cannot be read."""
        try:
            kept = json.loads(_file(home).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return cls()
        if not isinstance(kept, dict):
            return cls()
        settings = cls()
        for field in fields(cls):
            value = kept.get(field.name)
            if type(value) is type(field.default):
                setattr(settings, field.name, value)
        return settings

    def save(self, home: Path) -> None:
        """Keep them."""
        write_whole(_file(home), json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode())


def _file(home: Path) -> Path:
    return home / "settings.json"
