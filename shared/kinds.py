"""Kinds of entries, each declared once (in `shared.records`), never twice under one name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.checker import Check, compile_check
from shared.entries import Entry
from shared.faults import Fault
from shared.lists import Body

#: A rule looks at one entry and says what is wrong with it. It asks no clock and no database.
Rule = Callable[[Entry], Iterable[Fault]]


@dataclass(frozen=True)
class Kind:
    """What one kind of entry is.

    `nature`: a *register* kind describes something that changes (first entry whole, later entries carry
    changed fields); an *event* kind happened once (corrected only by another event that names it).
    `authors`: roles that may write it. `streams`: where it is delivered: ``place`` is the stream of the
    envelope's place, ``home`` that of the person's home village. `reference` kinds describe the
    programme; they stand in the province's stream and reach every phone.
    """

    name: str
    version: int
    nature: Literal["register", "event"]
    labels: tuple[str, str]
    schema: type[Body]
    authors: frozenset[str]
    streams: tuple[Literal["place", "home"], ...] = ("place",)
    rules: tuple[Rule, ...] = ()
    reference: bool = False
    check_whole: Check = field(init=False, repr=False)
    check_changes: Check = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "check_whole", compile_check(self.schema))
        object.__setattr__(self, "check_changes", compile_check(self.schema, partial=True))

    def label(self, lang: str) -> str:
        """The kind as people read it."""
        return self.labels[1 if lang == "en" else 0]

    @property
    def about_person(self) -> bool:
        """Whether the subject is a person, whose home village must hear of it."""
        return "home" in self.streams

    def field_label(self, name: str, lang: str) -> str:
        """A body field as people read it."""
        return self.schema.record_fields()[name].label(lang)


KINDS: dict[str, Kind] = {}


def declare(kind: Kind) -> Kind:
    """Register a kind. A name in use, or one of a reference kind delivered to homes, is a programming error."""
    if kind.name in KINDS:
        raise ValueError(f"kind {kind.name!r} is declared twice")
    KINDS[kind.name] = kind
    return kind


def option_label(kind: str, name: str, code: Any, lang: str) -> str:
    """The label of an option of a choice field, also inside lines; the code itself when it has none."""
    from shared.fields import Choice
    from shared.lists import Lines, Many

    pending = list(KINDS[kind].schema.record_fields().items())
    while pending:
        found, declared = pending.pop()
        if isinstance(declared, Lines):
            pending += declared.line.record_fields().items()
        inner = declared.inner if isinstance(declared, Many) else declared
        if found == name and isinstance(inner, Choice):
            return inner.option_label(code, lang)
    return str(code)
