"""Who sends and decides what, and when: 60 units (and one that is added), 1 June to 10 July 2017.

Most units follow one of a few courses on days drawn from a fixed seed; the others are there each
for one rule. Units are numbered by their place in units.csv; every third has a listed address.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from make.season.cast import OFFICE, Deed, Letter, Piece, Story

UNITS = 60
DAYS = 40
ADDED = "市轨道集团"
_CALM = (0, 1, 2, 4, 5, 7, 8, 27, 56, 57, 58, 59)  # everything in one mail
_IN_PARTS = (21, 26, 50, 51)  # three mails on three days
_MENDED = (52, 53, 54, 55)  # something wrong, mended before the deadline
_MENDED_LATE = (31, 32, 33, 34)
_NEVER_MENDED = (35, 36, 37)
_LATE, _LATE_AND_PARTLY = (38, 39), (40, 41)
_FAULTS = ("form", "photo", "video", "summary")
_ENDINGS = ("mp4", "avi", "mpg", "mts")


def write_story(
    opening: datetime, deadline: datetime, units: Sequence[str], groups: dict[str, str]
) -> Story:
    """The whole campaign; `opening` is the first day's midnight."""
    chosen = list(units[:UNITS])
    listed = {unit: address(number) for number, unit in enumerate(chosen) if number % 3 == 0}
    story = Story(opening, deadline, chosen, groups, listed)
    writer = _Writer(story)
    _courses(writer)
    _decided(writer)
    _faults_of_the_world(writer)
    _settled_by_mail(writer)
    story.letters.sort(key=lambda one: one.at)
    story.deeds.sort(key=lambda one: one.at)
    story.silent_days = {22}
    story.late_starts = {20: 14}
    return story


def address(number: int) -> str:
    """The unit's own address."""
    return f"u{number:02d}@units.example"


class _Writer:
    """Makes letters and deeds; every piece is another file."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.chance = random.Random(2017)
        self._serial = 0

    def moment(self, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
        return self.story.opening + timedelta(days=day, hours=hour, minutes=minute, seconds=second)

    def slot(self, day: int) -> datetime:
        """One of the day's three post times."""
        return self.moment(day, self.chance.choice((10, 15, 21)))

    def piece(self, slot: str, number: int, grade: str = "good", odd: str = "") -> Piece:
        self._serial += 1
        unit = self.story.units[number] if number < UNITS else "轨道公司"
        serial = self._serial
        ending = {"photo": "jpg", "video": _ENDINGS[serial % 4], "form": "xlsx", "link": "mp4"}.get(
            slot, "docx"
        )
        if slot == "video" and grade == "bad":
            ending = "mp4"
        if slot == "form" and grade == "good" and not odd and serial % 2:
            ending = "docx"
        label = {"form": "统计表", "plan": "演练方案", "summary": "演练评估总结", "photo": "现场"}
        named = {"video": "演练视频", "link": "演练视频", "other": "应急预案"}
        figures = (1 + serial % 7, 40 + 13 * (serial % 17), round(0.3 * (serial % 11) + 0.5, 1))
        return Piece(
            slot=slot,
            grade=grade,
            name=f"{(label | named)[slot]}{serial}.{ending}",
            unit=f"{unit}城管局" if grade == "held" else unit,
            serial=serial,
            figures=figures,
            odd=odd,
        )

    def letter(
        self,
        number: int,
        at: datetime,
        slots: str,
        *,
        bad: str = "",
        odd: str = "",
        reports: bool = False,
        tag: str = "",
        sender: str = "",
        anonymous: bool = False,
        held: str = "",
        sort: str = "material",
        subject: str = "",
    ) -> Letter:
        """A letter of the numbered unit with a piece for each of `slots`."""
        unit = self.story.units[number] if number < UNITS else "轨道公司"
        pieces = tuple(
            self.piece(
                slot,
                number,
                "bad" if slot == bad else "held" if slot == held else "good",
                odd if slot == {"sums": "form", "season": "photo"}.get(odd) else "",
            )
            for slot in slots.split()
        )
        made = Letter(
            tag=tag or f"{number}-{len(self.story.letters)}",
            at=at,
            sender=sender or address(number),
            subject=subject or ("应急演练材料" if anonymous else f"{unit}报送应急演练材料"),
            names="" if anonymous else self.story.units[number] if number < UNITS else ADDED,
            pieces=pieces,
            reports=reports,
            sort=sort,
        )
        self.story.letters.append(made)
        return made

    def whole(self, number: int, at: datetime, **options: str) -> Letter:
        """A letter with everything."""
        return self.letter(number, at, "form plan summary photo video", reports=True, **options)  # type: ignore[arg-type]

    def deed(self, at: datetime, action: str, **options: str | bool) -> None:
        self.story.deeds.append(Deed(at, action, **options))  # type: ignore[arg-type]

    def unit(self, number: int) -> str:
        return self.story.units[number]


def _courses(write: _Writer) -> None:
    chance = write.chance
    for number in _CALM:
        write.whole(number, write.slot(chance.randint(2, 33)))
    for number in _IN_PARTS:
        first = chance.randint(4, 18)
        write.letter(number, write.slot(first), "plan summary other")
        write.letter(number, write.slot(first + 3), "form photo", reports=True)
        write.letter(number, write.slot(first + 7), "video", anonymous=True)
    for numbers, latest in ((_MENDED, 20), (_MENDED_LATE, 30), (_NEVER_MENDED, 30)):
        for place, number in enumerate(numbers):
            fault = _FAULTS[(place + (2 if numbers is _NEVER_MENDED else 0)) % 4]
            write.whole(number, write.slot(chance.randint(8, latest)), bad=fault)
            if numbers is not _NEVER_MENDED:
                day = 25 + place if numbers is _MENDED else 36 + place % 3
                write.letter(number, write.slot(day), fault)
    for place, number in enumerate(_LATE):
        write.whole(number, write.moment(35 + 2 * place, 15))
    for number, slots in zip(_LATE_AND_PARTLY, ("form plan video", "form photo"), strict=True):
        write.letter(number, write.moment(37, 10), slots, bad="video", reports=True)
    # Two mails of one submission within the silence that is waited for.
    for number, second in ((48, "photo video"), (49, "photo")):
        start = write.moment(12, 15)
        write.letter(number, start, "form plan summary", reports=True)
        write.letter(number, start + timedelta(seconds=150), second)
    write.letter(49, write.moment(16, 10), "video")
    # The last second of the deadline's day counts, the next one does not.
    write.whole(28, write.moment(34, 23, 59, 59))
    write.whole(29, write.moment(35, 0))
    # The video as a link; one unit sends it after all.
    for number, day in ((46, 9), (47, 29)):
        write.letter(number, write.moment(day, 15), "form plan summary photo link", reports=True)
    write.letter(46, write.moment(30, 10), "video")
    # Two units, one photograph; one taken a year before; a table that contradicts itself.
    model, other = write.whole(22, write.moment(14, 10)), write.whole(23, write.moment(14, 15))
    twin = next(one for one in model.pieces if one.slot == "photo")
    where = write.story.letters.index(other)
    pieces = tuple(twin if one.slot == "photo" else one for one in other.pieces)
    write.story.letters[where] = replace(other, pieces=pieces)
    write.whole(24, write.moment(15, 10), odd="season")
    write.whole(25, write.moment(15, 21), odd="sums")
    # A listed address goes before any other that named its unit.
    write.letter(30, write.moment(6, 10), "plan", sender="yi@free.example")
    write.letter(30, write.moment(7, 10), "form plan summary", reports=True)
    write.letter(30, write.moment(8, 10), "photo video")


def _decided(write: _Writer) -> None:
    """What the office decides by command, at 11 o'clock."""
    eleven = write.moment
    # A mail that names nobody is assigned; its sender then speaks for the unit.
    write.letter(
        10,
        eleven(5, 10),
        "plan summary photo",
        tag="nameless",
        sender="jia@free.example",
        anonymous=True,
    )
    write.deed(eleven(5, 11), "assign", letter="nameless", unit=write.unit(10))
    write.letter(
        10,
        eleven(6, 15),
        "form video",
        reports=True,
        sender="jia@free.example",
        anonymous=True,
    )
    # Two nameless mails come home when the address is entered.
    for day, slots in ((4, "plan"), (5, "summary photo")):
        write.letter(11, eleven(day, 15), slots, sender="yi11@free.example", anonymous=True)
    write.deed(eleven(6, 11), "unit address", unit=write.unit(11), address="yi11@free.example")
    write.letter(
        11, eleven(7, 10), "form video", reports=True, sender="yi11@free.example", anonymous=True
    )
    write.letter(14, eleven(10, 10), "form plan summary photo", reports=True)
    write.deed(eleven(11, 11), "waive", unit=write.unit(14), slot="video", text="未组织现场演练")
    photographed = write.whole(15, eleven(13, 10))
    photo = next(one.name for one in photographed.pieces if one.slot == "photo")
    write.deed(
        eleven(13, 11),
        "reject",
        unit=write.unit(15),
        slot="photo",
        file=photo,
        text="照片并非本次演练",
    )
    write.letter(15, eleven(15, 10), "photo")
    # On hold nothing leaves; released, it does.
    write.deed(eleven(16, 11), "hold", unit=write.unit(16), text="待电话沟通")
    write.letter(16, eleven(16, 15), "form plan", reports=True)
    write.deed(eleven(18, 11), "release", unit=write.unit(16))
    write.letter(16, eleven(19, 10), "summary photo video")
    # A unit that units.csv does not have, under a name that nobody writes in full.
    write.deed(eleven(3, 11), "unit add", unit=ADDED, text="市属企业")
    write.deed(eleven(3, 11), "unit alias", unit=ADDED, text="轨道公司")
    write.whole(UNITS, eleven(3, 15), sender="guidao@units.example")
    write.deed(eleven(4, 11), "confirm", address="guidao@units.example")
    # A mail sent by Bcc is answered when a person says so.
    write.whole(20, eleven(17, 10), sort="bcc", tag="bcc")
    write.deed(eleven(17, 11), "release", letter="bcc")
    # A file that kills the reader three times waits for a person.
    broken = write.whole(19, eleven(11, 15), tag="broken")
    write.story.broken = {broken.pieces[1].name}
    write.deed(eleven(12, 11), "retry", letter="broken")


def _faults_of_the_world(write: _Writer) -> None:
    """Mails that must not be answered, and answers that do not arrive."""
    at = write.moment
    unit = write.unit(26)
    last = max(one.at for one in write.story.letters if one.sender == address(26))
    asked = last.replace(hour=10) - timedelta(days=2)
    write.story.letters += [
        Letter("asks", asked, address(26), "查询", sort="enquiry", body="请问收到了吗？"),
        Letter(
            "spies",
            asked + timedelta(seconds=5),
            "mo@free.example",
            f"{unit}材料查询",
            sort="enquiry",
            names=unit,
            body="请问收到了吗？",
        ),
        Letter(
            "away", at(20, 15), address(27), "自动回复: 补正事项", sort="automatic", body="休假"
        ),
    ]
    write.deed(at(31, 11), "hold", letter="spies", text="身份不明")
    # One letter twice: the server was asked again, or the sender pressed the button again.
    first = next(one for one in write.story.letters if one.sender == address(21))
    again = first.at + timedelta(days=1)
    twin = replace(first, tag="twin", at=again, sort="twin", of=first.tag)
    write.story.letters.append(twin)
    # The unit's only address bounces; then nothing goes there until a person sends again.
    write.letter(17, at(18, 10), "form plan", reports=True)
    bounced = address(17)
    write.story.letters.append(
        Letter("bounce", at(20, 15), "postmaster", "系统退信", sort="bounce", of=bounced)
    )
    write.letter(17, at(19, 15), "summary")
    # A server that takes no mail for an address of ours today.
    write.letter(18, at(21, 10), "form plan summary", reports=True)
    write.story.refusing = {address(18): (554, "DT:SUM 163 smtp")}
    # While the program is down for a day the post comes all the same.
    write.whole(12, at(22, 15))


def _settled_by_mail(write: _Writer) -> None:
    """What the contact settles at 9 o'clock by answering the digest of that morning."""
    nine = write.moment

    def answers(day: int, action: str, **options: str | bool) -> None:
        write.deed(nine(day, 9), action, by_mail=True, **options)

    held = write.whole(3, nine(9, 10), held="form")
    form = held.pieces[0].name
    answers(10, "accept", unit=write.unit(3), slot="form", file=form, text="同意")
    for number, day, words in ((6, 8, "同意"), (9, 10, "退回 请报盖章件")):
        write.whole(number, nine(day, 10))
        other = f"other{number}@free.example"
        newer = write.letter(number, nine(day + 1, 15), "plan", sender=other)
        answers(
            day + 2,
            "reject" if "退回" in words else "accept",
            unit=write.unit(number),
            slot="plan",
            file=newer.pieces[0].name,
            text=words,
        )
    # A listed address of one unit sends for another: a person says whose it is.
    write.letter(13, nine(24, 10), "plan summary", sender=address(12), tag="conflict")
    answers(25, "assign", letter="conflict", unit=write.unit(13))
    write.letter(13, nine(26, 10), "form photo video", reports=True)
    answers(22 + 1, "resend", address=address(18))
    answers(27, "confirm", text="all")
    answers(29, "approve", text="reminder-5")
    answers(33, "release", letter="spies")
    answers(37, "resend", address=address(17))
    # In vain: somebody else's address, a check that failed, a code used, too old, made up.
    answers(28, "confirm", text="all", refused="auth")
    answers(31, "confirm", text="all", refused="reused")
    answers(36, "confirm", text="all", refused="expired")
    answers(30, "confirm", text="all", refused="forged")
    write.story.letters.append(
        Letter(
            "stranger",
            nine(30, 10),
            "boss@office.example",
            "回复：简报",
            sort="codes",
            body="",
        )
    )
    write.deed(nine(32, 11), "hold", letter="stranger", text="冒名")
    assert OFFICE != "boss@office.example"
