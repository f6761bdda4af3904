"""Logging in by the office's provider: who is believed, and who is not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("authlib", reason="the extra mailbot[oidc] is not installed")

import httpx2
from make.browsing import Browser, an_office_console
from make.chromium import a_browser, listening
from make.office import settings_for
from make.oidc_provider import (
    CLIENT,
    SECRET,
    Provider,
    a_provider,
    by_another_key,
    by_our_secret,
    by_the_public_key,
    unsigned,
)
from pydantic import SecretStr

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.console.oidc import CALLBACK
from mailbot.console.oidc import Provider as ByOpenId
from mailbot.settings.watching import ConsoleSection


class Desk:
    """A browser, the console and the provider, on one clock."""

    def __init__(self, browser: Browser, provider: Provider) -> None:
        self.browser, self.provider = browser, provider

    def sent_away(self, path: str = "/login/oidc?next=/board") -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def back(self, address: str) -> str:
        """What the provider sends the browser to; over real HTTP."""
        answer = httpx2.get(address, follow_redirects=False)
        return str(answer.headers["location"])

    def log_in(self) -> Any:
        return self.browser.get(self.back(self.sent_away()))

    def is_in(self) -> bool:
        return bool(self.browser.get("/me").status_code == 200)


@pytest.fixture
def desk(tmp_path: Path, campaign: Campaign) -> Iterator[Desk]:
    clock = FrozenClock(campaign.deadline - timedelta(days=2))
    with a_provider(clock.now) as provider:
        section = ConsoleSection(
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SecretStr(SECRET),
        )
        settings = settings_for(tmp_path).model_copy(update={"console": section})
        with an_office_console(tmp_path, campaign, settings=settings, clock=clock) as browser:
            yield Desk(browser, provider)


def test_a_user_whom_the_provider_names_is_logged_in_with_the_role_he_has_here(
    desk: Desk,
) -> None:
    assert 'href="/login/oidc?next=/board"' in desk.browser.get("/login?next=/board").text
    away = desk.sent_away()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert "openid" in asked["scope"].split()
    answer = desk.browser.get(desk.back(away))
    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    page = desk.browser.get("/me").text
    assert ">clerk</a>" in page
    assert desk.browser.get("/decide?unit=金水区").status_code == 200
    assert desk.browser.post("/outbox/adopt").status_code == 403  # an admin's


def test_another_claim_may_name_the_user(desk: Desk) -> None:
    provider = desk.browser.app.state.console.provider
    provider._section = provider._section.model_copy(update={"oidc_claim": "email"})
    for verified, status in ((None, 403), (False, 403), ("true", 403), (True, 303)):
        extra = {"email": "admin"} | ({} if verified is None else {"email_verified": verified})
        desk.provider.change = extra.__ror__
        assert desk.log_in().status_code == status
    assert ">admin</a>" in desk.browser.get("/me").text


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": -3600},
        {"nbf": 3600},
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"aud": None},
        {"at_hash": "AAAA"},
        {"preferred_username": None},
        {"preferred_username": ["clerk"]},
        {"preferred_username": " "},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_login_is_not_believed(
    desk: Desk, changed: dict[str, Any]
) -> None:
    def change(claims: dict[str, Any]) -> dict[str, Any]:
        moved = {
            name: claims["iat"] + value if name in ("exp", "nbf") and value else value
            for name, value in changed.items()
        }
        return {name: value for name, value in {**claims, **moved}.items() if value is not None}

    desk.provider.change = change
    assert desk.log_in().status_code == 403
    assert not desk.is_in()


@pytest.mark.parametrize("sign", [unsigned, by_our_secret, by_the_public_key, by_another_key])
def test_a_token_that_the_provider_did_not_sign_is_not_believed(desk: Desk, sign: Any) -> None:
    desk.provider.sign = sign
    assert desk.log_in().status_code == 403
    assert not desk.is_in()


def test_a_provider_may_change_its_key(desk: Desk) -> None:
    assert desk.log_in().status_code == 303
    desk.browser.forget()
    desk.provider.rotate()
    assert desk.log_in().status_code == 303
    assert desk.provider.asked.count("/keys") == 2
    assert desk.provider.asked.count("/.well-known/openid-configuration") == 1


def test_whom_nobody_entered_here_gets_no_further(desk: Desk) -> None:
    desk.provider.user = "stranger"
    answer = desk.log_in()
    assert answer.status_code == 403
    assert "尚无账号" in answer.text
    assert not desk.is_in()


def test_a_login_is_of_the_browser_that_began_it(desk: Desk) -> None:
    """Somebody else's address is worth nothing here, and neither is one that was used or is old."""
    theirs = desk.back(desk.sent_away())
    desk.browser.forget()
    assert desk.browser.get(theirs).status_code == 403  # no cookie
    desk.sent_away()
    assert desk.browser.get(theirs).status_code == 403  # of another login
    own = desk.back(desk.sent_away())
    assert desk.browser.get(own.replace("state=", "state=x")).status_code == 403
    own = desk.back(desk.sent_away())
    assert desk.browser.get(own.split("code=")[0] + own[own.index("state=") :]).status_code == 403
    own = desk.back(desk.sent_away())
    desk.browser.clock.advance(minutes=11)
    assert desk.browser.get(own).status_code == 403
    assert not desk.is_in()
    own = desk.back(desk.sent_away())
    assert desk.browser.get(own).status_code == 303
    desk.browser.post("/logout")
    assert desk.browser.get(own).status_code == 403
    assert not desk.is_in()


def test_the_session_gets_another_name_at_the_login(desk: Desk) -> None:
    desk.browser.get("/login")
    before = desk.browser.client.cookies["mailbot_session"]
    assert desk.log_in().status_code == 303
    assert desk.browser.client.cookies["mailbot_session"] != before
    assert "mailbot_oidc" not in desk.browser.client.cookies


def test_afterwards_no_other_site_is_gone_to(desk: Desk) -> None:
    address = desk.back(desk.sent_away("/login/oidc?next=//evil.example/"))
    assert desk.browser.get(address).headers["location"] == "/"


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
def test_a_provider_that_is_not_what_it_should_be_is_not_gone_to(
    desk: Desk, said: dict[str, Any]
) -> None:
    desk.provider.said = said
    answer = desk.browser.get("/login/oidc")
    assert answer.status_code == 503
    assert "暂时无法使用" in answer.text


def test_our_secret_goes_in_the_form_where_the_provider_takes_it_there_only(desk: Desk) -> None:
    desk.provider.said = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert desk.log_in().status_code == 303


def test_without_a_provider_there_is_no_such_login(tmp_path: Path, campaign: Campaign) -> None:
    with an_office_console(tmp_path, campaign) as browser:
        assert "/login/oidc" not in browser.get("/login").text
        assert browser.get("/login/oidc").status_code == 404
        assert browser.get("/login/oidc/callback?code=1&state=1").status_code == 404


def test_a_browser_comes_back_from_another_site_and_is_in(desk: Desk) -> None:
    """A strict cookie stays behind on the way: the page asks for itself once more."""
    desk.provider.issuer = desk.provider.issuer.replace("127.0.0.1", "localhost")
    section = desk.browser.settings.console.model_copy(update={"oidc_issuer": desk.provider.issuer})
    app = desk.browser.app
    with listening(app) as address, a_browser() as chromium:
        app.state.console.provider = ByOpenId(section, f"{address}{CALLBACK}")
        page = chromium.new_page(base_url=address)
        page.goto("/login?next=/board")
        page.click("text=统一身份认证")
        page.wait_for_url("**/board")
        assert page.inner_text("h1") == "看板"
