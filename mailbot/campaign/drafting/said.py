"""What was found in a notice: values with the sentence they come from, and why they are guesses."""

from dataclasses import dataclass, field
from datetime import datetime

from mailbot.campaign.drafting.bounds import Figure


@dataclass(frozen=True, slots=True)
class Said:
    """A value with the sentence it comes from and, where it is a guess, why."""

    value: str
    source: str = ""
    guess: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A day until which something is to be sent; `weight`: how surely it is the deadline."""

    moment: datetime
    source: str
    weight: int
    guess: str = ""
    before: str = ""  # its own clause, up to the day
    behind: str = ""  # and from the day on


@dataclass(frozen=True, slots=True)
class Asked:
    """A material as the notice names it."""

    slot: str
    kind: str  # "": as the shipped slots have it
    label: str
    source: str
    required: bool = True
    guess: str = ""
    groups: tuple[str, ...] = ()  # whom alone it is asked of, in the notice's word
    spared: tuple[str, ...] = ()  # whom it is not asked of
    titles: tuple[str, ...] = ()  # other words it goes by
    formats: tuple[str, ...] = ()  # what tells it from its twin: Word's table, its sealed copy
    editable: tuple[str, ...] = ()  # what the twin without a seal is to come as
    pictured: bool = False  # a scan or a photograph will do
    minimum: int = 0  # files; 0: not said
    maximum: int = 0
    pages: tuple[int, int] = (0, 0)
    words: tuple[int, int] = (0, 0)  # how long at least and at most; 0: not said
    words_source: str = ""  # the sentence, where it is another one
    words_guess: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """How files of a material are to be named: what the name holds."""

    slot: str  # "any" where the sentence names none
    contains: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that was found in a notice."""

    title: Said
    document_number: Said
    issuer: Said
    contact: Said
    phone: Said
    mailboxes: tuple[Said, ...]
    year: int
    deadlines: tuple[Due, ...]  # the likeliest first
    materials: tuple[Asked, ...]
    figures: tuple[Figure, ...]
    names: tuple[Named, ...]
    form_title: Said
    issued: datetime | None = None
    text: str = field(repr=False, default="")
    sentences: tuple[str, ...] = field(repr=False, default=())
    paragraphs: tuple[tuple[str, ...], ...] = field(repr=False, default=())  # of listed materials
