"""Who gets in, who may do what, and what a request may not do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from make.browsing import PASSWORD, Browser, an_office_console
from starlette.routing import Route

from mailbot.campaign.types import Campaign
from mailbot.console.app import POLICY
from mailbot.console.assets import Asset
from mailbot.console.routes import Guarded, local_path
from mailbot.console.sessions import COOKIE
from mailbot.deciding.accounts import remove_account, set_role
from mailbot.entries import Role
from mailbot.errors import PermanentFault


@pytest.fixture
def browser(tmp_path: Path, campaign: Campaign) -> Iterator[Browser]:
    with an_office_console(tmp_path, campaign) as found:
        yield found


def routes_of(browser: Browser) -> list[Guarded | Asset]:
    return [route for route in browser.app.routes if isinstance(route, Guarded | Asset)]


def test_every_route_declares_whom_it_needs(browser: Browser) -> None:
    assert len(routes_of(browser)) == len(browser.app.routes) > 8
    open_to_all = {route.path for route in routes_of(browser) if route.needs == "anyone"}
    assert {path for path in open_to_all if not path.startswith("/static/")} == {
        "/login",
        "/first/{word}",
        "/login/oidc",
        "/login/oidc/callback",
        "/welcome/{name:path}/{word}",
    }


def test_a_route_that_declares_nobody_is_refused(
    tmp_path: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbot.console.app.find_routes", lambda: [Route("/x", lambda _: None)])
    with pytest.raises(TypeError, match="declares nobody"), an_office_console(tmp_path, campaign):
        pass


def test_a_page_is_refused_to_whom_it_is_not_for(browser: Browser) -> None:
    """Each route, as nobody and as the role below the one it needs."""
    below: dict[str, Role | None] = {"viewer": None, "clerk": "viewer", "admin": "clerk"}
    for route in routes_of(browser):
        if route.needs == "anyone":
            continue
        path = browser.some_path(route.path)
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        browser.forget()
        answer = browser.request(method, path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login"), path
        role = below[route.needs]
        if role:
            browser.log_in(role)
            assert browser.request(method, path, browser.form()).status_code == 403, path


def test_a_form_without_our_token_does_nothing(browser: Browser) -> None:
    browser.log_in("admin")
    for route in routes_of(browser):
        if "POST" in (route.methods or ()):
            path = browser.some_path(route.path)
            for form in ({}, {"csrf": "0" * 64}):
                answer = browser.request("POST", path, form)
                assert answer.status_code == 403, path
                assert "页面已过期" in answer.text


def test_the_token_of_another_session_is_none(browser: Browser) -> None:
    browser.get("/login")
    other = browser.form()
    browser.forget()
    browser.get("/login")
    form = {"name": "viewer", "password": PASSWORD, **other}
    assert browser.request("POST", "/login", form).status_code == 403


def test_a_login_gives_the_session_another_name(browser: Browser) -> None:
    """What somebody put into the browser beforehand is nobody's afterwards."""
    browser.get("/login")
    fixed = browser.client.cookies[COOKIE]
    # Not `log_in`, which begins in another browser.
    assert browser.post("/login", {"name": "clerk", "password": PASSWORD}).status_code == 303
    mine = browser.client.cookies[COOKIE]
    assert mine != fixed
    assert browser.get("/me").status_code == 200
    browser.forget()
    browser.client.cookies.set(COOKIE, fixed)
    assert browser.get("/me").status_code == 303


def test_a_cookie_that_we_did_not_sign_is_no_session(browser: Browser) -> None:
    browser.log_in("clerk")
    mine = browser.client.cookies[COOKIE]
    browser.forget()
    name, _, signature = mine.rpartition(".")
    browser.client.cookies.set(COOKIE, f"{name}.{signature[::-1]}")
    assert browser.get("/me").status_code == 303


def test_a_session_ends_with_its_hours_and_with_the_logout(browser: Browser) -> None:
    browser.log_in("viewer")
    mine = browser.client.cookies[COOKIE]
    browser.clock.advance(hours=11)
    assert browser.get("/me").status_code == 200
    browser.clock.advance(hours=2)
    assert browser.get("/me").status_code == 303
    browser.log_in("viewer")
    mine = browser.client.cookies[COOKIE]
    assert browser.post("/logout").headers["location"] == "/login"
    browser.forget()
    browser.client.cookies.set(COOKIE, mine)
    assert browser.get("/me").status_code == 303


def test_the_cookie_is_for_us_alone(browser: Browser) -> None:
    marks = browser.get("/login").headers["set-cookie"].lower()
    assert "httponly" in marks
    assert "samesite=strict" in marks
    assert "secure" not in marks
    browser.forget()
    secure = browser.client.get("https://127.0.0.1/login").headers["set-cookie"].lower()
    assert "secure" in secure


def test_five_wrong_passwords_slow_the_account(browser: Browser) -> None:
    browser.get("/login")
    wrong = {"name": "clerk", "password": "not the password"}
    for _ in range(5):
        assert browser.post("/login", wrong).status_code == 403
    right = {"name": "clerk", "password": PASSWORD}
    assert browser.post("/login", right).status_code == 429
    browser.clock.advance(seconds=16)
    assert browser.post("/login", wrong).status_code == 403
    browser.clock.advance(seconds=16)
    assert browser.post("/login", right).status_code == 429  # twice as long now
    browser.clock.advance(seconds=16)
    assert browser.post("/login", right).status_code == 303
    browser.forget()
    browser.get("/login")
    assert browser.post("/login", wrong).status_code == 403  # the count began anew


def test_a_name_that_is_nobodys_is_slowed_alike(browser: Browser) -> None:
    browser.get("/login")
    answers = [browser.post("/login", {"name": "x", "password": "y"}) for _ in range(6)]
    assert [one.status_code for one in answers] == [403] * 5 + [429]


def test_a_body_that_is_too_long_is_not_read(browser: Browser) -> None:
    browser.get("/login")
    long = {"name": "x" * 300_000, **browser.form()}
    assert browser.request("POST", "/login", long).status_code == 413

    def chunks() -> Iterator[bytes]:  # without a length stated beforehand
        for _ in range(40):
            yield b"a" * 10_000

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.client.post("/login", content=chunks(), headers=kind).status_code == 413


def test_every_answer_says_what_a_browser_may_do_with_it(browser: Browser) -> None:
    asset = next(route.path for route in routes_of(browser) if isinstance(route, Asset))
    for path in ("/login", "/nothing", "/me", asset):
        headers = browser.get(path).headers
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_no_page_has_a_script_or_a_look_of_its_own(browser: Browser) -> None:
    """The policy would stop them; a page that wants one is broken."""
    folder = Path(__file__).parents[2] / "mailbot" / "templates" / "console"
    for file in folder.glob("*.j2"):
        text = file.read_text(encoding="utf-8")
        assert "style=" not in text, file.name
        assert " on" + "click" not in text, file.name
        assert "|safe" not in text, file.name
        assert text.count("<script") == text.count("<script src="), file.name


def test_a_page_of_another_name_that_points_here_is_not_answered(browser: Browser) -> None:
    assert browser.client.get("/login", headers={"host": "evil.example"}).status_code == 400


def test_a_link_in_a_mail_finds_the_session_that_a_strict_cookie_left_behind(
    browser: Browser,
) -> None:
    answer = browser.client.get("/me", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil", "", "x"])
def test_after_the_login_nobody_is_sent_elsewhere(path: str) -> None:
    assert local_path(path) == "/"
    assert local_path("/board?filter=缺") == "/board?filter=缺"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/"]
)
def test_there_is_no_way_out_of_the_static_files(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_the_first_admin_names_himself_once(tmp_path: Path, campaign: Campaign) -> None:
    with an_office_console(tmp_path, campaign, users=()) as browser:
        word = browser.offer_first()
        path = f"/first/{word}"
        assert browser.get("/first/other").status_code == 404
        assert browser.get(path).status_code == 200
        form = {"name": "王主任", "password": PASSWORD, "again": PASSWORD}
        assert browser.post(path, {**form, "again": "another one"}).status_code == 400
        assert browser.post(path, {**form, "password": "short"}).status_code == 400
        assert browser.post(path, form).status_code == 303
        assert "王主任" in browser.get("/me").text
        assert browser.get(path).status_code == 404
        assert browser.offer_first() == ""


def test_the_first_address_is_good_for_an_hour(tmp_path: Path, campaign: Campaign) -> None:
    with an_office_console(tmp_path, campaign, users=()) as browser:
        word = browser.offer_first()
        browser.clock.advance(minutes=61)
        assert browser.get(f"/first/{word}").status_code == 404


def test_a_new_password_ends_the_sessions_of_the_old_one(browser: Browser) -> None:
    browser.log_in("clerk")
    elsewhere = browser.client.cookies[COOKIE]
    fresh = "another password"
    form = {"former": PASSWORD, "password": fresh, "again": fresh}
    assert browser.post("/me/password", {**form, "former": "wrong one"}).status_code == 400
    assert browser.post("/me/password", {**form, "again": "x"}).status_code == 400
    assert browser.post("/me/password", form).status_code == 303
    assert browser.get("/me").status_code == 200
    browser.forget()
    browser.client.cookies.set(COOKIE, elsewhere)
    assert browser.get("/me").status_code == 303
    assert [row.action for row in browser.trail()][-1] == "user password"


def test_the_last_admin_stays_one(browser: Browser) -> None:
    with browser.desk() as desk:
        with pytest.raises(PermanentFault, match="last admin"):
            remove_account(desk, "admin")
        with pytest.raises(PermanentFault, match="last admin"):
            set_role(desk, "admin", "clerk")
        set_role(desk, "clerk", "admin")
        remove_account(desk, "admin")
