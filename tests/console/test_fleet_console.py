"""One console for many offices: a user sees those that are his, and acts in the one he chose."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from argon2 import PasswordHasher
from make.office import settings_for
from pydantic import SecretStr
from starlette.testclient import TestClient

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.console.fleet import OIDC, Served, create_fleet_app
from mailbot.console.office_cookies import CHOSEN
from mailbot.console.oidc import CALLBACK
from mailbot.entries import Role
from mailbot.ledger import audit
from mailbot.ledger.accounts import record
from mailbot.ledger.store import open_ledger
from mailbot.settings.watching import ConsoleSection

if TYPE_CHECKING:
    from make.oidc_provider import Provider

PASSWORD, OTHER = "correct horse battery", "another horse battery"
# By office: name, role, password.
USERS: dict[str, list[tuple[str, Role, str]]] = {
    "东区": [("both", "admin", PASSWORD), ("east", "clerk", PASSWORD)],
    "west": [("both", "viewer", PASSWORD), ("two", "clerk", PASSWORD)],
    "north": [("two", "clerk", OTHER)],
}


@pytest.fixture
def open_offices(tmp_path: Path, campaign: Campaign) -> dict[str, Served]:
    clock = FrozenClock(campaign.deadline - timedelta(days=2))
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    found = {}
    for name, users in USERS.items():
        settings = settings_for(tmp_path / name)
        with open_ledger(settings.paths.data, beside=True) as ledger, ledger.transaction():
            for user, role, password in users:
                record(ledger, user, role, hasher.hash(password), clock.now())
        found[name] = Served(name, settings, campaign, opened=name)
    return found


@pytest.fixture
def client(open_offices: dict[str, Served], campaign: Campaign) -> TestClient:
    clock = FrozenClock(campaign.deadline - timedelta(days=2))
    app = create_fleet_app(open_offices.values, clock)
    return TestClient(app, base_url="http://127.0.0.1:8163", follow_redirects=False)


def log_in(client: TestClient, name: str, password: str = PASSWORD, **headers: str) -> Any:
    return client.post("/offices", data={"name": name, "password": password}, headers=headers)


def offices_shown(client: TestClient) -> dict[str, str]:
    """By name, the address under which the page has it."""
    page = client.get("/offices").text
    found = re.findall(r'<a href="(/offices/[^"]+)">([^<]+)</a>', page)
    return {unescape(name): address for address, name in found}


def test_a_stranger_learns_the_name_of_no_office(client: TestClient) -> None:
    answer = client.get("/board")
    assert (answer.status_code, answer.headers["location"]) == (303, "/offices")
    page = client.get("/offices").text
    assert not any(name in page for name in USERS)
    assert log_in(client, "both", OTHER).status_code == 403
    assert not any(name in client.get("/offices").text for name in USERS)


def test_a_user_sees_the_offices_that_are_his(client: TestClient) -> None:
    assert log_in(client, "both").headers["location"] == "/offices"
    assert sorted(offices_shown(client)) == ["west", "东区"]


def test_a_name_with_another_password_elsewhere_is_another_person(client: TestClient) -> None:
    assert log_in(client, "two").headers["location"] == "/"
    assert list(offices_shown(client)) == ["west"]


def test_a_user_of_one_office_is_there_at_once(client: TestClient) -> None:
    assert log_in(client, "east").headers["location"] == "/"
    assert client.get("/board").status_code == 200
    assert client.get("/me").status_code == 200


def test_the_chosen_office_is_the_one_that_is_acted_in(
    client: TestClient, open_offices: dict[str, Served]
) -> None:
    """He is admin in one and viewer in the other; what he does is in one audit trail."""
    log_in(client, "both")
    shown = offices_shown(client)
    assert client.get(shown["东区"]).headers["location"] == "/"
    page = client.get("/me").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    changed = {
        "csrf": unescape(token[1]),
        "former": PASSWORD,
        "password": OTHER,
        "again": OTHER,
    }
    assert client.post("/me/password", data=changed).status_code in (200, 303)
    trails = {}
    for name, office in open_offices.items():
        with open_ledger(office.settings.paths.data, writable=False) as ledger:
            trails[name] = [row.action for row in audit.entries(ledger)]
    assert trails == {"东区": ["user password"], "west": [], "north": []}
    assert client.get(shown["west"]).status_code == 303
    assert client.get("/board").status_code == 200


def test_the_session_of_one_office_is_worth_nothing_in_another(client: TestClient) -> None:
    log_in(client, "east")
    session = next(
        value for name, value in client.cookies.items() if name.startswith("mailbot_session.")
    )
    client.cookies.clear()
    other = "bm9ydGg"  # north, as its cookie is named
    client.cookies.set(f"mailbot_session.{other}", session)
    client.cookies.set(CHOSEN, other)
    answer = client.get("/board")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")
    assert "north" not in client.get("/offices").text


def test_an_office_that_was_not_logged_in_to_cannot_be_chosen_here(client: TestClient) -> None:
    log_in(client, "east")
    assert client.get("/offices/bm9ydGg").status_code == 404
    for odd in ("/offices/%2e%2e%2f", "/offices/////", "/offices/%00", "/offices/a/b"):
        answer = client.get(odd)
        assert answer.status_code in (200, 404)
        assert "north" not in answer.text


def test_five_wrong_passwords_slow_the_name_in_that_office(client: TestClient) -> None:
    for _ in range(5):
        assert log_in(client, "east", "wrong password").status_code == 403
    assert log_in(client, "east").status_code == 403


def test_another_sites_form_logs_nobody_in(client: TestClient) -> None:
    assert log_in(client, "east", origin="https://evil.test").status_code == 403
    assert log_in(client, "east", origin="http://127.0.0.1:8163").status_code == 303


def test_an_office_that_was_closed_is_gone(
    client: TestClient, open_offices: dict[str, Served]
) -> None:
    log_in(client, "east")
    del open_offices["东区"]
    assert client.get("/board").headers["location"] == "/offices"
    assert offices_shown(client) == {}


def test_the_way_in_has_the_policy_of_every_page(client: TestClient) -> None:
    answer = client.get("/offices")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    look = re.search(r'href="(/static/[^"]+\.css)"', answer.text)
    assert look is not None
    assert client.get(look[1]).status_code == 200


def test_an_endless_form_is_not_read_to_its_end(client: TestClient) -> None:
    form = {"name": "east", "password": PASSWORD, "more": "x" * 100_000}
    assert client.post("/offices", data=form).status_code == 403


@pytest.fixture
def by_provider(
    open_offices: dict[str, Served], campaign: Campaign
) -> Iterator[tuple[TestClient, "Provider"]]:
    """Two of the three offices have the provider; whoever comes is "both" there."""
    pytest.importorskip("authlib", reason="the extra mailbot[oidc] is not installed")
    from make.oidc_provider import CLIENT, SECRET, a_provider

    clock = FrozenClock(campaign.deadline - timedelta(days=2))
    with a_provider(clock.now) as provider:
        provider.user = "both"
        section = ConsoleSection(
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SecretStr(SECRET),
        )
        for name in ("东区", "west"):
            office = open_offices[name]
            settings = office.settings.model_copy(update={"console": section})
            open_offices[name] = replace(office, settings=settings)
        app = create_fleet_app(open_offices.values, clock)
        yield (
            TestClient(app, base_url="http://127.0.0.1:8163", follow_redirects=False),
            provider,
        )


def from_provider(client: TestClient, begun_at: str = OIDC) -> str:
    """Where the provider sends the browser back to."""
    away = client.get(begun_at).headers["location"]
    return str(httpx2.get(away, follow_redirects=False).headers["location"])


def test_by_the_provider_one_is_logged_in_to_each_office_that_has_it_and_knows_one(
    by_provider: tuple[TestClient, "Provider"],
) -> None:
    client, provider = by_provider
    assert f'href="{OIDC}"' in client.get("/offices").text
    assert client.get(from_provider(client)).headers["location"] == "/offices"
    assert sorted(offices_shown(client)) == ["west", "东区"]
    client.cookies.clear()
    provider.user = "two"  # known to west; north has no provider
    answer = client.get(from_provider(client))
    assert answer.headers["location"] == "/"
    assert "mailbot_oidc" not in client.cookies
    assert client.get("/board").status_code == 200
    assert list(offices_shown(client)) == ["west"]


def test_who_went_from_an_offices_own_page_comes_back_too(
    by_provider: tuple[TestClient, "Provider"],
) -> None:
    """The choice of the office is a strict cookie, which stays behind at another site."""
    client, _ = by_provider
    client.cookies.set(CHOSEN, "d2VzdA")  # west
    back = from_provider(client, "/login/oidc")
    client.cookies.delete(CHOSEN)
    assert client.get(back).status_code == 303
    assert sorted(offices_shown(client)) == ["west", "东区"]


def test_a_login_by_the_provider_is_of_the_browser_that_began_it(
    by_provider: tuple[TestClient, "Provider"],
) -> None:
    client, provider = by_provider
    back = from_provider(client)
    client.cookies.clear()
    assert client.get(back).status_code == 403  # another's browser
    back = from_provider(client)
    assert client.get(back.replace("state=", "state=x")).status_code == 403
    provider.user = "nobody"
    answer = client.get(from_provider(client))
    assert answer.status_code == 403
    assert "尚无账号" in answer.text
    provider.user = "both"
    provider.change = {"nonce": "another"}.__ror__
    assert client.get(from_provider(client)).status_code == 403
    assert offices_shown(client) == {}
    assert not any(name in answer.text for name in USERS)


def test_without_a_provider_the_way_in_offers_none(client: TestClient) -> None:
    assert OIDC not in client.get("/offices").text
    assert client.get(OIDC).status_code == 404
    assert client.get(f"{CALLBACK}?code=1&state=1").headers["location"] == "/offices"


def test_a_browser_from_another_site_asks_for_the_offices_once_more(client: TestClient) -> None:
    """Its strict cookies come along then."""
    log_in(client, "both")
    cookies = dict(client.cookies)
    client.cookies.clear()
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert 'http-equiv="refresh"' in client.get("/offices", headers=elsewhere).text
    client.cookies.update(cookies)
    assert sorted(offices_shown(client)) == ["west", "东区"]
