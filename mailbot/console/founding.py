"""The console before there is an office: what `mailbot init` asks for, asked in the browser.

`mailbot console` serves it where there are no settings yet, at an address that it prints. Whoever
opens that address may found the office; the address is good for one hour and for one office. What
is left is the folder that `mailbot init` leaves. All that `mailbot doctor` looks at is looked at;
from then on this is the office's console, open at the page where its first admin is named.
"""

import asyncio
import hmac
import logging
import secrets
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.clock import Clock
from mailbot.console.app import Headers, create_app, hosts_of
from mailbot.console.assets import Assets
from mailbot.console.founding_words import LINES, PROVIDER_NAMES, STATES
from mailbot.console.origins import is_from_another_site
from mailbot.console.routes import BODY_SECONDS, bounded
from mailbot.console.serving import first_address
from mailbot.console.words import said
from mailbot.doctor.check import Check
from mailbot.doctor.examine import examine, examine_servers
from mailbot.errors import MailbotError, SettingsError
from mailbot.settings import founding
from mailbot.settings.providers import PLAIN, Provider
from mailbot.settings.sources import load_settings
from mailbot.settings.types import Settings
from mailbot.settings.watching import ConsoleSection
from mailbot.wording.templates import render
from mailbot.workflow.opening import open_campaign

log = logging.getLogger(__name__)

_HOLDS = timedelta(hours=1)
_ORDER = {"failed": 0, "warning": 1, "ok": 2, "skipped": 3}
_FORM_BYTES = 64 * 1024
_NO_ADDRESS = "邮箱地址不完整：应形如 name@163.com。"
_NO_READER = "简报收件人中有不完整的地址：应形如 name@163.com，多个地址用逗号隔开。"
_NO_CODE = "请填写授权码。"
_NO_RULES = "规则文件夹读不出来，请核对路径；不清楚的，留空即用随附的规则。"
_NOT_IN = "未能登录，尚未保存。请按下列提示改正后再试；也可勾选“先保存，以后再改”。"
_CANNOT = "未能保存，请按提示改正后再试。"


class _Wrong(Exception):
    """What was filled in cannot be: the words say which field."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the doctor as the page shows it: `told` and `detail` are the doctor's own."""

    state: str
    said: str
    title: str
    todo: str
    told: str
    detail: str


class Founder:
    """The application until an office is founded in the folder `where`, then that office's console.

    `system`: as `mailbot init --system` writes it. `section`: where the console listens.
    """

    def __init__(
        self, where: Path, section: ConsoleSection, clock: Clock, *, system: bool = False
    ) -> None:
        self._where, self._section, self._clock, self._system = where, section, clock, system
        self._word, self._until = secrets.token_urlsafe(24), clock.now() + _HOLDS
        self._assets, self._one = Assets(), threading.Lock()
        self._office: ASGIApp | None = None
        self._app = Starlette(
            routes=[
                Route("/setup/{word}", self._get, methods=["GET"]),
                Route("/setup/{word}", self._post, methods=["POST"]),
                *self._assets.routes,
            ],
            middleware=[
                Middleware(Headers),
                Middleware(
                    TrustedHostMiddleware, allowed_hosts=hosts_of(section), www_redirect=False
                ),
            ],
            exception_handlers={HTTPException: self._refused, TimeoutError: self._refused},
        )

    @property
    def address(self) -> str:
        """Where an office is founded, once and within the hour."""
        return f"{self._section.address}/setup/{self._word}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._office or self._app)(scope, receive, send)

    async def _get(self, request: Request) -> Response:
        self._let_in(request)
        return self._page(1)

    async def _post(self, request: Request) -> Response:
        self._let_in(request)
        if is_from_another_site(request.headers, self._section.public_url):
            raise HTTPException(403)
        whole = Request(request.scope, bounded(request, _FORM_BYTES))
        async with asyncio.timeout(BODY_SECONDS):
            form = await whole.form(max_files=0, max_fields=20, max_part_size=_FORM_BYTES)
        return await run_in_threadpool(self._act, form)

    def _let_in(self, request: Request) -> None:
        """404 for who has not the address, or comes too late."""
        right = hmac.compare_digest(str(request.path_params["word"]).encode(), self._word.encode())
        if not right or self._clock.now() >= self._until:
            raise HTTPException(404)

    async def _refused(self, _request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 408
        told = (
            "尚未设置。请使用 mailbot console 打印的一次性地址；满一小时失效，再运行一次即有新的。"
        )
        look = self._assets.address("console.css")
        page = render(
            "console/error.html.j2",
            {},
            status=status,
            told=told,
            detail="",
            look=look,
            language="zh",
            _=said,
        )
        return HTMLResponse(page, status)

    def _act(self, form: FormData) -> Response:
        given = {key: value.strip() for key, value in form.items() if isinstance(value, str)}
        with self._one:
            try:
                told = self._founding(given)
                if given.get("step") != "2":
                    return self._page(2, given, servers=told.servers)
                return self._found(told, given)
            except _Wrong as wrong:
                return self._page(int(given.get("step") == "2") + 1, given, wrong=str(wrong))
            except MailbotError as error:
                log.warning("an office cannot be founded: %s", error)
                return self._page(2, given, wrong=_CANNOT, detail=str(error))

    def _founding(self, given: dict[str, str]) -> founding.Founding:
        """What was filled in; _Wrong with the words for who filled it in."""
        try:
            address = founding.checked_address(given.get("address", ""))
        except SettingsError:
            raise _Wrong(_NO_ADDRESS) from None
        servers = self._servers(given)
        readers = founding.listed(given.get("office", ""))
        try:
            for one in readers:
                founding.checked_address(one)
        except SettingsError:
            raise _Wrong(_NO_READER) from None
        rules = Path(given["rules"]) if given.get("rules") else None
        try:
            issuer = load_campaign((rules or shipped_rules()).resolve()).issuer
        except MailbotError as error:
            raise _Wrong(f"{_NO_RULES}（{error}）") from None
        return founding.Founding(
            address, servers, issuer, tuple(readers), rules, given.get("secret", "")
        )

    @staticmethod
    def _servers(given: dict[str, str]) -> Provider:
        name = given.get("provider") if given.get("provider") in PROVIDER_NAMES else None
        imap, smtp = given.get("imap") or None, given.get("smtp") or None
        return founding.chosen_servers(given.get("address", ""), name, imap, smtp)

    def _found(self, told: founding.Founding, given: dict[str, str]) -> Response:
        """Try the login with what was told, then write it, look at everything, and be the office's
        console from now on."""
        founding.refuse_present(self._where)
        if not told.secret:
            raise _Wrong(_NO_CODE)
        if "anyway" not in given:
            checks = self._tried(told)
            if checks:
                return self._page(2, given, servers=told.servers, wrong=_NOT_IN, checks=checks)
        left = founding.write_folder(told, self._where, system=self._system)
        if self._system and not left:
            founding.become_account()
        file = self._where / "mailbot.toml"
        checks = list(examine(file, self._clock.now()))
        settings = self._settings(file)
        first = first_address(settings, self._clock)
        office = create_app(settings, open_campaign(settings), self._clock)
        page = self._page(3, given, servers=told.servers, checks=checks, first=first, left=left)
        self._office = office
        log.info("an office was founded in %s", self._where)
        return page

    def _tried(self, told: founding.Founding) -> list[Check]:
        """What failed when both servers were asked for a login, with settings that are thrown away
        again: where they lay is told to nobody."""
        with tempfile.TemporaryDirectory(prefix="mailbot-founding-") as folder:
            founding.write_folder(told, Path(folder))
            tried = list(examine_servers(Path(folder, "mailbot.toml"), self._clock.now()))
        return [replace(one, remedy="") for one in tried if one.state == "failed"]

    def _settings(self, file: Path) -> Settings:
        settings = load_settings(file)
        section = settings.console.model_copy(
            update={"host": self._section.host, "port": self._section.port}
        )
        return settings.model_copy(update={"console": section})

    def _page(
        self,
        step: int,
        given: dict[str, str] | None = None,
        *,
        servers: Provider | None = None,
        wrong: str = "",
        detail: str = "",
        checks: list[Check] | None = None,
        first: str = "",
        left: Sequence[str] = (),
    ) -> HTMLResponse:
        given = given or {}
        if step == 2 and servers is None:
            servers = self._servers(given)
        html = render(
            "console/founding.html.j2",
            {},
            asset=self._assets.address,
            step=step,
            given={key: given.get(key, "") for key in ("address", "office", "rules", "provider")},
            servers=servers,
            own=servers is not None and servers.name == PLAIN,
            providers=PROVIDER_NAMES,
            wrong=wrong,
            detail=detail,
            # What has to be done comes first.
            lines=[_line(one) for one in sorted(checks or (), key=lambda one: _ORDER[one.state])],
            first=first,
            left=list(left),
            where=str(self._where.resolve()),
        )
        return HTMLResponse(html, 400 if wrong else 200)


def _line(check: Check) -> Line:
    title, todo = LINES.get(check.name, (check.name, ""))
    ill = check.state in ("failed", "warning")
    return Line(
        check.state, STATES[check.state], title, todo if ill else "", check.text, check.remedy
    )
