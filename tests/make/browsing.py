"""A console of an office, and a browser without a screen: starlette's client."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.console.app import create_app
from mailbot.deciding import accounts
from mailbot.deciding.desk import Desk
from mailbot.entries import Role
from mailbot.ledger import audit
from mailbot.ledger.accounts import record
from mailbot.ledger.store import open_ledger
from mailbot.settings.types import Settings
from make.office import settings_for

PASSWORD = "correct horse battery"
ROLES: tuple[Role, ...] = ("viewer", "clerk", "admin")


class Browser:
    """One browser before one console. Every role's user is named as the role."""

    def __init__(
        self, app: Starlette, settings: Settings, campaign: Campaign, clock: FrozenClock
    ) -> None:
        self.app, self.settings, self.campaign, self.clock = app, settings, campaign, clock
        self.client = TestClient(
            app,
            base_url="http://127.0.0.1:8163",
            follow_redirects=False,
            raise_server_exceptions=True,
        )
        self._page = ""

    def get(self, path: str) -> Any:
        """A page; its token is the one that the next form carries."""
        answer = self.client.get(path)
        self._page = answer.text if "text/html" in answer.headers.get("content-type", "") else ""
        return answer

    def request(self, method: str, path: str, form: Mapping[str, Any] | None = None) -> Any:
        """Whatever is asked, as it is."""
        return self.client.request(method, path, data=form if method == "POST" else None)

    def form(self) -> dict[str, str]:
        """The token of the page that was looked at last."""
        if "csrf" not in self._page:
            self.get("/me")
        found = re.search(r'name="csrf" value="([^"]+)"', self._page)
        return {"csrf": unescape(found[1])} if found else {}

    def post(
        self,
        path: str,
        form: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> Any:
        """A form of ours."""
        return self.client.post(path, data={**self.form(), **(form or {})}, files=files)

    def log_in(self, role: Role) -> None:
        """As the user of this role."""
        self.forget()
        self.get("/login")
        answer = self.post("/login", {"name": role, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        self._page = ""

    def forget(self) -> None:
        """Another browser."""
        self.client.cookies.clear()
        self._page = ""

    def some_path(self, path: str) -> str:
        """A path of this route, with something that is not there."""
        return re.sub(r"\{[^}]+\}", "1", path)

    def offer_first(self) -> str:
        """The word for the first admin."""
        with open_ledger(self.settings.paths.data, beside=True) as ledger, ledger.transaction():
            return accounts.offer_first(ledger, self.clock.now())

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The same office by command."""
        with open_ledger(self.settings.paths.data, beside=True) as ledger:
            yield Desk(ledger, self.campaign, self.settings, by="命令", now=self.clock.now())

    def trail(self) -> list[audit.AuditRow]:
        """The audit trail, proved."""
        with open_ledger(self.settings.paths.data, writable=False) as ledger:
            assert audit.verify(ledger).broken_at is None
            return audit.entries(ledger)


@lru_cache(maxsize=1)
def _hashed() -> str:
    """Cheap to verify: what argon2 costs is in the hash itself."""
    hashed: str = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    return hashed


@contextmanager
def an_office_console(
    folder: Path,
    campaign: Campaign,
    *,
    users: Sequence[Role] = ROLES,
    settings: Settings | None = None,
    clock: FrozenClock | None = None,
) -> Iterator[Browser]:
    """A console on the ledger in `folder`, which is made where there is none."""
    settings = settings or settings_for(folder)
    clock = clock or FrozenClock(campaign.deadline - timedelta(days=2))
    with open_ledger(settings.paths.data, beside=True) as ledger, ledger.transaction():
        for role in users:
            record(ledger, role, role, _hashed(), clock.now())
    with_app = create_app(settings, campaign, clock)
    browser = Browser(with_app, settings, campaign, clock)
    with browser.client:
        yield browser
