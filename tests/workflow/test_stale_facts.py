"""A mended reader and the files it read before: measured again before they are judged."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from make.office import OUR_ADDRESS, a_mail, an_office
from make.submitted import Submitted, an_empty_office

import mailbot
from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan
from mailbot.demo.photos import make_photo
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import Skeleton
from mailbot.inspection import fingerprint
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.pool import InlinePool, Pool
from mailbot.ledger import facts
from mailbot.ledger.dossiers import stored_dossiers
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.model import Family, Fault, Inspected, Message, SlotVerdict
from mailbot.workflow import remeasure
from mailbot.workflow.remeasure import Workshop
from mailbot.workflow.replay import FileFlip, Flip, Replay, apply, preview

PHOTO = make_photo(1920, 1080, seed=1)
JINSHUI, ERQI = "jinshui@example.com", "erqi@example.com"


@pytest.fixture
def office(tmp_path: Path, campaign: Campaign) -> Submitted:
    """金水区 has sent a photo of 1920×1080 and a plan."""
    office = an_empty_office(tmp_path, campaign)
    office.receive(
        "金水区材料", {"照片.jpg": PHOTO, "演练方案.docx": plan("金水区")}, sender=JINSHUI
    )
    office.work()
    office.clock.advance(hours=1)
    return office


def sees_half(task: Task) -> Inspected:
    """A reader that has been changed: photos are half as wide."""
    inspected = inspect_file(task)
    if inspected.family is not Family.PHOTO:
        return inspected
    width = inspected.facts["width"]
    assert isinstance(width, int)
    return replace(inspected, facts={**inspected.facts, "width": width // 2})


def dies(task: Task) -> Inspected:
    """A worker that ended on every file."""
    return replace(inspect_file(task), faults=(Fault("crashed"),))


@contextmanager
def other_readers() -> Iterator[None]:
    """Today's readers are others than those that measured what is on record."""
    fingerprint.readers_fingerprint.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprint, "fingerprint_of", lambda package: "mended")
        yield
    fingerprint.readers_fingerprint.cache_clear()


@pytest.fixture
def mended(office: Submitted) -> Iterator[Submitted]:
    """The office, after its program was changed."""
    with other_readers():
        yield office


def workshop(
    office: Submitted, inspect: Callable[[Task], Inspected] = sees_half, **more: Any
) -> Workshop:
    @contextmanager
    def pool() -> Iterator[Pool]:
        yield InlinePool(inspect)

    scratch = office.folder / "scratch"
    return Workshop(pool, files=office.data / "files", blobs=scratch, **more)


def previewed(office: Submitted, **more: Any) -> Replay:
    with open_ledger(office.data, writable=False) as ledger:
        return preview(ledger, office.campaign, office.clock.now(), workshop(office, **more))


def applied(office: Submitted, **more: Any) -> Replay:
    with open_ledger(office.data) as ledger:
        made = workshop(office, **more)
        return apply(ledger, office.campaign, office.settings, office.clock.now(), made)


def photo_facts(ledger: Ledger) -> list[tuple[str, int]]:
    """By which readers each photo was measured, and how wide it was for them."""
    rows = ledger.rows("SELECT readers, inspected_json FROM facts WHERE inspector = '.jpg'")
    return [(row["readers"], json.loads(row["inspected_json"])["facts"]["width"]) for row in rows]


def test_by_the_same_readers_nothing_is_stale_and_nothing_is_measured(office: Submitted) -> None:
    replay = previewed(office)
    assert (replay.stale, replay.measured, replay.flips) == (0, 0, ())


def test_a_preview_measures_again_says_who_flips_by_it_and_changes_nothing(
    mended: Submitted,
) -> None:
    before = (mended.data / "ledger.db").read_bytes()
    told: list[tuple[int, int]] = []
    replay = previewed(mended, tell=lambda done, all: told.append((done, all)))
    assert (replay.stale, replay.measured) == (3, 3)  # the body, too
    assert told == [(1, 2), (2, 2)]
    assert replay.flips == (Flip("金水区", "photo", "accepted", "rejected", "readers"),)
    assert replay.files == (FileFlip(1, "金水区", "照片.jpg", "accepted", "rejected", "readers"),)
    assert (mended.data / "ledger.db").read_bytes() == before


def test_apply_keeps_the_new_facts_and_answers_who_is_concerned(mended: Submitted) -> None:
    replay = applied(mended)
    assert replay.answered == ("金水区",)
    with open_ledger(mended.data) as ledger:
        assert photo_facts(ledger) == [("mended", 960)]
        photo = stored_dossiers(ledger)["金水区"].slots["photo"]
        assert photo.verdict is SlotVerdict.REJECTED
    again = applied(mended)
    assert (again.stale, again.measured, again.flips) == (0, 0, ())


def test_what_flips_by_the_rules_is_told_apart(office: Submitted, campaign: Campaign) -> None:
    without = tuple(one for one in campaign.materials if one.slot != "video")
    office.campaign = campaign.model_copy(update={"materials": without, "version": "other"})
    with other_readers():
        replay = previewed(office)
    assert replay.flips == (
        Flip("金水区", "video", "missing", "", "rules"),
        Flip("金水区", "photo", "accepted", "rejected", "readers"),
    )


def test_known_content_that_comes_again_is_measured_by_todays_readers(mended: Submitted) -> None:
    mended.receive("二七区材料", {"照片.jpg": PHOTO}, sender=ERQI)
    pool = InlinePool(sees_half)
    with an_office(
        mended.folder,
        mended.campaign,
        mended.box,
        mended.sent,
        mended.clock,
        settings=mended.settings,
        pool=pool,
    ) as opened:
        opened.tick()
        board = stored_dossiers(opened.ledger)
        assert board["二七区"].slots["photo"].verdict is SlotVerdict.REJECTED
        assert photo_facts(opened.ledger) == [("mended", 960)]


def test_facts_whose_octets_were_pruned_are_judged_as_stored_and_named(mended: Submitted) -> None:
    for folder in ("files", "spool"):
        shutil.rmtree(mended.data / folder)
    replay = previewed(mended)
    assert (replay.stale, replay.measured, replay.flips) == (3, 0, ())
    assert set(replay.kept[1]) == {"正文", "照片.jpg", "演练方案.docx"}
    assert replay.lacking == {}


def test_facts_stand_where_todays_readers_end_their_worker(mended: Submitted) -> None:
    replay = applied(mended, inspect=dies)
    assert (replay.measured, replay.flips) == (1, ())  # the body
    assert replay.kept == {1: ("照片.jpg", "演练方案.docx")}


def test_what_was_measured_before_a_fault_of_the_machine_is_kept(mended: Submitted) -> None:
    """The next run goes on from there."""

    def disk_is_full(task: Task) -> Inspected:
        if task.name.endswith(".docx"):
            raise OSError(28, "No space left on device")
        return inspect_file(task)

    with pytest.raises(OSError, match="No space"):
        applied(mended, inspect=disk_is_full)
    assert previewed(mended).stale == 1


def test_a_file_that_could_not_be_examined_is_measured_when_it_can_be(office: Submitted) -> None:
    """For want of an extra no facts were kept of it."""
    with open_ledger(office.data) as ledger, ledger.transaction():
        facts.forget(ledger, _photo_hash(ledger), ".jpg")
    replay = previewed(office)
    assert (replay.stale, replay.measured, replay.lacking) == (0, 1, {})
    assert replay.flips == (Flip("金水区", "photo", "accepted", "rejected", "readers"),)


def _photo_hash(ledger: Ledger) -> str:
    (row,) = ledger.rows("SELECT sha256 FROM facts WHERE inspector = '.jpg'")
    return str(row["sha256"])


def judged_of(office: Submitted) -> dict[int, str]:
    with open_ledger(office.data) as ledger:
        rows = ledger.rows("SELECT id, judged_json FROM arrivals")
    return {row["id"]: row["judged_json"] for row in rows}


def test_an_archive_is_measured_again_with_its_volumes_and_its_password(
    tmp_path: Path, campaign: Campaign
) -> None:
    """The volumes came in two mails, and the password stands in the body."""
    office = an_empty_office(tmp_path, campaign)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("金水区演练方案.docx", plan("金水区"))
    half = len(packed.getvalue()) // 2
    locked = Path(__file__).parents[1] / "data" / "archives" / "password_aes256.zip"
    for name, content in (
        ("方案.zip.001", packed.getvalue()[:half]),
        ("方案.zip.002", packed.getvalue()[half:]),
        ("加密.zip", locked.read_bytes()),
    ):
        body = "解压密码：YL2017"
        office.receive(f"金水区材料 {name}", {name: content}, sender=JINSHUI, body=body)
    office.work()
    before = judged_of(office)
    with other_readers():
        replay = applied(office, inspect=inspect_file)
    assert (replay.stale, replay.measured, replay.kept) == (6, 6, {})  # three files, three bodies
    assert (replay.flips, replay.files) == ((), ())
    assert judged_of(office) == before
    assert "总结.txt" in before[3]
    with open_ledger(office.data) as ledger:
        assert facts.stale(ledger, "mended") == 0


def reads_other_bodies(patch: pytest.MonkeyPatch, **texts: str) -> None:
    """A mended parser: the mail of this Message-ID has another text."""

    def parse(skeleton: Skeleton) -> Message:
        message = parse_message(skeleton)
        name = message.message_id.strip("<>").partition("@")[0]
        return replace(message, text=texts.get(f"mail{name}", message.text))

    patch.setattr(remeasure, "parse_message", parse)


def test_a_body_is_read_again_from_its_mail(
    mended: Submitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_other_bodies(monkeypatch, mail1="见附件")
    flip = Flip("金水区", "text", "accepted", "missing", "readers")
    for replay in (previewed(mended, inspect=inspect_file), applied(mended, inspect=inspect_file)):
        assert (replay.stale, replay.measured, replay.flips) == (3, 3, (flip,))
    again = previewed(mended, inspect=inspect_file)
    assert (again.stale, again.measured, again.flips) == (0, 0, ())


def test_of_two_mails_with_one_text_each_keeps_what_is_read_of_itself(
    tmp_path: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = an_empty_office(tmp_path, campaign)
    for unit, sender in (("金水区", JINSHUI), ("二七区", ERQI)):
        office.receive(f"{unit}材料", {"照片.jpg": PHOTO}, sender=sender)
    office.work()
    reads_other_bodies(monkeypatch, mail2="见附件")
    with other_readers():
        replay = applied(office, inspect=inspect_file)
        assert replay.flips == (Flip("二七区", "text", "accepted", "missing", "readers"),)
        assert previewed(office, inspect=inspect_file).measured == 0


class TestOnTheCommandLine:
    """A copy of the program in which a reader is edited, in processes of its own."""

    @pytest.fixture
    def program(self, tmp_path: Path) -> Path:
        copy = tmp_path / "program"
        shutil.copytree(
            Path(mailbot.__file__).parent,
            copy / "mailbot",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        return copy

    @pytest.fixture
    def folder(self, tmp_path: Path, rules_folder: Path) -> Path:
        folder = tmp_path / "office"
        (folder / "mail").mkdir(parents=True)
        (folder / "mailbot.toml").write_text(
            "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\nsettle_seconds = 0\n"
            f"[smtp]\nhost = '127.0.0.1'\nfrom_address = '{OUR_ADDRESS}'\n"
            f"[campaign]\nrules = '{rules_folder}'\n[limits]\nworkers = 1\n",
            encoding="utf-8",
        )
        mail = folder / "mail" / "1.eml"
        mail.write_bytes(a_mail(files={"照片.jpg": PHOTO}))
        os.utime(mail, (1499050000, 1499050000))  # 3 July 2017
        return folder

    def test_an_edited_reader_is_seen_by_replay_end_to_end(
        self, program: Path, folder: Path
    ) -> None:
        def run(*arguments: str) -> Any:
            said = subprocess.run(
                [sys.executable, "-m", "mailbot", *arguments, "--json"],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(program)},
                capture_output=True,
                timeout=120,
                check=False,
            )
            assert said.returncode == 0, said.stderr.decode()
            return json.loads(said.stdout.decode())

        assert run("tick")["examined"] == 1
        assert run("rules", "replay")["stale"] == 0
        reader = program / "mailbot" / "inspection" / "media" / "photo.py"
        reader.write_text(
            reader.read_text(encoding="utf-8")
            + "\n\n_before = probe_photo\n\n\ndef probe_photo(*given):\n"
            "    facts, faults = _before(*given)\n    return {**facts, 'width': 960}, faults\n",
            encoding="utf-8",
        )
        files = {path: path.read_bytes() for path in (folder / "var").rglob("*") if path.is_file()}
        shown = run("rules", "replay")
        assert (shown["stale"], shown["measured"]) == (2, 2)  # the body, too
        assert shown["flips"] == [
            {
                "unit": "金水区",
                "slot": "photo",
                "before": "accepted",
                "after": "rejected",
                "cause": "readers",
            }
        ]
        assert {
            path: path.read_bytes() for path in (folder / "var").rglob("*") if path.is_file()
        } == files
        assert run("rules", "replay", "--apply")["answered"] == ["金水区"]
        (unit,) = (one for one in run("status")["units"] if one["unit"] == "金水区")
        assert unit["slots"]["photo"]["verdict"] == "rejected"
        after = run("rules", "replay")
        assert (after["stale"], after["flips"]) == (0, [])
