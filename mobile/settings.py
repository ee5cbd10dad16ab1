"""What this phone remembers before it is unlocked: how it speaks and how large, never anything of a person."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from mobile.forms.composing import OFF, TELEX, WAYS
from mobile.store.vault import write_whole

#: After how many minutes without a touch a phone may be set to lock.
LOCK_AFTER_MIN = (2, 5, 10)


@dataclass
class Settings:
    """Settings of one phone, for all its accounts. `typing` is one of WAYS, `sun` asks for the most contrast; after
    `lock_after_min` without a touch it locks; `automatic` False: it syncs only when somebody presses the button (L22).
    """

    lang: str = "vi"
    large: bool = False
    typing: str = TELEX
    sun: bool = False
    lock_after_min: int = 5
    automatic: bool = True
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
        if kept.get("telex") is False and "typing" not in kept:
            settings.typing = OFF  # written before VNI was offered
        if settings.typing not in WAYS:
            settings.typing = TELEX
        if settings.lock_after_min not in LOCK_AFTER_MIN:
            settings.lock_after_min = cls.lock_after_min
        return settings

    def save(self, home: Path) -> None:
        """Keep them."""
        write_whole(_file(home), json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode())


def _file(home: Path) -> Path:
    return home / "settings.json"
