"""The model's dossiers: what each unit has sent, by the rules of the notice and mailbot/README.md.

Nothing here imports mailbot.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from make.season.cast import SLOTS, Deed, Letter, Piece, Story


@dataclass
class Came:
    """A letter as the ledger numbers it."""

    letter: Letter
    number: int
    unit: str | None = None
    counts: bool = False
    examined_at: datetime | None = None
    why_held: str = ""  # the digest's word where only a person can tell the unit
    no_answer: str = ""
    answered: bool = False
    assigned: bool = False  # by a person


@dataclass(frozen=True)
class File:
    """A file in a slot; `standing` 2 listed or confirmed, 1 provisional, 0 anybody."""

    came: Came
    piece: Piece | None  # None: the body's text
    grade: str
    standing: int


@dataclass
class Slot:
    """One slot after everything so far."""

    verdict: str = "missing"
    in_force: list[File] = field(default_factory=list)
    filled_at: datetime | None = None
    waived: bool = False
    held: list[File] = field(default_factory=list)
    shown: list[File] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    vouched: list[File] = field(default_factory=list)  # a person accepted them


class Dossiers:
    """What came and was decided, and where every unit stands by it."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.units = list(story.units)
        self.groups = dict(story.groups)
        self.listed = {address: unit for unit, address in story.listed.items()}
        self.bound: dict[str, tuple[str, str]] = {}  # address → unit, provisional or confirmed
        self.came: list[Came] = []
        self.rulings: list[Deed] = []
        self.lenient = False  # 1280×720 is enough

    # ---- what is known of units and addresses ---------------------------------------------

    def unit_of_address(self, address: str) -> tuple[str | None, int]:
        """Whose address it is and its standing."""
        if address in self.listed:
            return self.listed[address], 2
        unit, status = self.bound.get(address, (None, ""))
        return unit, {"confirmed": 2, "provisional": 1}.get(status, 0)

    def provisional(self) -> list[str]:
        """Addresses that a person has still to confirm."""
        return [one for one, (_, status) in self.bound.items() if status == "provisional"]

    def strangers(self) -> list[str]:
        """Addresses beside a unit's own whose files are in force by their own word."""
        return [
            file.came.letter.sender
            for unit in self.units
            for name in SLOTS
            for file in self.of_strangers(self.slot(unit, name))
        ]

    def of_strangers(self, slot: Slot) -> list[File]:
        """What is in force of a slot by the word of anybody alone."""
        return [
            one
            for one in slot.in_force
            if not (one.standing or one.came.assigned or one in slot.vouched)
        ]

    def of(self, tag: str) -> Came:
        """The letter with this tag."""
        return next(one for one in self.came if one.letter.tag == tag)

    # ---- dossiers -------------------------------------------------------------------------

    def slot(self, unit: str, name: str) -> Slot:
        """The slot after all that came and was decided."""
        slot = Slot()
        events: list[tuple[datetime, int, File | Deed]] = [
            (one.came.letter.at, one.came.number, one) for one in self._files(unit, name)
        ]
        events += [
            (one.at, 10**6 + place, one)
            for place, one in enumerate(self.rulings)
            if (one.unit, one.slot) == (unit, name)
        ]
        links = rejected = 0
        for _, _, event in sorted(events, key=lambda each: each[:2]):
            if isinstance(event, Deed):
                rejected += self._rule(slot, event)
                continue
            slot.times.append(event.came.letter.at)
            grade = event.grade
            if name == "video" and grade == "bad" and self.lenient:
                grade = "good"
            if grade == "link":
                links += 1
            elif grade == "bad":
                rejected += 1
            elif grade == "held":
                slot.held.append(event)
            elif not slot.in_force:
                slot.in_force, slot.filled_at = [event], event.came.letter.at
            elif event.standing and event.standing >= max(one.standing for one in slot.in_force):
                accumulates = name in ("photo", "video")
                slot.in_force = [*slot.in_force, event] if accumulates else [event]
            else:
                slot.shown.append(event)
        if slot.in_force or slot.waived:
            slot.verdict = "accepted"
        elif rejected:
            slot.verdict = "rejected"
        elif slot.held:
            slot.verdict = "held"
        elif links:
            slot.verdict = "announced"
        return slot

    def _rule(self, slot: Slot, deed: Deed) -> int:
        if deed.action == "waive":
            slot.waived = True
            return 0
        for pile in (slot.held, slot.shown, slot.in_force):
            for file in [one for one in pile if one.piece and one.piece.name == deed.file]:
                pile.remove(file)
                if deed.action == "reject":
                    slot.filled_at = slot.filled_at if slot.in_force else None
                    return 1
                slot.filled_at = slot.filled_at or file.came.letter.at
                slot.in_force = [file]
                slot.vouched.append(file)
                return 0
        raise AssertionError(deed)

    def _files(self, unit: str, slot: str) -> Iterator[File]:
        for came in self.came:
            letter = came.letter
            if came.unit != unit or not came.counts or letter.sort == "enquiry":
                continue
            owner, standing = self.unit_of_address(letter.sender)
            standing = standing if owner == unit else 0
            for piece in letter.pieces:
                if piece.slot == slot:
                    yield File(came, piece, piece.grade, standing)
                elif piece.slot == "link" and slot == "video":
                    yield File(came, piece, "link", standing)
            if slot == "text" and letter.reports:
                yield File(came, None, "good", standing)

    def state(self, unit: str) -> str:
        """complete, incomplete or nothing."""
        slots = [self.slot(unit, name) for name in SLOTS]
        if all(slot.verdict == "accepted" for slot in slots):
            return "complete"
        return "incomplete" if any(slot.times for slot in slots) else "nothing"

    def first_arrival(self, unit: str) -> datetime | None:
        """When the first material came."""
        times = [time for name in SLOTS for time in self.slot(unit, name).times]
        return min(times, default=None)

    def completed_at(self, unit: str) -> datetime | None:
        """When the last missing material came."""
        if self.state(unit) != "complete":
            return None
        slots = [self.slot(unit, name) for name in SLOTS]
        return max(slot.filled_at for slot in slots if slot.filled_at)

    def punctuality(self, unit: str, now: datetime) -> str:
        """按时 迟报 按时报送、逾期补正 漏报 未报, or pending."""
        over = self.story.deadline + timedelta(seconds=1)
        first, completed = self.first_arrival(unit), self.completed_at(unit)
        if first is None:
            return "none" if now >= over else "pending"
        if first >= over:
            return "late"
        if completed is not None:
            return "supplemented_late" if completed >= over else "on_time"
        return "partial" if now >= over else "pending"

    def form_of(self, unit: str) -> Piece | None:
        """The statistics table in force."""
        files = self.slot(unit, "form").in_force
        return files[-1].piece if files else None
