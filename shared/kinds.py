"""Kinds of entries, each declared once (in `shared.records`), never twice under one name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.checker import Check, compile_check
from shared.entries import Entry
from shared.faults import Fault
from shared.lists import Body

#: The kind that withdraws an event of any other kind.
VOID = "void"

#: A rule looks at one entry and says what is wrong with it. It asks no clock and no database.
Rule = Callable[[Entry], Iterable[Fault]]


@dataclass(frozen=True)
class Kind:
    """What one kind of entry is.

    `nature`: a *register* kind describes something that changes (first entry whole, later entries carry
    changed fields); an *event* kind happened once (corrected only by another event that names it).
    `authors`: roles that may write it. `streams`: where it is delivered: ``place`` is the stream of the
    envelope's place, ``home`` that of the person's home village; `people` says where those persons stand:
    in the envelope (``subject``) or in fields of the body that every entry of the kind carries; `together` is
    the field and value that make them one, so that each is heard of at the homes of all. `reference`
    kinds describe the programme; they stand in the province's stream and reach every phone. `urgent` says whether
    an entry of the kind is sent before what was recorded earlier (R027); None: none of them is. `sites` are fields of
    the body, in every entry of the kind, that name further places whose streams hear of it.
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
    people: tuple[str, ...] = ("subject",)
    together: tuple[str, str] | None = None
    urgent: Callable[[Entry], bool] | None = None
    sites: tuple[str, ...] = ()
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
        """Whether it is about persons, whose home villages must hear of it."""
        return "home" in self.streams

    def people_of(self, entry: Entry) -> tuple[str, ...]:
        """The persons whose home villages must hear of an entry of this kind.

        A withdrawal is about whoever the entry it withdraws is about: its body says of which kind that is.
        """
        if not self.about_person:
            return ()
        if self.name == VOID:
            of = KINDS.get(entry.body["of"])
            return (entry.subject,) if of and of.about_person and of.people == ("subject",) else ()
        if self.people == ("subject",):
            return (entry.subject,)
        return tuple(sorted({entry.body[name] for name in self.people if entry.body.get(name)}))

    def streams_of(self, entry: Entry) -> set[str]:
        """The streams of places that hear of an entry of this kind, homes aside."""
        return {entry.place, *(entry.body[name] for name in self.sites)}

    def cannot_wait(self, entry: Entry) -> bool:
        """Whether an entry of this kind is sent before what was recorded earlier."""
        return self.urgent is not None and self.urgent(entry)

    def joins(self, entry: Entry) -> bool:
        """Whether an entry says that the persons it names belong together."""
        return self.together is not None and entry.body.get(self.together[0]) == self.together[1]

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
