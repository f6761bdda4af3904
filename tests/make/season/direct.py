"""mailbot living through the story, beside the model; what was read is kept for the tests."""

import csv
import json
import re
import shutil
import threading
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.campaign.folder import load_campaign
from mailbot.clock import FrozenClock
from mailbot.ledger.store import open_ledger
from mailbot.settings.sources import load_settings
from mailbot.workflow.scheduler import Loop
from mailbot.workflow.tick import Office
from make.fake_mailbox import FakeMailbox
from make.office import OUR_ADDRESS, a_mail, opened, text_of
from make.season.cast import OFFICE, SLOTS, Deed, Letter
from make.season.digest import day_before, expect_digest, read_digest
from make.season.files import message_id, octets_of
from make.season.model import Model, Sent
from make.season.play import Post, Reader, Season
from make.season.story import DAYS, UNITS, write_story

PASSED = {
    "Received": "from mx.office.example (unknown [192.0.2.1]) by zwqz-mx-mta-g1-0 (Coremail) with"
    " SMTP id _____wBnA1xYz1plb1--.32572S2; Mon, 03 Jul 2017 09:12:01 +0800 (CST)",
    "X-CM-TRANSID": "_____wBnA1xYz1plb1--.32572S2",
    "Authentication-Results": "zwqz-mx-mta-g1-0; spf=pass smtp.mail=duty@office.example; dkim=none",
}
FAILED = PASSED | {
    "Authentication-Results": "zwqz-mx-mta-g1-0; spf=fail smtp.mail=duty@office.example; dkim=none"
}
_POLLS = (60, 180, 360)  # seconds after the post time
_SETTINGS = """
[maildir]
path = "mail"
[smtp]
host = "127.0.0.1"
from_address = "{ours}"
[campaign]
rules = "rules"
[schedule]
reminders = "{reminders}"
[office]
addresses = ["{office}"]
alerts = true
trust_unverified_from = true
"""


def live_through(folder: Path, rules: Path) -> Season:
    """The whole campaign, in a minute or two."""
    shutil.copytree(rules, folder / "rules")
    groups = _all_are_expected(folder / "rules" / "units.csv")
    campaign = load_campaign(folder / "rules")
    opening = datetime.combine(campaign.opening, datetime.min.time(), campaign.zone)
    story = write_story(opening, campaign.deadline, list(groups), groups)
    _list_addresses(folder / "rules" / "units.csv", story.listed)
    season = Season(
        folder,
        story,
        Model(story),
        FrozenClock(opening),
        FakeMailbox(),
        Post(story.refusing),
    )
    _Director(season).run()
    return season


def _all_are_expected(path: Path) -> dict[str, str]:
    """The first sixty units of units.csv have to report, the others not; unit → group."""
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    for place, row in enumerate(rows):
        row["expected"] = "yes" if place < UNITS else "no"
    _write_units(path, rows)
    return {row["unit"]: row["group"] for row in rows[:UNITS]}


def _list_addresses(path: Path, listed: dict[str, str]) -> None:
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    for row in rows:
        row["addresses"] = listed.get(row["unit"], "")
    _write_units(path, rows)


def _write_units(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


class _Director:
    """Lets the days pass."""

    def __init__(self, season: Season) -> None:
        self.season, self.story, self.model = season, season.story, season.model
        self._stack = ExitStack()
        self._office: Office | None = None
        self._loop: Loop | None = None
        self._letters = list(self.story.letters)
        self._read = 0  # mails of the post that were compared
        self._told = 0  # mails of the model that were compared
        self._last_digest: datetime | None = None
        self._reminders = "approve"
        self._answers = 0

    # ---- the program, started and stopped -------------------------------------------------

    def _start(self) -> None:
        season = self.season
        path = season.folder / "mailbot.toml"
        path.write_text(
            _SETTINGS.format(ours=OUR_ADDRESS, reminders=self._reminders, office=OFFICE), "utf-8"
        )
        settings = load_settings(path)
        ledger = self._stack.enter_context(open_ledger(settings.paths.data))
        self._office = Office(
            settings=settings,
            campaign=load_campaign(season.folder / "rules"),
            ledger=ledger,
            mailbox=season.box,
            pool=Reader(self.story.broken),
            transport=season.post,
            clock=season.clock,
        )
        self._loop = Loop(self._office, threading.Event())

    def _stop(self) -> None:
        self._stack.close()
        self._office = self._loop = None

    # ---- days -----------------------------------------------------------------------------

    def run(self) -> None:
        self._start()
        try:
            for day in range(DAYS):
                self._day(day)
        finally:
            self._stop()

    def _day(self, day: int) -> None:
        midnight = self.story.opening + timedelta(days=day)
        down = day in self.story.silent_days
        starts = self.story.late_starts.get(day, 8)
        if down or starts > 8 or day == 30:
            self._stop()
            self._reminders = "live" if day >= 30 else "approve"
        if down:
            return
        if self._office is None:
            self._at(midnight + timedelta(hours=starts))
            self._start()
            self._tick()
        if day == 35:  # what came in the deadline's last second, and after
            self._post_time(midnight)
        self._at(midnight + timedelta(hours=max(starts, 8), minutes=30))
        self._morning()
        for hour in (9, 10, 11, 15, 21):
            if day == 38 and hour == 15:
                self._new_rules(midnight + timedelta(hours=12))
            if hour > starts:
                self._post_time(midnight + timedelta(hours=hour))
        if day % 3 == 0 or day >= 33:
            self._look_at_the_board()

    def _at(self, moment: datetime) -> None:
        clock = self.season.clock
        clock.advance(seconds=(moment - clock.now()).total_seconds())

    def _tick(self) -> None:
        assert self._office is not None
        now = self.season.clock.now()
        self._deliver_until(now)
        self._office.tick()
        self.model.tick(now)

    def _deliver_until(self, now: datetime) -> None:
        while self._letters and self._letters[0].at <= now:
            letter = self._letters.pop(0)
            self.model.deliver(letter)
            of = next((one for one in self.story.letters if one.tag == letter.of), letter)
            assert self._office is not None
            raw = octets_of(of if letter.sort == "twin" else letter, self._office.campaign.form)
            self.season.box.deliver(raw, letter.at)

    def _post_time(self, start: datetime) -> None:
        """Letters and deeds of this hour, three passes, and what left meanwhile."""
        deeds = [one for one in self.story.deeds if one.at == start]
        self._at(start)
        self._strangers_codes(start)
        commands = [one for one in deeds if not one.by_mail]
        for deed in commands:
            self.season.clock.advance(seconds=1)
            self._command(deed)
        by_mail = [one for one in deeds if one.by_mail]
        self._answer_the_digest(by_mail)
        for seconds in _POLLS:
            self._at(start + timedelta(seconds=seconds))
            if seconds == _POLLS[0]:
                for deed in by_mail:
                    if not deed.refused:
                        self.model.decide(deed, self.season.clock.now())
                if by_mail:
                    refused = any(deed.refused == "auth" for deed in by_mail)
                    kind = "warning" if refused else "confirmation"
                    self.model.sent.append(Sent(kind, OFFICE))
            self._tick()
        self._compare(start)
        for deed in by_mail:
            if deed.refused:
                told = [one for one in self.season.post.messages if one.rcpt == OFFICE][-1]
                self.season.refusals.append((deed.refused, text_of(told.raw)))

    def _compare(self, moment: datetime) -> None:
        post, model = self.season.post.messages, self.model.sent
        observed = Counter(_sent(one.rcpt, one.raw) for one in post[self._read :])
        expected = Counter(model[self._told :])
        self._read, self._told = len(post), len(model)
        # In which pass a crash is given up is the pipeline's business; that it is told is ours.
        for told, side in ((0, expected), (1, observed)):
            alerts = {sent: count for sent, count in side.items() if sent.kind == "alert"}
            self.season.alerts[told] += sum(alerts.values())
            side -= Counter(alerts)
        self.season.mails[moment] = (expected, observed)

    # ---- the office -----------------------------------------------------------------------

    def _morning(self) -> None:
        assert self._loop is not None
        now, season = self.season.clock.now(), self.season
        local = now.astimezone(self.story.opening.tzinfo)
        day = (local.date() - self.story.deadline.date()).days
        due = self.model.remind(day)
        if day > -9 or due:
            shown = json.loads(season.command("remind", "--dry-run", "--json"))
            season.reminders[now] = (due, [(one["unit"], one["address"]) for one in shown])
        self.model.queue_reminders(day, approved=self._reminders == "live")
        since = min(self._last_digest or now, day_before(now))
        expected = expect_digest(self.model, now, since, local.date())
        self.model.sent.append(Sent("digest", OFFICE))
        self._loop.morning()
        self._loop.morning()  # a second time on one day there is nothing to do
        self._last_digest = now
        self._compare(now)
        text = text_of([one for one in season.post.messages if one.rcpt == OFFICE][-1].raw)
        season.texts.append((now, text))
        season.digests[now] = (expected, read_digest(text))

    def _command(self, deed: Deed) -> None:
        unit, by = deed.unit, ("--by", "经办人")
        came = self.model.of(deed.letter) if deed.letter else None
        number = str(came.number) if came else ""
        why = ("--reason", deed.text)
        arguments: dict[str, tuple[str, ...]] = {
            "assign": ("assign", number, unit),
            "accept": ("accept", unit, deed.slot, *why),
            "waive": ("waive", unit, deed.slot, *why),
            "reject": ("reject", unit, deed.slot, *why),
            "confirm": ("confirm", deed.address),
            "hold": ("hold", unit or number, *why),
            "release": ("release", unit or number),
            "retry": ("retry", number),
            "unit add": ("unit", "add", unit, "--group", deed.text),
            "unit alias": ("unit", "alias", unit, deed.text),
            "unit address": ("unit", "address", unit, deed.address),
        }
        self.season.command(*arguments[deed.action], *by)
        self.model.decide(deed, self.season.clock.now())

    def _answer_the_digest(self, deeds: list[Deed]) -> None:
        if not deeds:
            return
        lines = []
        for deed in deeds:
            codes, words = self._codes_for(deed)
            lines += [f"{code} {words}" for code in codes]
        self._answers += 1
        refused = deeds[0].refused == "auth"
        letter = Letter(f"answer{self._answers}", self.season.clock.now(), OFFICE, sort="office")
        raw = a_mail(
            "回复：简报",
            "\n".join(lines),
            sender=OFFICE,
            message_id=message_id(letter.tag),
            headers=FAILED if refused else PASSED,
        )
        self.season.box.deliver(raw, letter.at)
        self.model.deliver(letter)

    def _codes_for(self, deed: Deed) -> tuple[list[str], str]:
        """The codes that stand under the items this deed settles, in this morning's digest."""
        texts = self.season.texts
        if deed.refused == "forged":
            return ["ABCD-2345"], "同意"
        if deed.refused in ("reused", "expired"):
            back = {"reused": 4, "expired": 10}[deed.refused]
            aged = [text for at, text in texts if _days(self.season.clock.now(), at) == back]
            return _codes(aged[0], "地址待确认")[:1], "同意"
        text = texts[-1][1]
        if deed.refused:
            return re.findall(r"代码：(\S+)", text)[:1], "同意"
        match deed.action:
            case "confirm":
                return _codes(text, "地址待确认"), "同意"
            case "assign":
                return _codes(text, f"第{self.model.of(deed.letter).number}号来信"), deed.unit
            case "approve":
                return _codes(text, "封报送提醒待批准"), "批准"
            case "release":
                return _codes(text, "已搁置"), f"放行 {self.model.of(deed.letter).number}"
            case "resend":
                return _codes(text, f"致 {deed.address}"), "重发"
            case _:
                return _codes(text, deed.file), deed.text

    def _strangers_codes(self, start: datetime) -> None:
        """Somebody has got hold of the digest and answers it in the contact's place."""
        for letter in [one for one in self._letters if one.sort == "codes" and one.at == start]:
            self._letters.remove(letter)
            code = re.findall(r"代码：(\S+)", self.season.texts[-1][1])[0]
            raw = a_mail(
                letter.subject,
                f"{code} 同意",
                sender=letter.sender,
                message_id=message_id(letter.tag),
                headers=PASSED,
            )
            self.season.box.deliver(raw, letter.at)
            self.model.deliver(letter)

    def _new_rules(self, moment: datetime) -> None:
        """1280×720 is enough from now on: looked at first, then put in force."""
        season = self.season
        before = {unit: self._verdicts(unit) for unit in self.model.units}
        self._stop()
        self._at(moment)
        changed = season.folder / "changed"
        shutil.copytree(season.folder / "rules", changed)
        path = changed / "campaign.yaml"
        text = path.read_text("utf-8")
        assert text.count('operator: ">"\n') == 1
        path.write_text(text.replace('operator: ">"\n', 'operator: ">="\n'), "utf-8")
        look = json.loads(season.command("rules", "replay", "--rules", str(changed), "--json"))
        status = json.loads(season.command("status", "--json"))
        shutil.rmtree(season.folder / "rules")
        changed.rename(season.folder / "rules")
        done = json.loads(season.command("rules", "replay", "--apply", "--json"))
        self.model.lenient = True
        flipped = [unit for unit in self.model.units if before[unit] != self._verdicts(unit)]
        season.replayed = {"look": look, "status": status, "done": done, "expected": flipped}
        for unit in flipped:
            self.model.tell_anew(unit, moment)
        self._start()

    def _verdicts(self, unit: str) -> list[str]:
        return [self.model.slot(unit, name).verdict for name in SLOTS]

    def _look_at_the_board(self) -> None:
        now = self.season.clock.now()
        status = json.loads(self.season.command("status", "--json"))
        observed = {
            one["unit"]: (
                one["state"],
                one["punctuality"],
                {name: slot["verdict"] for name, slot in one["slots"].items()},
                datetime.fromisoformat(one["first_arrival"]) if one["first_arrival"] else None,
            )
            for one in status["units"]
        }
        model = self.model
        expected = {
            unit: (
                model.state(unit),
                model.punctuality(unit, now),
                {name: model.slot(unit, name).verdict for name in observed[unit][2]},
                model.first_arrival(unit),
            )
            for unit in model.units
        }
        self.season.boards[now] = (expected, observed)


def _sent(address: str, raw: bytes) -> Sent:
    """A mail that left, by its headers."""
    mail = opened(raw)
    ids = f"{mail['In-Reply-To'] or ''} {mail['References'] or ''}"
    answers = frozenset(re.findall(r"<([^@>]+)@units\.example>", ids))
    return Sent(str(mail["X-Mailbot-Kind"]), address, answers)


def _codes(text: str, words: str) -> list[str]:
    """The codes of every item of a digest that holds these words."""
    items = re.split(r"\n(?=\d+\. 〔)", text)
    return [code[1] for one in items if words in one and (code := re.search(r"代码：(\S+)", one))]


def _days(now: datetime, then: datetime) -> int:
    return (now.date() - then.date()).days
