"""What stands in the ledger, as plain data: the nouns that go in and come out of its rows.

`judgement` decides by them without knowing a database, `ledger` stores them without a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailbot.model import CloudLink, Judged, Message, NoAnswer

AddressStatus = Literal["listed", "confirmed", "provisional", ""]
Role = Literal[
    "viewer", "clerk", "admin"
]  # of a user of the console; each may what the one before may


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """Whose address it is, and how we know: of units.csv, by a person, or by its own word."""

    status: AddressStatus = ""
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What examining one arrival found."""

    message: Message
    judged: tuple[Judged, ...]
    unit: str | None
    unit_source: str
    held_reasons: tuple[str, ...]
    no_answer: NoAnswer | None
    counts: bool  # its files belong to the unit's dossier
    defects: tuple[str, ...]
    duplicate_of: int | None = None
    enquiry: bool = False
    sender_doubt: str = ""  # inbox.screening.sender.SenderDoubt
    signatures: tuple[str, ...] = ()  # digests of those that can speak for its author


@dataclass(frozen=True, slots=True)
class EarlierMail:
    """An examined arrival that may be the same message as another: by its octets, or by its
    sender and its Message-ID or his signature."""

    arrival: int
    same_octets: bool
    contents: tuple[str, ...]  # SHA-256 of its top-level files


@dataclass(frozen=True, slots=True)
class Brought:
    """What one arrival brought to a dossier, and from where."""

    arrival: int
    arrived_at: datetime
    address: str
    sender_doubt: str
    files: tuple[Judged, ...]
    links: tuple[CloudLink, ...] = ()
    # SHA-256 and URLs that the sender took back, and when.
    withdrawn: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that a person corrected: what stands in the field of this file, whatever was read.

    Of several about one field the last stands.
    """

    slot: str
    sha256: str
    field: str  # its key
    text: str
    by: str
    decided_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SlotDecision:
    """What a person decided about one slot of the unit, and when.

    accept: the file counts, whatever was found in it and whoever sent it. reject: the file does
    not count and is asked for again; without a file it takes a waiver back. waive: the slot is
    not asked of this unit. Of several about one file the last stands.
    """

    slot: str
    ruling: Literal["accept", "reject", "waive"]
    decided_at: datetime
    sha256: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SentMail:
    """An earlier mail of an address, as far as a later one can name it."""

    arrival: int
    subject: str
    message_id: str
    unit: str | None
    contents: tuple[tuple[str, str], ...]  # (name, SHA-256) of files, (name, URL) of links
    withdrawn: frozenset[str] = frozenset()  # those it took back already
    proven: bool = False  # our server stated that its sender is who he says
    was_answered: bool = True  # or is to be


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What an address sent before, and what it heard from us."""

    sent: tuple[SentMail, ...] = ()  # newest first
    seen: frozenset[str] = frozenset()  # SHA-256 of its files and texts, URLs of its links
    answered_at: datetime | None = None  # our last reply to it
    courtesy_at: datetime | None = None  # the last that answered nothing new


@dataclass(frozen=True, slots=True)
class UnitOnRecord:
    """What the ledger has of one unit, and of one address that speaks for it or wants to."""

    unit: str
    brought: tuple[Brought, ...]  # all that counts for its dossier
    rulings: tuple[SlotDecision, ...]
    addresses: Mapping[str, AddressRecord]  # of every sender among `brought`
    is_bound: bool  # an address is on record for it
    unnamed: tuple[Brought, ...] = ()  # mails of the address that named no unit at all
    unanswered: frozenset[int] = frozenset()  # those of them whose reply is not composed yet
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class AtRest:
    """One arrival as far as the question goes whether its octets may be removed."""

    arrival: int
    arrived_at: datetime
    state: str
    settled: bool  # answered, to be answered, or with a reason for no answer
    reply_waits: bool  # its answer is not composed, or has not left for good
    duplicate_of: int | None
    held: bool  # it waits for a person to say whose it is
    files: tuple[Judged, ...]
    spool_path: str
    sha256: str  # of the file at `spool_path`

    @property
    def contents(self) -> set[str]:
        """The hashes of everything it brought."""
        return {one.sha256 for top in self.files for one in top.walk()}
