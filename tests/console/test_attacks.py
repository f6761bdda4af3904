"""What somebody tries on the pages where one acts: each attack, and what becomes of it."""

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from make.browsing import PASSWORD, an_office_console
from make.morning import Morning, a_morning
from starlette.types import Message

from mailbot.campaign.types import Campaign
from mailbot.console import patience, routes, serving
from mailbot.deciding.accounts import add_account
from mailbot.demo.documents import plan
from mailbot.ledger.arrivals import arrival_row, files_of
from mailbot.settings.watching import ConsoleSection

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture
def morning(tmp_path: Path, campaign: Campaign) -> Iterator[Morning]:
    with a_morning(tmp_path, campaign) as found:
        yield found


def is_shown_as_text(page: str) -> bool:
    """It stands there, as letters."""
    return not any(mark in page for mark in ("<script>alert", "<img src=x", "<b onclick"))


def test_what_a_stranger_writes_is_text_on_every_page(morning: Morning) -> None:
    """Subject, sender's name, file name and body of a mail, and the errors of a server."""
    morning.table.receive(
        HOSTILE,
        HOSTILE,
        sender="evil@example.com",
        files={f"{HOSTILE.replace('/', '')}.docx": plan("我")},
    )
    morning.table.receive(
        "金水区材料", HOSTILE, sender="two@example.com", files={"<b onclick=x>.docx": plan("金水")}
    )
    ledger = morning.table.office.ledger
    with ledger.transaction():
        ledger.execute("UPDATE replies SET error_text = ? WHERE state = 'dead'", (HOSTILE,))
        ledger.execute("UPDATE arrivals SET last_error = ? WHERE id = 7", (HOSTILE,))
    browser = morning.browser
    browser.log_in("admin")
    seen = ""
    for path in ("/todo", "/outbox", "/decide?unit=金水区"):
        page = browser.get(path).text
        assert is_shown_as_text(page), path
        seen += page
    assert seen.count("&lt;script&gt;") >= 4


def test_what_a_colleague_writes_is_text_on_every_page(morning: Morning) -> None:
    """A user's name, reasons, notes, results, seeds; and the line that a page begins with."""
    browser = morning.browser
    with browser.desk() as desk:
        add_account(desk, HOSTILE[:40], "admin", PASSWORD)
    browser.get("/login")
    done = browser.post("/login", {"name": HOSTILE[:40], "password": PASSWORD})
    assert done.status_code == 303
    browser.get("/me")
    browser.post("/decide", {"unit": "金水区", "do": "hold", "reason": HOSTILE})
    browser.post("/checks", {"size": "1", "always": "金水区", "seed": HOSTILE})
    form = {"unit": "金水区", "result": HOSTILE, "note": HOSTILE}
    told = browser.post("/checks/1/result", form)
    pages = ["/todo", "/checks", "/checks/1", "/me", told.headers["location"]]
    for path in pages:
        page = browser.get(path).text
        assert is_shown_as_text(page), path
    assert "&lt;script&gt;" in browser.get("/checks/1").text


def test_a_line_that_we_did_not_write_is_not_shown(morning: Morning) -> None:
    morning.browser.log_in("viewer")
    for told in ("已停用", HOSTILE, "IjEi.x"):
        page = morning.browser.client.get("/todo", params={"told": told}).text
        assert 'class="told"' not in page


@pytest.mark.parametrize(
    "path",
    [
        "/outbox/-1/letter",
        "/outbox/1e9/letter",
        "/outbox/99999999999999999999999/letter",
        "/outbox/%2e%2e/letter",
        "/outbox/1%00/letter",
        "/checks/0",
        "/checks/99999999999999999999999",
        "/checks/1/../../login.zip",
        "/rules/99999999999999999999999",
        "/decide?unit=../../etc",
        "/first/",
        "/first/%00",
    ],
)
def test_a_guessed_or_crooked_address_finds_nothing(morning: Morning, path: str) -> None:
    morning.browser.log_in("admin")
    answer = morning.browser.get(path)
    assert answer.status_code == 404, answer.text[:300]


def test_numbers_of_mails_and_sessions_are_no_way_in(morning: Morning) -> None:
    """Whoever is nobody learns not even what there is: a page that is there and one that is not
    answer alike."""
    morning.browser.forget()
    for path in ("/outbox/1/letter", "/outbox/999/letter", "/checks/1", "/rules/1"):
        assert morning.browser.get(path).headers["location"].startswith("/login"), path


def test_a_decision_by_link_is_none(morning: Morning) -> None:
    """A GET changes nothing, and a form of another site carries no token."""
    morning.browser.log_in("admin")
    for path in ("/todo/settle", "/todo/undo", "/outbox/decide", "/outbox/adopt", "/logout"):
        assert morning.browser.get(path).status_code in (404, 405), path
    answer = morning.browser.client.post(
        "/decide",
        data={"unit": "金水区", "do": "hold", "reason": "x"},
        headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert morning.table.trail() == []


def test_no_page_that_is_looked_at_changes_anything(morning: Morning) -> None:
    """Each of them, about things that are there: a link in a mail may lead to any."""
    browser = morning.browser
    browser.log_in("admin")
    browser.post("/checks", {"size": "1", "always": "金水区"})
    ledger = morning.table.office.ledger
    row = arrival_row(ledger, 1)
    assert row is not None
    sha256 = files_of(row)[-1].sha256
    real = {"unit": "金水区", "name": "金水区", "key": "overall.drills", "sha256": sha256}
    before = list(ledger.database.iterdump())
    shown = set()
    for route in browser.app.routes:
        if isinstance(route, routes.Guarded) and "GET" in (route.methods or ()):
            path = re.sub(r"\{(\w+)(:\w+)?\}", lambda one: real.get(one[1], "1"), route.path)
            answer = browser.get(path)
            assert answer.status_code in (200, 303, 307, 404), path
            if answer.status_code == 200:
                shown.add(route.path)
    assert len(shown) > 20
    assert list(ledger.database.iterdump()) == before


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, True),  # no browser: the token alone
        ({"origin": "http://127.0.0.1:8163"}, True),
        ({"origin": "http://127.0.0.1:8163", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://127.0.0.1:8163.evil.example"}, False),
        ({"origin": "http://127.0.0.1:9999"}, False),  # another service of this machine
        ({"origin": "null"}, False),  # a frame without an origin
        ({"origin": "http://[", "sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8163"}, False),
        # Caddy keeps the name; nginx as deploy/README.md has it says it without a port; another
        # proxy asks us under a name of its own and says the browser's beside it.
        ({"host": "localhost", "origin": "https://localhost:8443"}, True),
        ({"host": "localhost", "origin": "https://localhost.evil.example:8443"}, False),
        ({"x-forwarded-host": "m.example, inner", "origin": "https://m.example"}, True),
        ({"x-forwarded-host": "m.example", "origin": "https://evil.example"}, False),
        ({"origin": "https://public.example"}, True),
        ({"origin": "https://proxied.example", "sec-fetch-site": "same-origin"}, True),
    ],
)
def test_a_form_of_another_sites_page_is_refused_though_its_token_is_right(
    morning: Morning, headers: dict[str, str], is_ours: bool
) -> None:
    console = morning.browser.app.state.console
    section = console.settings.console.model_copy(update={"public_url": "https://public.example"})
    console.settings = console.settings.model_copy(update={"console": section})
    morning.browser.log_in("clerk")
    form = {"unit": "金水区", "do": "hold", "reason": "x"} | morning.browser.form()
    answer = morning.browser.client.post("/decide", data=form, headers=headers)
    assert answer.status_code == (303 if is_ours else 403)
    assert len(morning.table.trail()) == is_ours


def test_a_photo_larger_than_its_bound_is_not_kept(morning: Morning) -> None:
    morning.browser.log_in("clerk")
    morning.browser.post("/checks", {"size": "1", "always": "金水区"})
    form = {"unit": "金水区", "result": "相符"}
    large = {"photo": ("x.jpg", b"\xff\xd8\xff" + bytes(13 * 1024**2), "image/jpeg")}
    assert morning.browser.post("/checks/1/result", form, files=large).status_code == 413
    assert [row.action for row in morning.table.trail()] == ["draw"]


def test_thousands_of_fields_are_refused(morning: Morning) -> None:
    morning.browser.log_in("clerk")
    form = {"unit": "金水区", "do": "hold", "reason": "x"}
    more = {f"f{number}": "x" for number in range(3000)}
    morning.browser.get("/me")
    assert morning.browser.post("/decide", form | more).status_code == 400
    assert morning.table.trail() == []
    assert morning.browser.post("/decide", form).status_code == 303  # it was that alone


def test_a_body_that_trickles_is_given_up(
    tmp_path: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "BODY_SECONDS", 0.05)
    with an_office_console(tmp_path, campaign) as browser:
        browser.get("/login")
        sent: list[Message] = []

        async def receive() -> Message:
            await asyncio.sleep(0.01)
            return {"type": "http.request", "body": b"a", "more_body": True}

        async def send(message: Message) -> None:
            sent.append(message)

        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/login",
            "raw_path": b"/login",
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "http_version": "1.1",
            "headers": [
                (b"host", b"127.0.0.1"),
                (b"content-type", b"application/x-www-form-urlencoded"),
            ],
        }
        asyncio.run(asyncio.wait_for(browser.app(scope, receive, send), 20))
    assert sent[0]["status"] == 408


@pytest.fixture
def served(tmp_path: Path, campaign: Campaign) -> Iterator[int]:
    """The console on a real port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with an_office_console(tmp_path, campaign) as browser:
        section = ConsoleSection(port=port)
        settings = browser.settings.model_copy(update={"console": section})
        server = serving.make_server(settings, campaign)
        with serving.in_a_thread(server):
            while not server.started:
                pass
            yield port


_BEGUN = b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
# No token: it is looked at when the body is there.
_POSTED = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999\r\n\r\n"


def test_headers_that_trickle_are_given_up_and_others_are_served(
    served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "HEADER_SECONDS", 0.2)
    address = ("127.0.0.1", served)
    with socket.create_connection(address, 10) as slow:
        slow.sendall(_BEGUN + b"X: ")
        with socket.create_connection(address, 10) as quick:
            quick.sendall(_BEGUN + b"\r\n")
            assert quick.recv(100).startswith(b"HTTP/1.1 200")
        slow.settimeout(10)
        assert slow.recv(100) == b""  # cut off, without an answer


@pytest.mark.parametrize("sent", [b"", _BEGUN + b"X: ", _POSTED], ids=["nothing", "head", "body"])
def test_a_hundred_and_fifty_slow_clients_shut_nobody_out(served: int, sent: bytes) -> None:
    """Nor one that was there before them, from elsewhere."""
    address = ("127.0.0.1", served)
    with ExitStack() as stack:

        def connect(source: str) -> socket.socket:
            return stack.enter_context(
                socket.create_connection(address, 10, source_address=(source, 0))
            )

        early = connect("127.0.0.2")
        early.sendall(_BEGUN)
        slow = [connect("127.0.0.1") for _ in range(150)]
        for one in slow:
            with suppress(ConnectionError):  # the first of them may be gone already
                one.sendall(sent)
        quick = connect("127.0.0.1")
        quick.sendall(_BEGUN + b"\r\n")
        assert quick.recv(100).startswith(b"HTTP/1.1 200")
        early.sendall(b"\r\n")
        assert early.recv(100).startswith(b"HTTP/1.1 200")
        with suppress(ConnectionError):
            assert slow[0].recv(100) == b""  # it made room


def ask_for_ever(client: socket.socket) -> None:
    while True:
        client.sendall((_BEGUN + b"\r\n") * 100)


def test_an_answer_that_nobody_takes_is_given_up(
    served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks again and again and reads nothing fills no memory, and holds no place."""
    monkeypatch.setattr(patience, "STALLED_SECONDS", 0.1)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.settimeout(10)
        client.connect(("127.0.0.1", served))
        with pytest.raises(ConnectionError):  # a TimeoutError is none
            ask_for_ever(client)


def test_the_token_is_in_every_form_that_is_shown(morning: Morning) -> None:
    morning.browser.log_in("admin")
    morning.browser.post("/checks", {"size": "1", "always": "金水区"})
    for path in (
        "/todo",
        "/outbox",
        "/checks",
        "/checks/1",
        "/rules",
        "/me",
        "/decide?unit=金水区",
    ):
        page = morning.browser.get(path).text
        for form in re.findall(r'<form method="post".*?</form>', page, re.DOTALL):
            assert 'name="csrf"' in unescape(form), path
