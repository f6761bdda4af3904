"""What must come of the story: which mails are answered how, who is reminded, what is decided.

Worked out from the rules as the notice and mailbot/README.md tell them. Nothing here or in
`dossiers` imports mailbot: where model and program disagree, one of them is wrong.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from make.season.cast import OFFICE, SLOTS, Deed, Letter, Story
from make.season.dossiers import Came, Dossiers

SETTLE = timedelta(seconds=120)
REMINDER_DAYS = (-5, -1, 1)


@dataclass
class Owed:
    """An open reply: to one address, about one unit (None: unknown)."""

    unit: str | None
    address: str
    due: datetime
    answers: list[Came] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """A mail that must have left: its kind, receiver, and the tags of the letters it answers."""

    kind: str
    address: str
    answers: frozenset[str] = frozenset()


def _names(letter: Letter) -> set[str]:
    return {piece.name for piece in letter.pieces}


class Model(Dossiers):
    """Told of every letter, pass and deed in order; asked what must be so."""

    def __init__(self, story: Story) -> None:
        super().__init__(story)
        self.owed: list[Owed] = []
        self.sent: list[Sent] = []
        self.on_hold: list[str] = []
        self.dead: set[str] = set()
        self.refused: dict[str, Sent] = {}  # address → the reply its server refused
        self.refusing = set(story.refusing)
        self.quarantined: list[Came] = []
        self.reminded: set[tuple[str, int]] = set()
        self.trail: list[tuple[str, str]] = []
        self.first_correction: dict[str, datetime] = {}
        self.waiting: list[tuple[str, str]] = []  # reminders that nobody has approved
        self._tries: dict[str, int] = {}
        self._alerts = 0

    def _bind(self, address: str, unit: str) -> None:
        known = unit in self.listed.values() or any(one == unit for one, _ in self.bound.values())
        if not known and address not in self.listed and address not in self.bound:
            self.bound[address] = (unit, "provisional")

    # ---- what happens ---------------------------------------------------------------------

    def deliver(self, letter: Letter) -> Came:
        """The server has taken a letter; the ledger will number it in this order."""
        came = Came(letter, len(self.came) + 1)
        self.came.append(came)
        return came

    def tick(self, now: datetime) -> None:
        """One pass: examine what is new, then send what is due."""
        self.sent += [Sent("alert", OFFICE)] * self._alerts
        self._alerts = 0
        for came in self.came:
            if came.examined_at is None and came not in self.quarantined:
                self._examine(came, now)
        for one in [one for one in self.owed if one.due <= now]:
            if one.unit in self.on_hold:
                continue
            self.owed.remove(one)
            self._answer(one, now)

    def _examine(self, came: Came, now: datetime) -> None:
        letter = came.letter
        if any(piece.name in self.story.broken for piece in letter.pieces):
            tries = self._tries.get(letter.tag, 0) + 1
            self._tries[letter.tag] = tries
            if tries > 3:
                self.quarantined.append(came)
                self.sent.append(Sent("alert", OFFICE))
            return
        came.examined_at = now
        if letter.sort != "bounce":  # who writes, proven as all are here, is not dead
            self.dead.discard(letter.sender)
        if letter.sort in ("automatic", "bounce", "office"):
            came.no_answer = letter.sort
            if letter.sort == "bounce":
                self.dead.add(letter.of)
            if letter.sort == "automatic":
                came.unit, _ = self.unit_of_address(letter.sender)
            return
        if letter.sort == "codes":  # it brings nothing and asks nothing: a person reads it
            came.no_answer = "nothing"
            return
        came.unit, came.why_held = self._attribute(letter)
        if letter.sort == "twin":
            came.no_answer, came.why_held = "twin", ""
            return
        if letter.sort == "bcc":
            came.no_answer = "bcc"
        came.counts = came.unit is not None
        if came.unit is not None and letter.sort != "enquiry":
            self._bind(letter.sender, came.unit)
        if not came.no_answer:
            self._owe(came.unit, letter.sender, came, now)
        if came.unit is not None:
            complete = self.state(came.unit) == "complete"
            due = now if complete else min(letter.at, now) + SETTLE
            for one in self.owed:
                if one.unit == came.unit:
                    one.due = due
        elif not came.no_answer:
            self._open(None, letter.sender, now).due = min(letter.at, now) + SETTLE

    def _attribute(self, letter: Letter) -> tuple[str | None, str]:
        own, standing = self.unit_of_address(letter.sender)
        if letter.sort == "enquiry":
            if own is None:
                return None, "查询待核"
            return own, ""
        if own and letter.names and own != letter.names:
            return None, "单位冲突"
        unit = own if standing == 2 else letter.names or own
        return (unit, "") if unit else (None, "单位不明")

    def _open(self, unit: str | None, address: str, now: datetime) -> Owed:
        for one in self.owed:
            if (one.unit, one.address) == (unit, address):
                return one
        self.owed.append(Owed(unit, address, now))
        return self.owed[-1]

    def _owe(self, unit: str | None, address: str, came: Came, now: datetime) -> None:
        answers = self._open(unit, address, now).answers
        if came not in answers:
            answers.append(came)

    def _answer(self, owed: Owed, now: datetime) -> None:
        if owed.address in self.dead:
            for one in owed.answers:
                one.no_answer = "dead"
            return
        kind = self._kind(owed.unit)
        tags = frozenset(one.letter.tag for one in owed.answers)
        sent = Sent(kind, owed.address, tags)
        for one in owed.answers:
            one.answered = True
        if owed.address in self.refusing:
            self.refusing.discard(owed.address)
            self.refused[owed.address] = sent
            self._alerts += 1  # the next pass tells the office
            return
        if kind == "correction" and owed.unit:
            self.first_correction.setdefault(owed.unit, now)
        self.sent.append(sent)

    def _kind(self, unit: str | None) -> str:
        if unit is None:
            return "acknowledgement"
        if self.state(unit) == "complete":
            return "receipt"
        verdicts = {self.slot(unit, slot).verdict for slot in SLOTS}
        return "correction" if verdicts & {"missing", "rejected"} else "acknowledgement"

    # ---- decisions ------------------------------------------------------------------------

    def decide(self, deed: Deed, now: datetime) -> None:
        """The office has decided."""
        getattr(self, "_" + deed.action.replace(" ", "_"))(deed, now)

    def _note(self, action: str, subject: str) -> None:
        self.trail.append((action, subject))

    def _assign(self, deed: Deed, now: datetime) -> None:
        came = self.of(deed.letter)
        self._note("assign", f"{came.number} {deed.unit}")
        self._bind(came.letter.sender, deed.unit)
        came.unit, came.counts, came.why_held, came.assigned = deed.unit, True, "", True
        self._owe(deed.unit, came.letter.sender, came, now)

    def _unit_address(self, deed: Deed, now: datetime) -> None:
        self._note("unit address", f"{deed.unit} {deed.address}")
        self.listed[deed.address] = deed.unit
        for came in self.came:
            if came.letter.sender == deed.address and came.why_held == "单位不明":
                came.unit, came.counts, came.why_held = deed.unit, True, ""
        self._fresh(deed.unit, now)

    def _ruling(self, deed: Deed, now: datetime) -> None:
        self._note(deed.action, f"{deed.unit} {deed.slot}")
        self.rulings.append(Deed(**{**vars(deed), "at": now}))
        brought = [
            one.letter.sender
            for one in self.came
            if deed.file and one.unit == deed.unit and deed.file in _names(one.letter)
        ]
        self._fresh(deed.unit, now, brought[-1] if brought else "")

    _accept = _reject = _waive = _ruling

    def _fresh(self, unit: str, now: datetime, about: str = "") -> None:
        """A fresh reply to who brought the file that was decided about, else to whoever wrote last
        for the unit: of its own addresses, else of the one that speaks for it for the time being,
        else of all."""
        answerable = [
            one
            for one in self.came
            if one.unit == unit and one.counts and not one.no_answer and one.examined_at
        ]
        newest = sorted(answerable, key=lambda came: (came.letter.at, came.number))[::-1]
        for one in sorted(
            newest,
            key=lambda came: (came.letter.sender != about, self._rank(came.letter.sender, unit)),
        ):
            if one.letter.sender not in self.dead:
                self._owe(unit, one.letter.sender, one, now)
                return

    def _rank(self, address: str, unit: str) -> int:
        if address in self.listed:
            return 0 if self.listed[address] == unit else 2
        whose, status = self.bound.get(address, ("", ""))
        return 2 if whose != unit else 0 if status == "confirmed" else 1

    def tell_anew(self, unit: str, now: datetime) -> None:
        """The rules were changed and the unit's result with them."""
        self._fresh(unit, now)

    def _confirm(self, deed: Deed, now: datetime) -> None:
        addresses = [deed.address] if deed.address else self.provisional()
        for address in addresses:
            self._note("confirm", address)
            self.bound[address] = (self.bound[address][0], "confirmed")

    def _hold(self, deed: Deed, now: datetime) -> None:
        target = deed.unit or str(self.of(deed.letter).number)
        self._note("hold", target)
        if deed.letter and self.of(deed.letter).no_answer == "nothing":
            self.of(deed.letter).no_answer = "read"
            return
        self.on_hold.append(target)

    def _release(self, deed: Deed, now: datetime) -> None:
        if deed.unit:
            self._note("release", deed.unit)
            self.on_hold.remove(deed.unit)
            return
        came = self.of(deed.letter)
        self._note("release", str(came.number))
        if str(came.number) in self.on_hold:
            self.on_hold.remove(str(came.number))
            return
        came.no_answer = ""
        self._owe(came.unit, came.letter.sender, came, now)

    def _retry(self, deed: Deed, now: datetime) -> None:
        came = self.of(deed.letter)
        self._note("retry", str(came.number))
        self.quarantined.remove(came)
        self._alerts += not self.quarantined  # that it is over is told, too
        self.story.broken.clear()

    def _resend(self, deed: Deed, now: datetime) -> None:
        """What was refused goes as it was; what bounced goes as a copy."""
        self._note("resend", "")
        self.dead.discard(deed.address)
        self._alerts += set(self.refused) == {deed.address}
        again = self.refused.pop(deed.address, None) or next(
            one for one in reversed(self.sent) if one.address == deed.address
        )
        self.sent.append(again)
        units = {one.unit for one in self.came if one.letter.tag in again.answers and one.unit}
        if again.kind == "correction":
            for unit in units:
                self.first_correction.setdefault(unit, now)

    def _unit_add(self, deed: Deed, now: datetime) -> None:
        self._note("unit add", deed.unit)
        self.units.append(deed.unit)
        self.groups[deed.unit] = deed.text

    def _unit_alias(self, deed: Deed, now: datetime) -> None:
        self._note("unit alias", f"{deed.unit} {deed.text}")

    # ---- reminders ------------------------------------------------------------------------

    def remind(self, day: int) -> list[tuple[str, str]]:
        """Units and addresses to be reminded `day` days after the deadline's."""
        due: list[tuple[str, str]] = []
        # Who could not be reminded on the day is on the next one.
        of = max((one for one in REMINDER_DAYS if 0 <= day - one <= 1), default=None)
        for unit in self.units if of is not None else ():
            verdicts = {self.slot(unit, slot).verdict for slot in SLOTS}
            address = self._reminder_address(unit)
            if verdicts & {"missing", "rejected"} and address and (unit, of) not in self.reminded:
                due.append((unit, address))
        return due

    def queue_reminders(self, day: int, *, approved: bool) -> None:
        """Today's are in the outbox, and leave at once or when a person says so."""
        due = self.remind(day)
        if not due:
            return
        of = max(one for one in REMINDER_DAYS if 0 <= day - one <= 1)
        self.reminded |= {(unit, of) for unit, _ in due}
        if approved:
            self.sent += [Sent("reminder", address) for _, address in due]
        else:
            self.waiting = due

    def _approve(self, deed: Deed, now: datetime) -> None:
        self._note("approve", deed.text)
        self.sent += [Sent("reminder", address) for _, address in self.waiting]
        self.waiting = []

    def _reminder_address(self, unit: str) -> str:
        listed = [one for one, whose in self.listed.items() if whose == unit]
        bound = {one: status for one, (whose, status) in self.bound.items() if whose == unit}
        sure = listed + [one for one, status in bound.items() if status == "confirmed"]
        known = [one for one in sure or list(bound) if one not in self.dead]
        wrote = [
            one.letter.sender
            for one in sorted(self.came, key=lambda came: (came.letter.at, came.number))
            if one.unit == unit and one.letter.sender in known
        ]
        return wrote[-1] if wrote else known[0] if known else ""
