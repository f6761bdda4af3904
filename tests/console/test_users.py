"""用户: an admin enters people, who set their own passwords; every change has its row."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from make.browsing import PASSWORD, Browser, an_office_console

from mailbot.campaign.types import Campaign

NEW = "eine ganz neue Losung"


@pytest.fixture
def browser(tmp_path: Path, campaign: Campaign) -> Iterator[Browser]:
    with an_office_console(tmp_path, campaign) as found:
        found.log_in("admin")
        yield found


def link_in(page: str) -> str:
    (address,) = re.findall(r'value="http://127\.0\.0\.1:8163(/welcome/[^"]+)"', page)
    return unescape(address)


def test_a_person_is_entered_and_sets_his_password_by_an_address_that_holds_once(
    browser: Browser,
) -> None:
    answer = browser.post("/users", {"do": "add", "name": "李 明", "role": "clerk"})
    assert answer.status_code == 200
    link = link_in(answer.text)
    assert link not in browser.get("/users").text  # shown once
    browser.forget()
    assert "李 明" in browser.get(link).text
    assert browser.post(link, {"password": "short", "again": "short"}).status_code == 400
    assert browser.post(link, {"password": NEW, "again": f"{NEW}."}).status_code == 400
    assert browser.post(link, {"password": NEW, "again": NEW}).status_code == 303
    assert ">李 明</a>" in browser.get("/me").text  # logged in
    assert browser.get("/users").status_code == 403
    assert browser.get(link).status_code == 404
    assert browser.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 404
    browser.forget()
    browser.get("/login")
    assert browser.post("/login", {"name": "李 明", "password": NEW}).status_code == 303
    rows = [(row.by, row.action, row.subject) for row in browser.trail()]
    assert rows == [("admin", "user add", "李 明"), ("李 明", "user password", "李 明")]
    assert link.rsplit("/", 1)[1] not in str([(row.before, row.after) for row in browser.trail()])


def test_a_new_address_ends_the_old_password_the_sessions_and_the_address_before(
    browser: Browser,
) -> None:
    first = link_in(browser.post("/users", {"do": "link", "name": "clerk"}).text)
    second = link_in(browser.post("/users", {"do": "link", "name": "clerk"}).text)
    browser.forget()
    browser.get("/login")
    assert browser.post("/login", {"name": "clerk", "password": PASSWORD}).status_code == 403
    assert browser.post("/login", {"name": "clerk", "password": ""}).status_code == 403
    assert browser.get(first).status_code == 404
    assert browser.get(second.replace("/clerk/", "/admin/")).status_code == 404
    browser.clock.advance(minutes=3 * 24 * 60 + 1)
    assert browser.get(second).status_code == 404


def test_a_role_is_changed_and_a_user_removed(browser: Browser) -> None:
    told = browser.post("/users", {"do": "role", "name": "viewer", "role": "clerk"})
    assert "变更用户权限" in browser.get(told.headers["location"]).text
    browser.post("/users", {"do": "remove", "name": "clerk"})
    page = browser.get("/users").text
    assert "<b>clerk</b>" not in page
    rows = [(row.by, row.action, row.subject) for row in browser.trail()]
    assert rows == [("admin", "user role", "viewer"), ("admin", "user remove", "clerk")]


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"do": "remove", "name": "admin"}, 409, "至少须有一名管理员"),
        ({"do": "role", "name": "admin", "role": "clerk"}, 409, "至少须有一名管理员"),
        ({"do": "add", "name": "clerk", "role": "clerk"}, 409, "已有此用户"),
        ({"do": "add", "name": "", "role": "clerk"}, 409, "用户名为空"),
        ({"do": "add", "name": "x" * 41, "role": "clerk"}, 409, "过长"),
        ({"do": "add", "name": "x", "role": "owner"}, 400, ""),
        ({"do": "remove", "name": "nobody"}, 409, "没有此用户"),
        ({"do": "link", "name": "nobody"}, 409, "没有此用户"),
        ({"do": "else", "name": "clerk"}, 400, ""),
    ],
    ids=str,
)
def test_what_may_not_be_changes_nothing(
    browser: Browser, form: dict[str, str], status: int, words: str
) -> None:
    answer = browser.post("/users", form)
    assert answer.status_code == status
    assert words in answer.text
    assert browser.trail() == []


def test_a_name_is_shown_as_text(browser: Browser) -> None:
    page = browser.post("/users", {"do": "add", "name": "<b>x</b>", "role": "viewer"}).text
    assert "<b>x</b>" not in page
    assert browser.get(link_in(page)).status_code == 200


def test_no_address_is_guessed(browser: Browser) -> None:
    browser.post("/users", {"do": "link", "name": "clerk"})
    browser.forget()
    for path in ("/welcome/clerk/x", "/welcome/clerk/%20", "/welcome/nobody/x", "/welcome/admin/x"):
        assert browser.get(path).status_code == 404
