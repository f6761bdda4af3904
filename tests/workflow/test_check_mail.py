"""The mail part of `check`: every key of the contract, for every file of kind mail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from make.office import LONG_TEXT, a_mail
from make.tnef import Enclosed, winmail

from mailbot.campaign.types import Campaign
from mailbot.inspection.workers.pool import InlinePool
from mailbot.workflow.checking import check_paths

DATA = Path(__file__).resolve().parents[1] / "data"
RESULT = {
    "path", "name", "sha256", "size", "kind", "format", "verdict", "facts", "findings", "members"
}  # fmt: skip
MAIL = {
    "message_id", "subject", "from", "date", "unit", "answer", "no_answer_reason", "links",
    "defects",
}  # fmt: skip
LINK = {"provider", "url", "name", "size", "expires", "password"}


def _checked(path: Path, campaign: Campaign) -> dict[str, Any]:
    ((_, result),) = check_paths([path], campaign, InlinePool())
    return result


def _walk(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield result
    for member in result["members"]:
        yield from _walk(member)


def test_a_mail_says_what_the_contract_wants(tmp_path: Path, campaign: Campaign) -> None:
    path = tmp_path / "a.eml"
    link = "演练.mp4 (1.5M, 2017年8月2日 到期)\nhttps://pan.baidu.com/s/1AbCdEf 提取码 a1b2"
    body = f"{LONG_TEXT}\n{link}"
    inner = a_mail("内层", "内层正文", message_id="<inner@example.com>")
    path.write_bytes(a_mail("金水区报送材料", body, files={"转发.eml": inner}))
    result = _checked(path, campaign)
    assert set(result) == RESULT | {"mail"}
    mail = result["mail"]
    assert set(mail) == MAIL
    assert mail["message_id"] == "<1@example.com>"
    assert mail["from"] == {"name": "", "address": "clerk@example.com"}
    assert (mail["unit"], mail["answer"], mail["no_answer_reason"]) == ("金水区", True, None)
    assert mail["links"] == [
        {
            "provider": "baidu",
            "url": "https://pan.baidu.com/s/1AbCdEf",
            "name": "演练.mp4",
            "size": 1_572_864,
            "expires": "2017年8月2日",
            "password": "a1b2",
        }
    ]
    assert [(one["name"], one["kind"]) for one in result["members"]] == [
        ("正文", "text"), ("转发.eml", "mail"),
    ]  # fmt: skip
    inside = result["members"][1]
    assert inside["mail"]["message_id"] == "<inner@example.com>"
    assert [(one["name"], one["kind"]) for one in inside["members"]] == [("正文", "text")]


@pytest.mark.parametrize("path", sorted((DATA / "mail").glob("*.eml")), ids=lambda path: path.stem)
def test_every_file_of_kind_mail_has_the_mail_part(path: Path, campaign: Campaign) -> None:
    for result in _walk(_checked(path, campaign)):
        has_part = {"mail"} if result["kind"] == "mail" else set()
        assert set(result) == RESULT | has_part
        if has_part:
            assert set(result["mail"]) == MAIL
            assert all(set(link) == LINK for link in result["mail"]["links"])


def test_an_outlook_mail_in_a_winmail_dat_has_it_too(tmp_path: Path, campaign: Campaign) -> None:
    path = tmp_path / "winmail.dat"
    path.write_bytes(winmail([Enclosed("a.txt", "", b"x")], body="见附件"))
    result = _checked(path, campaign)
    assert (result["kind"], result["format"]) == ("mail", "tnef")
    assert set(result["mail"]) == MAIL


def test_a_truncated_mail_is_said_to_be_incomplete(campaign: Campaign) -> None:
    result = _checked(DATA / "mail" / "cut_off_in_base64.eml", campaign)
    assert [finding["code"] for finding in result["findings"]] == ["MAIL_BROKEN"]
    assert "truncated" in result["mail"]["defects"]


@pytest.mark.parametrize("name", ["auto_reply_words", "netease_bounce", "list_mail"])
def test_a_mail_that_gets_no_answer_says_why(name: str, campaign: Campaign) -> None:
    mail = _checked(DATA / "automail" / f"{name}.eml", campaign)["mail"]
    assert (mail["answer"], mail["no_answer_reason"]) == (False, name)
