"""Rules come in force with all that is stored judged by them: nobody is judged or answered by a
state in between, whatever a pass has in hand and whenever a process dies."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from make.morning import zipped
from make.office import an_office, text_of
from make.submitted import Submitted, an_empty_office

from mailbot.campaign.packed import load_packed
from mailbot.campaign.types import Campaign
from mailbot.deciding.desk import Desk
from mailbot.deciding.rules import put_in_force, upload
from mailbot.demo.photos import make_photo
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import TemporaryFault
from mailbot.inspection.workers.pool import InlinePool
from mailbot.ledger import audit, dossiers, replays, replies, rules
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.workflow.replay import Replay, apply
from mailbot.workflow.scheduler import Loop

_SIZE = "code: PHOTO_SIZE\n    test: size\n    applies_to: photo\n    operator: "
_STRICTER = {f'{_SIZE}">="': f'{_SIZE}">"', "label: 视频": "label: 录像"}
_TOO_SMALL = "1920像素×1080像素"


@pytest.fixture
def office(tmp_path: Path, campaign: Campaign, rules_folder: Path) -> Submitted:
    """金水区 has sent a photo of 1920×1080, which the uploaded rules 1 find too small."""
    office = an_empty_office(tmp_path, campaign)
    send(office, "金水区")
    office.work()
    office.sent.messages.clear()
    office.clock.advance(hours=1)
    with open_ledger(office.data) as ledger:
        packed = zipped(rules_folder, _STRICTER)
        assert upload(desk(office, ledger), packed, campaign) == 1
    return office


def send(office: Submitted, unit: str) -> None:
    number = len(office.raw)
    photo = make_photo(1920, 1080, seed=number)
    office.receive(f"{unit}照片", {"照片.jpg": photo}, sender=f"u{number}@example.com")


def desk(office: Submitted, ledger: Ledger) -> Desk:
    in_force = campaign_in_force(ledger, office.campaign)
    return Desk(ledger, in_force, office.settings, by="admin", now=office.clock.now())


def enforce(office: Submitted, note: Any = None) -> Replay:
    """As the console does it, on its own connection."""
    with open_ledger(office.data, beside=True) as ledger:
        found = rules.uploaded(ledger, 1)
        assert found is not None
        return apply(
            ledger,
            load_packed(found.files, found.name),
            office.settings,
            office.clock.now(),
            note=note,
            enact=lambda: put_in_force(desk(office, ledger), 1, office.campaign, "会议决定"),
        )


def standing(office: Submitted) -> tuple[str, list[str], list[str]]:
    """The version in force, the photos' verdicts, and what was decided, as others see it now."""
    with open_ledger(office.data, writable=False) as ledger:
        photos = ledger.rows("SELECT verdict FROM files WHERE name = '照片.jpg' ORDER BY arrival")
        return (
            campaign_in_force(ledger, office.campaign).version,
            [row["verdict"] for row in photos],
            [row.action for row in audit.entries(ledger)],
        )


def running(office: Submitted, pool: InlinePool | None = None) -> Any:
    return an_office(
        office.folder,
        office.campaign,
        office.box,
        office.sent,
        office.clock,
        settings=office.settings,
        pool=pool,
    )


class Meanwhile(InlinePool):
    """Something happens while a file is inspected."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self.happens: Iterator[Callable[[], object]] = iter([happens])

    def submit(self, task: Any) -> Any:
        found = super().submit(task)
        for happens in self.happens:
            happens()
        return found


def test_until_all_is_judged_a_pass_judges_and_answers_by_the_former_rules(
    office: Submitted,
) -> None:
    between: list[tuple[str, list[str], list[str]]] = []

    def meanwhile(judged: int, _mails: int) -> None:
        if judged == 0 and not between:
            between.append(("", [], []))
            send(office, "惠济区")
            passing.tick()
            office.clock.advance(hours=1)
            passing.tick()
            between[:] = [standing(office)]
            (answer,) = office.sent.messages
            assert _TOO_SMALL not in text_of(answer.raw)

    with running(office) as passing:
        replay = enforce(office, meanwhile)
    assert between == [(office.campaign.version, ["accepted", "accepted"], [])]
    assert standing(office) == (replay.rules_version, ["rejected", "rejected"], ["rules"])
    assert set(replay.answered) == {"金水区", "惠济区"}


def test_a_mail_in_hand_while_rules_come_in_force_is_judged_and_answered_by_them(
    office: Submitted,
) -> None:
    send(office, "惠济区")
    with running(office, Meanwhile(lambda: enforce(office))) as passing:
        passing.tick()
        office.clock.advance(hours=1)
        passing.tick()
        assert passing.campaign.version != office.campaign.version
    assert standing(office)[1] == ["rejected", "rejected"]
    with open_ledger(office.data, writable=False) as ledger:
        versions = [row["rules_version"] for row in replays.examined(ledger)]
    assert set(versions) == {standing(office)[0]}
    assert {one.rcpt for one in office.sent.messages} == {"u0@example.com", "u1@example.com"}
    assert all(_TOO_SMALL in text_of(one.raw) for one in office.sent.messages)


def test_a_reply_that_is_composed_just_after_is_about_what_they_found(
    office: Submitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pass took up its campaign, and looked for what is due, before they came in force."""
    send(office, "惠济区")
    due = replies.due_to_compose
    made: Iterator[Callable[[], object]] = iter([lambda: enforce(office)])

    def looked(*arguments: Any) -> Any:
        found = due(*arguments)
        for happens in made if found else ():
            happens()
        return found

    monkeypatch.setattr(replies, "due_to_compose", looked)
    with running(office) as passing:
        passing.tick()
        office.clock.advance(hours=1)
        passing.tick()
    assert {one.rcpt for one in office.sent.messages} == {"u0@example.com", "u1@example.com"}
    for one in office.sent.messages:
        assert _TOO_SMALL in text_of(one.raw)
        assert "录像" in text_of(one.raw)
    assert standing(office)[1] == ["rejected", "rejected"]


@pytest.mark.parametrize("step", ["put_in_force", "record_rejudged", "store_dossier"])
def test_killed_in_the_middle_nothing_of_it_is_there(
    office: Submitted, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    module = {"put_in_force": rules, "record_rejudged": replays, "store_dossier": dossiers}[step]
    child = os.fork()
    if child == 0:
        try:
            done = getattr(module, step)

            def killed(ledger: Ledger, *arguments: Any) -> None:
                done(ledger, *arguments)
                on_disk = ledger.database.execute("PRAGMA database_list").fetchone()[2]
                if on_disk and ledger.database.in_transaction:
                    os.kill(os.getpid(), signal.SIGKILL)

            monkeypatch.setattr(module, step, killed)
            enforce(office)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert standing(office) == (office.campaign.version, ["accepted"], [])
    replay = enforce(office)
    assert standing(office) == (replay.rules_version, ["rejected"], ["rules"])


def test_what_was_judged_by_former_rules_is_not_written_over_newer_ones(office: Submitted) -> None:
    def meanwhile(judged: int, _mails: int) -> None:
        if judged == 0:
            made.append(enforce(office))

    made: list[Replay] = []
    with open_ledger(office.data) as ledger:
        former = campaign_in_force(ledger, office.campaign)
        with pytest.raises(TemporaryFault) as refused:
            apply(ledger, former, office.settings, office.clock.now(), note=meanwhile)
    assert refused.value.code == "rules_renewed"
    assert standing(office) == (made[0].rules_version, ["rejected"], ["rules"])


def test_reminders_are_by_the_rules_in_force(office: Submitted) -> None:
    schedule = office.settings.schedule.model_copy(update={"reminders": "live"})
    office.settings = office.settings.model_copy(update={"schedule": schedule})
    office.clock.advance(hours=9)  # the morning
    with running(office) as passing:
        replay = enforce(office)
        assert passing.campaign.version == office.campaign.version
        Loop(passing, threading.Event()).remind()
        assert passing.campaign.version == replay.rules_version
