"""Every kind of item is settled in the browser, by the same call and row as by command."""

import ast
import io
import json
import re
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from make.morning import STRICTER, Morning, a_morning, zipped
from make.office import text_of

import mailbot
from mailbot.campaign.types import Campaign
from mailbot.console.settling import fault_words
from mailbot.console.words import in_english
from mailbot.deciding.desk import Desk
from mailbot.deciding.slots import rule_slot
from mailbot.demo.documents import plan, summary
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import PermanentFault, TemporaryFault
from mailbot.ledger import rules as stored_rules
from mailbot.workflow.replay import preview


@pytest.fixture
def morning(tmp_path: Path, campaign: Campaign) -> Iterator[Morning]:
    with a_morning(tmp_path, campaign) as found:
        found.browser.log_in("clerk")
        yield found


@pytest.fixture
def approving(tmp_path: Path, campaign: Campaign) -> Iterator[Morning]:
    with a_morning(tmp_path, campaign, mode="approve", fill=False) as found:
        found.browser.log_in("clerk")
        yield found


def offers(page: str) -> dict[str, list[str]]:
    """What the forms of 待办 carry, by action."""
    found: dict[str, list[str]] = {}
    for text in dict.fromkeys(re.findall(r'name="item" value="([^"]+)"', page)):
        carried = unescape(text)
        found.setdefault(json.loads(carried)["action"], []).append(carried)
    return found


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    return found[1] if found else "0"


def settle(morning: Morning, action: str, do: str, **fields: str) -> Any:
    page = morning.browser.get("/todo").text
    (carried, *_) = offers(page)[action]
    form = {"item": carried, "seen": seen(page), "do": do, **fields}
    return morning.browser.post("/todo/settle", form)


def told(morning: Morning, answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    return unescape(morning.browser.get(answer.headers["location"]).text)


def last(morning: Morning) -> tuple[str, str, str]:
    row = morning.table.trail()[-1]
    return row.by, row.action, row.subject


@pytest.mark.parametrize(
    ("action", "do", "fields", "row"),
    [
        ("assign", "assign", {"unit": "上街区"}, ("assign", "1 上街区")),
        ("assign", "aside", {}, ("hold", "1")),
        ("accept", "first", {}, ("accept", "金水区 plan")),
        ("accept", "reject", {"reason": "请报盖章件"}, ("reject", "金水区 plan")),
        ("accept", "waive", {"reason": "未组织"}, ("waive", "金水区 plan")),
        ("reply", "first", {}, ("release", "4")),
        ("reply", "aside", {}, ("hold", "4")),
        ("release", "first", {}, ("release", "5")),
        ("retry", "first", {}, ("retry", "7")),
        ("retry", "release", {}, ("retry", "7")),
        ("resend", "first", {}, ("resend", "YL2017-")),
        ("confirm", "first", {}, ("confirm", "@example.com")),
    ],
)
def test_each_kind_is_settled_with_the_users_name(
    morning: Morning, action: str, do: str, fields: dict[str, str], row: tuple[str, str]
) -> None:
    before = len(offers(morning.browser.get("/todo").text).get(action, []))
    assert "最近的决定" in told(morning, settle(morning, action, do, **fields))
    by, made, subject = last(morning)
    assert (by, made) == ("clerk", row[0])
    assert row[1] in subject
    assert len(offers(morning.browser.get("/todo").text).get(action, [])) < before or do == "waive"


def test_a_file_sent_back_with_its_reason_stands_in_the_reply_that_goes_out(
    morning: Morning,
) -> None:
    browser = morning.browser
    page = unescape(browser.get("/decide?unit=金水区").text)
    digest = re.search(r'name="file" value="([0-9a-f]{64})"', page)
    assert digest
    form = {"unit": "金水区", "slot": "plan", "file": digest[1], "do": "reject"}
    assert browser.post("/decide", form).status_code == 409  # no reason
    done = browser.post("/decide", {**form, "reason": "请报盖章件"})
    assert "退回：金水区 演练方案" in told(morning, done)
    morning.tick()
    letters = [text_of(one.raw) for one in morning.table.sent.messages]
    assert any("请报盖章件" in one for one in letters)


def test_a_rejection_needs_its_reason_and_an_assignment_its_unit(morning: Morning) -> None:
    for action, do, words in (
        ("accept", "reject", "请写明理由"),
        ("assign", "assign", "请先选择单位"),
    ):
        answer = settle(morning, action, do)
        assert answer.status_code == 409
        assert words in answer.text
    assert morning.table.trail() == []


def test_several_are_settled_at_once(morning: Morning) -> None:
    page = morning.browser.get("/todo").text
    chosen = [one for some in offers(page).values() for one in some if '"assign"' not in one]
    form = {"item": chosen, "seen": seen(page), "do": "first"}
    assert f"已办理{len(morning.table.trail()) or ''}" in told(
        morning, morning.browser.post("/todo/settle", form)
    )
    assert len({row.action for row in morning.table.trail()}) >= 5
    left = offers(morning.browser.get("/todo").text)
    assert set(left) <= {"assign", "accept", "confirm"}  # what was let in asks anew


def test_the_second_person_is_told_what_the_first_decided(morning: Morning) -> None:
    page = morning.browser.get("/todo").text
    (carried,) = offers(page)["accept"]
    stale = {"item": carried, "seen": seen(page), "do": "first"}
    morning.browser.log_in("admin")
    settle(morning, "accept", "reject", reason="请报盖章件")
    morning.browser.log_in("clerk")
    answer = morning.browser.post("/todo/settle", stale)
    assert answer.status_code == 409
    assert "admin已于" in answer.text
    assert "退回：金水区 演练方案" in answer.text
    assert "请报盖章件" in answer.text
    assert [row.action for row in morning.table.trail()] == ["reject"]


def test_what_was_undone_may_be_decided_anew(morning: Morning) -> None:
    page = morning.browser.get("/todo").text
    (carried,) = offers(page)["accept"]
    stale = {"item": carried, "seen": seen(page), "do": "first"}
    settle(morning, "accept", "reject", reason="请报盖章件")
    assert "已撤销" in told(morning, morning.browser.post("/todo/undo", {"number": "1"}))
    assert morning.browser.post("/todo/settle", stale).status_code == 303
    assert [row.action for row in morning.table.trail()] == ["reject", "undo", "accept"]


def test_a_decision_is_undone_until_a_mail_has_left(morning: Morning) -> None:
    settle(morning, "release", "first")
    page = morning.browser.get("/todo").text
    assert "撤销" in page
    morning.tick()
    answer = morning.browser.post("/todo/undo", {"number": "1"})
    assert answer.status_code == 409
    assert "不能撤销" in answer.text
    assert morning.browser.post("/todo/undo", {"number": "x"}).status_code == 409


def test_what_one_press_decided_is_undone_by_one(morning: Morning) -> None:
    """Or not at all: of several the one that a mail has left for keeps the others."""
    settle(morning, "confirm", "first")
    numbers = [str(row.id) for row in morning.table.trail()]
    assert len(numbers) > 2
    page = morning.browser.get("/todo").text
    morning.browser.post("/todo/undo", {"number": [*numbers, "99"]})
    assert {row.action for row in morning.table.trail()} == {"confirm"}
    told(morning, morning.browser.post("/todo/undo", {"number": numbers}))
    assert [row.action for row in morning.table.trail()].count("undo") == len(numbers)
    assert offers(morning.browser.get("/todo").text) != offers(page)


def test_what_is_no_offer_of_ours_decides_nothing(morning: Morning) -> None:
    for carried in (
        "",
        "{}",
        "[]",
        '{"action": "drop", "target": "1"}',
        '{"target": {"a": 1}}',
        '{"action": "accept", "target": "金水区", "slot": "plan", "sha256": "%"}',
    ):
        answer = morning.browser.post("/todo/settle", {"item": carried, "do": "first"})
        assert answer.status_code in (303, 400, 409), carried
    assert morning.table.trail() == []


def test_a_viewer_sees_the_items_and_no_button(morning: Morning) -> None:
    morning.browser.log_in("viewer")
    page = morning.browser.get("/todo").text
    assert "第1号来信" in page
    assert "/todo/settle" not in page
    assert morning.browser.post("/todo/settle", {"item": "{}"}).status_code == 403


# ---- 待发 -----------------------------------------------------------------------------------


def numbers(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="number" value="(YL2017-\d+)"', page)))


def test_ten_replies_are_approved_and_leave(approving: Morning) -> None:
    page = approving.browser.get("/outbox").text
    assert len(numbers(page)) == 10
    form = {"number": numbers(page), "seen": seen(page), "do": "approve"}
    assert "已批准10封" in told(approving, approving.browser.post("/outbox/decide", form))
    assert approving.table.sent.messages == []
    approving.tick()
    assert len(approving.table.sent.messages) == 10
    assert {row.by for row in approving.table.trail()} == {"clerk"}


def test_one_is_withdrawn_and_never_leaves(approving: Morning) -> None:
    page = approving.browser.get("/outbox").text
    number, *rest = numbers(page)
    form = {"number": number, "seen": seen(page), "do": "withdraw"}
    assert "已撤下1封" in told(approving, approving.browser.post("/outbox/decide", form))
    assert number not in numbers(approving.browser.get("/outbox").text)
    approving.browser.post("/outbox/decide", {"number": rest, "seen": "99", "do": "approve"})
    approving.tick()
    assert len(approving.table.sent.messages) == 9
    row = approving.table.office.ledger.row("SELECT no_answer_reason FROM arrivals WHERE id = 1")
    assert row == {"no_answer_reason": "left_unanswered"}


def test_a_letter_is_shown_as_it_will_be_read_in_a_frame_that_can_do_nothing(
    approving: Morning,
) -> None:
    (address, *_) = re.findall(r'src="(/outbox/\d+/letter)"', approving.browser.get("/outbox").text)
    answer = approving.browser.get(address)
    assert "演练方案" in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert approving.browser.get("/outbox/99999999999999999999/letter").status_code == 404


def test_what_was_written_in_shadow_is_adopted_by_an_admin(
    tmp_path: Path, campaign: Campaign
) -> None:
    with a_morning(tmp_path, campaign, mode="approve", fill=False) as morning:
        ledger = morning.table.office.ledger
        with ledger.transaction():
            ledger.execute("UPDATE replies SET mode = 'shadow'")
        morning.browser.log_in("clerk")
        assert morning.browser.post("/outbox/adopt").status_code == 403
        morning.browser.log_in("admin")
        assert "10封将按今日台账" in told(morning, morning.browser.post("/outbox/adopt"))


# ---- 抽查 -----------------------------------------------------------------------------------


def test_units_are_drawn_their_packs_taken_and_results_entered(morning: Morning) -> None:
    browser = morning.browser
    assert browser.post("/checks", {"size": "x"}).status_code == 400
    assert browser.post("/checks", {"size": "3", "always": "没有的单位"}).status_code == 400
    answer = browser.post("/checks", {"size": "3", "always": "金水区", "seed": "种子一"})
    page = told(morning, answer)
    assert "1. 金水区" in page
    assert page.count("下载材料包") == 3
    pack = browser.get("/checks/1/1.zip")
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        assert any(name.endswith("抽查核对表.docx") for name in archive.namelist())
    assert browser.get("/checks/1/9.zip").status_code == 404
    form = {"unit": "金水区", "result": "相符", "note": "原件齐全"}
    jpeg = b"\xff\xd8\xff\xe0" + b"0" * 100
    done = browser.post("/checks/1/result", form, files={"photo": ("x.jpg", jpeg, "image/jpeg")})
    page = told(morning, done)
    assert "原件齐全" in page
    (address,) = re.findall(r'href="(/checks/photo/[0-9a-f]+)"', page)
    saved = browser.get(address)
    assert saved.content == jpeg
    assert saved.headers["content-disposition"].startswith("attachment")
    again = told(
        morning, browser.post("/checks", {"size": "3", "always": "金水区", "seed": "种子一"})
    )
    assert "此前已抽取" in again
    assert [row.action for row in morning.table.trail()] == ["draw", "inspection"]


@pytest.mark.parametrize("octets", [b"<svg onload=alert(1)>", b"%PDF-1.4", b"MZ\x90", b""])
def test_a_photo_that_is_none_is_not_taken(morning: Morning, octets: bytes) -> None:
    morning.browser.post("/checks", {"size": "1", "always": "金水区"})
    form = {"unit": "金水区", "result": "相符"}
    files = {"photo": ("x.jpg", octets, "image/jpeg")}
    assert morning.browser.post("/checks/1/result", form, files=files).status_code == 400
    assert morning.browser.post("/checks/1/result", {"unit": "金水区"}).status_code == 400
    other = {"unit": "上街区", "result": "相符"}
    assert morning.browser.post("/checks/1/result", other).status_code == 404
    for path in ("/checks/photo/" + "0" * 64, "/checks/photo/..%2f..%2fledger.db", "/checks/7"):
        assert morning.browser.get(path).status_code == 404


# ---- 规则 -----------------------------------------------------------------------------------


def upload(morning: Morning, packed: bytes) -> Any:
    files = {"folder": ("neu.zip", packed, "application/zip")}
    return morning.browser.post("/rules", {}, files=files)


def test_changed_rules_are_tried_and_put_in_force_by_an_admin(
    morning: Morning, rules_folder: Path
) -> None:
    browser = morning.browser
    assert "演练方案" in browser.get("/rules").text
    answer = upload(morning, zipped(rules_folder, STRICTER))
    page = told(morning, answer)
    assert "金水区" in page
    assert "结果会变的单位" in page
    assert "由管理员启用" in page
    address = answer.headers["location"]
    assert browser.post(f"{address}/enforce", {"reason": "x"}).status_code == 403
    assert morning.table.verdict("金水区", "plan") == "accepted"
    browser.log_in("admin")
    assert "已启用" in told(morning, browser.post(f"{address}/enforce", {"reason": "会议决定"}))
    assert morning.table.verdict("金水区", "plan") == "rejected"
    assert last(morning)[:2] == ("admin", "rules")
    morning.table.receive(
        "惠济区方案", "见附件", sender="h@example.com", files={"方案.docx": plan("惠济区")}
    )
    assert morning.table.office.campaign.version in browser.get("/rules").text
    assert morning.table.verdict("惠济区", "plan") == "rejected"


def test_a_trial_that_takes_long_is_looked_in_on(
    morning: Morning, rules_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def slowly(ledger: Any, campaign: Any, now: Any, note: Any) -> Any:
        note(1, 7)
        assert go.wait(20)
        return preview(ledger, campaign, now, note=note)

    monkeypatch.setattr("mailbot.console.pages.rules.preview", slowly)
    monkeypatch.setattr("mailbot.console.pages.rules._PATIENCE_S", 0.01)
    answer = upload(morning, zipped(rules_folder, STRICTER))
    page = told(morning, answer)
    assert "1／7" in page
    assert 'http-equiv="refresh"' in page
    go.set()
    console = morning.browser.app.state.console
    assert all(one.through.wait(20) for one in console.trials._trials.values())
    page = morning.browser.get(answer.headers["location"]).text
    assert "结果会变的单位" in page
    assert 'http-equiv="refresh"' not in page


def test_rules_come_in_force_with_what_they_make_of_all_that_is_stored(
    morning: Morning, rules_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No request waits for it, decisions are made meanwhile, and what broke off changed nothing."""
    go = threading.Event()

    def slowly(*arguments: Any, note: Any, enact: Any) -> Any:
        assert go.wait(20)
        note(3, 14)
        raise PermanentFault("disk", "no space left")

    monkeypatch.setattr("mailbot.console.pages.rules.apply", slowly)
    monkeypatch.setattr("mailbot.console.pages.rules._PATIENCE_S", 0.01)
    browser = morning.browser
    browser.log_in("admin")
    at = upload(morning, zipped(rules_folder, STRICTER)).headers["location"]
    answer = browser.post(f"{at}/enforce", {"reason": "会议决定"})
    assert answer.headers["location"] == f"{at}/enforced"
    assert "rules" not in [row.action for row in browser.trail()]
    assert "此前一切照旧" in browser.get(f"{at}/enforced").text
    page = told(morning, answer)
    assert "可离开本页" in page
    assert 'http-equiv="refresh"' in page
    assert (
        browser.post("/decide", {"unit": "金水区", "do": "hold", "reason": "x"}).status_code == 303
    )
    go.set()
    job = browser.app.state.console.trials.known((1, "in force"))
    assert job.through.wait(20)
    page = browser.get(f"{at}/enforced").text
    assert "no space left" in page
    assert 'http-equiv="refresh"' not in page
    monkeypatch.undo()
    assert "启用这套规则" in browser.get(f"{at}?anew=1").text
    assert in_force(morning) is None
    assert morning.table.verdict("金水区", "plan") == "accepted"
    assert "已启用" in told(morning, browser.post(f"{at}/enforce", {"reason": "会议决定"}))
    assert in_force(morning) is not None
    assert morning.table.verdict("金水区", "plan") == "rejected"
    rows = [row for row in browser.trail() if row.action == "rules"]
    assert [(row.by, row.reason) for row in rows] == [("admin", "会议决定")]
    assert "已启用" in told(morning, browser.post(f"{at}/enforce"))  # judged once more
    assert [row.action for row in browser.trail()].count("rules") == 1
    assert "已启用" in browser.get(f"{at}/enforced").text
    assert "尚未全部" not in browser.get(f"{at}?anew=1").text


def in_force(morning: Morning) -> Any:
    return stored_rules.in_force(morning.table.office.ledger)


def test_a_decision_that_waited_for_other_rules_is_made_anew(
    morning: Morning, rules_folder: Path
) -> None:
    """It took up its campaign before it had the right to write."""
    browser, console = morning.browser, morning.browser.app.state.console
    at = upload(morning, zipped(rules_folder, STRICTER)).headers["location"]
    browser.log_in("admin")
    with console.reading() as ledger:
        former = campaign_in_force(ledger, console.campaign)
    assert "已启用" in told(morning, browser.post(f"{at}/enforce", {"reason": "会议决定"}))
    with console.writing() as ledger:
        waited = Desk(ledger, former, console.settings, by="clerk", now=console.clock.now())
        with pytest.raises(TemporaryFault) as refused:
            rule_slot(waited, "waive", "金水区", "video", "经批准免报")
    assert refused.value.code == "rules_renewed"
    assert "另一套规则刚刚启用" in fault_words(refused.value)
    assert last(morning)[:2] == ("admin", "rules")


def a_zip(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (b"no zip", "no zip"),
        (b"", "no zip"),
        (a_zip(**{"units.csv": "x"}), "no campaign.yaml"),
        (a_zip(**{"campaign.yaml": "title: x", "..__..__evil.yaml": "x"}), "units.csv"),
        (a_zip(**{"campaign.yaml": "!!python/object/apply:os.system ['true']"}), "campaign.yaml"),
        (a_zip(**{"campaign.yaml": "a" * 5_000_000}), "larger than any rules folder"),
        (a_zip(**{"campaign.yaml": "title: <script>alert(1)</script>"}), "units.csv"),
    ],
    ids=["octets", "empty", "lacking", "path", "yaml tag", "bomb", "script"],
)
def test_what_is_no_rules_folder_is_refused(morning: Morning, packed: bytes, words: str) -> None:
    answer = upload(morning, packed)
    assert answer.status_code == 400
    assert words in answer.text
    assert "<script>alert" not in answer.text
    assert morning.table.office.ledger.rows("SELECT * FROM uploaded_rules") == []


# ---- the language ---------------------------------------------------------------------------

_ACTING = (
    *("todo", "outbox", "checks", "draw", "rules", "trial", "decide", "login", "first", "me"),
    *("base", "frame", "users", "welcome", "trying"),
)


def test_every_word_of_the_pages_where_one_acts_has_its_english() -> None:
    folder = Path(mailbot.__file__).parent
    for name in _ACTING:
        text = (folder / "templates" / "console" / f"{name}.html.j2").read_text(encoding="utf-8")
        for words in re.findall(r'_\("([^"]+)"\)', text):
            assert not re.search("[\u4e00-\u9fff]", in_english(words)), (name, words)
    for name in ("todo", "outbox", "checks", "rules", "deciding", "login", "users"):
        text = (folder / "console" / "pages" / f"{name}.py").read_text(encoding="utf-8")
        for words in re.findall(r'say\("([^"]+)"\)', text):
            assert not re.search("[\u4e00-\u9fff]", in_english(words)), (name, words)


def test_every_line_that_tells_how_it_ended_has_its_english() -> None:
    """Every Chinese string of the modules that write such lines; docstrings are English."""
    folder = Path(mailbot.__file__).parent / "console"
    for name in (
        *("settling", "app", "pages/outbox", "pages/todo", "pages/deciding", "pages/users"),
        "pages/rules",
    ):
        for text in strings_of(folder / f"{name}.py"):
            assert not re.search("[\u4e00-\u9fff]", in_english(text)), (name, text)


def strings_of(path: Path) -> Iterator[str]:
    """Every string of a module that is shown; what stands around a value is not."""
    for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            one.value.value = ""  # a docstring
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def test_a_page_that_is_none_says_so_in_english(tmp_path: Path, campaign: Campaign) -> None:
    english = campaign.model_copy(update={"language": "en"})
    with a_morning(tmp_path, english, fill=False) as morning:
        morning.browser.log_in("clerk")
        for path, words in (("/nothing", "no such page"), ("/users", "ask an admin")):
            page = morning.browser.get(path).text
            assert words in page
            assert not re.search("[\u4e00-\u9fff]", page)


def test_a_campaign_in_english_is_settled_in_english(tmp_path: Path, campaign: Campaign) -> None:
    english = campaign.model_copy(update={"language": "en"})
    with a_morning(tmp_path, english) as morning:
        morning.browser.log_in("clerk")
        page = morning.browser.get("/todo").text
        for words in ("To do", "Assign", "Try again", "Set aside"):
            assert words in page
        assert "assigned: mail 1" in told(
            morning, settle(morning, "assign", "assign", unit="上街区")
        )


def test_a_decision_waits_for_the_step_in_hand(morning: Morning) -> None:
    """Another process holds the ledger for a moment: the decision is made when it lets go."""
    path = morning.table.office.settings.paths.data / "ledger.db"
    step = sqlite3.connect(path, check_same_thread=False)
    step.execute("BEGIN IMMEDIATE")
    ends = threading.Timer(0.3, step.rollback)
    ends.start()
    try:
        assert settle(morning, "reply", "aside").status_code == 303
    finally:
        ends.join()
        step.close()
    assert last(morning)[1:] == ("hold", "4")


# ---- several files of one mail --------------------------------------------------------------


def cards(page: str) -> list[str]:
    """The items of 待办, each as it is written."""
    listed = page.rpartition("</ol>")[0]
    return [unescape(one) for one in re.split(r'<li class="card item"', listed)[1:]]


def carried_in(card: str) -> list[str]:
    return re.findall(r'name="item" value="(\{.*?\})"', card)


def brought(unit: str) -> dict[str, bytes]:
    return {"方案.docx": plan(unit), "总结.docx": summary(unit)}


def test_what_one_mail_would_replace_is_one_item_and_settled_with_one_press(
    morning: Morning,
) -> None:
    table, browser = morning.table, morning.browser
    table.receive("惠济区材料", "见附件", sender="h@example.com", files=brought("惠济区"))
    new = brought("郑州市惠济区")
    table.receive("惠济区材料", "见附件", sender="other@example.net", files=new)
    page = browser.get("/todo").text
    (card,) = [one for one in cards(page) if "2份材料" in one]
    assert card.count("checked") == 2
    (first, second) = carried_in(card)
    form = {"item": [first], "seen": seen(page), "do": "first"}
    assert "认可：惠济区" in told(morning, browser.post("/todo/settle", form))
    (left,) = [one for one in cards(browser.get("/todo").text) if second in one]
    assert "份材料" not in left  # the other stands alone now, as any single one
    page = browser.get("/todo").text
    form = {"item": [second], "seen": seen(page), "do": "reject", "reason": "请报盖章件"}
    told(morning, browser.post("/todo/settle", form))
    assert not [
        one for one in cards(browser.get("/todo").text) if "惠济区" in one and "替换" in one
    ]


@pytest.mark.parametrize(
    ("subject", "answered"), [("请忽略上一封", True), ("发信方已撤回邮件：惠济区材料", False)]
)
@pytest.mark.parametrize(("do", "verdict"), [("agree", "rejected"), ("refuse", "accepted")])
def test_what_a_sender_took_back_is_one_item_with_his_mail(
    morning: Morning, subject: str, answered: bool, do: str, verdict: str
) -> None:
    table, browser = morning.table, morning.browser
    sender = "h@example.com"
    table.receive("惠济区材料", "见附件", sender=sender, files=brought("惠济区"))
    body = "上一封邮件发错了，请忽略上一封，稍后重新报送。" if answered else subject
    table.receive(subject, body, sender=sender)
    page = browser.get("/todo").text
    assert page.count("要求撤回此前材料") == 1
    (card,) = [one for one in cards(page) if "要求撤回此前材料" in one]
    carried = carried_in(card)
    assert len(carried) == 2 + (not answered)
    told(morning, browser.post("/todo/settle", {"item": carried, "seen": seen(page), "do": do}))
    assert (table.verdict("惠济区", "plan"), table.verdict("惠济区", "summary")) == (
        verdict,
        verdict,
    )
    left = [one for one in cards(browser.get("/todo").text) if "撤回" in one]
    assert left == []


def test_the_page_of_a_file_has_the_buttons_of_its_item(morning: Morning) -> None:
    browser = morning.browser
    (card,) = [one for one in cards(browser.get("/todo").text) if "现用" in one]
    address = re.search(r'href="(/mails/3/files/[0-9a-f]{64})\?todo', card)
    assert address is not None
    page = browser.get(address[1]).text
    assert "以此件为准" in page
    (carried,) = carried_in(unescape(page))
    form = {"item": carried, "seen": seen(page), "do": "first", "place": "0"}
    assert "认可：金水区 演练方案" in told(morning, browser.post("/todo/settle", form))
    assert "以此件为准" not in browser.get(address[1]).text
    browser.log_in("viewer")
    assert "/todo/settle" not in browser.get(address[1]).text


def test_who_was_logged_out_meanwhile_is_told_that_nothing_was_done(morning: Morning) -> None:
    browser = morning.browser
    page = browser.get("/todo").text
    form = {**browser.form(), "item": offers(page)["reply"][0], "seen": seen(page), "do": "aside"}
    browser.client.cookies.clear()
    answer = browser.client.post("/todo/settle", data=form)
    assert "未予办理" in browser.get(answer.headers["location"]).text
    assert "未予办理" not in browser.get("/login").text
    assert "hold" not in [row.action for row in morning.table.trail()]
