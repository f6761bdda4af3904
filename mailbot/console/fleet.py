"""One console for many offices: each request goes to the office that the browser has chosen.

An office's pages are its own app with its own users and sessions, as `mailbot console` serves
them; this is only the way in. Whoever logs in here is logged in to every office in which the name
has this password, and sees no others, not even their names. Which office a browser looks at is a
cookie of no weight: the office's own session says whether it may.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mailbot.campaign.types import Campaign
from mailbot.clock import Clock
from mailbot.console.app import Headers, create_app
from mailbot.console.assets import Assets
from mailbot.console.office import Console
from mailbot.console.office_cookies import (
    CHOSEN,
    PAGE,
    choose,
    cookie_of,
    decoded,
    encoded,
    logged_in,
    under_its_own_cookie,
)
from mailbot.console.oidc import CALLBACK, Provider
from mailbot.console.oidc_login import AWAY, FAILED, NOBODY, brought_back, forget, sent_away
from mailbot.console.origins import is_from_another_site
from mailbot.console.sessions import COOKIE
from mailbot.deciding.accounts import is_right, note_try, wait_of
from mailbot.errors import MailbotError
from mailbot.ledger import accounts
from mailbot.settings.types import Settings
from mailbot.wording.templates import render

log = logging.getLogger(__name__)

OIDC = f"{PAGE}/oidc/login"  # of two parts: no office's name has a slash as it stands in addresses
_FORM_BYTES = 4096
_WRONG = "用户名或密码不正确，或尝试过于频繁，请稍后再试。"


@dataclass(frozen=True, slots=True)
class Served:
    """An office that may be looked at; `opened` is another object whenever it was opened anew."""

    name: str
    settings: Settings
    campaign: Campaign
    opened: object = None


def create_fleet_app(offices: Callable[[], Iterable[Served]], clock: Clock) -> ASGIApp:
    """The console of the offices that are open at the moment of a request."""
    return Headers(_Door(offices, clock))


class _Door:
    """Shows the offices of a browser, and hands every other request on to the chosen one."""

    def __init__(self, offices: Callable[[], Iterable[Served]], clock: Clock) -> None:
        self._offices = offices
        self._clock = clock
        self._assets = Assets()
        self._apps: dict[str, tuple[object, Starlette]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        apps = self._open_apps()
        path = request.url.path
        # Back from the provider, a browser has left its strict cookies behind, that of the office
        # it chose among them: whoever went away, from here or from an office's own page.
        if path == CALLBACK and request.method == "GET" and _providers(apps):
            back = await run_in_threadpool(self._back, request, apps)
            await back(scope, receive, send)
            return
        if path == PAGE or path.startswith(f"{PAGE}/"):
            response = await self._page(request, apps)
            await response(scope, receive, send)
            return
        chosen = decoded(request.cookies.get(CHOSEN, ""))
        if chosen not in apps:
            app: ASGIApp = RedirectResponse(PAGE, 303)
            if path.startswith("/static/") and apps:  # the way in has the same look
                app = next(iter(apps.values()))
            await app(scope, receive, send)
            return
        await under_its_own_cookie(chosen, apps[chosen], scope, receive, send)

    def _open_apps(self) -> dict[str, Starlette]:
        """The app of each office that is open; one whose settings changed is made anew."""
        now = {served.name: served for served in self._offices()}
        for name in [name for name in self._apps if name not in now]:
            del self._apps[name]
        for name, served in now.items():
            known = self._apps.get(name)
            if known is None or known[0] is not served.opened:
                app = create_app(served.settings, served.campaign, self._clock)
                self._apps[name] = (served.opened, app)
        return {name: app for name, (_, app) in sorted(self._apps.items())}

    async def _page(self, request: Request, apps: Mapping[str, Starlette]) -> Response:
        name = decoded(request.url.path.removeprefix(PAGE).strip("/"))
        if request.method == "POST" and not name:
            if is_from_another_site(request.headers, _public_url(apps)):
                return self._shown(request, apps, wrong="该请求无法识别。", status=403)
            body = await _body(request)
            return await run_in_threadpool(self._log_in, request, apps, body)
        if request.url.path == OIDC:
            return await run_in_threadpool(self._away, request, apps)
        if name:
            mine = await run_in_threadpool(self._mine, request, apps)
            if name not in mine:
                return self._shown(request, apps, status=404)
            response = RedirectResponse("/", 303)
            choose(response, name, request)
            return response
        return await run_in_threadpool(self._shown, request, apps)

    def _mine(self, request: Request, apps: Mapping[str, Starlette]) -> dict[str, str]:
        """The offices to which this browser is logged in: name and campaign."""
        found = {}
        for name, app in apps.items():
            cookie = request.cookies.get(cookie_of(name))
            if not cookie:
                continue
            console: Console = app.state.console
            with console.reading() as ledger:
                session = console.sessions.read(ledger, {COOKIE: cookie}, self._clock.now())
            if session.role is not None:
                found[name] = console.campaign.title
        return found

    def _shown(
        self,
        request: Request,
        apps: Mapping[str, Starlette],
        *,
        wrong: str = "",
        status: int = 200,
    ) -> Response:
        mine = self._mine(request, apps)
        if not mine and status == 200 and request.headers.get("sec-fetch-site") == "cross-site":
            return HTMLResponse(render("console/again.html.j2", {}))  # as `routes` has it
        html = render(
            "console/offices.html.j2",
            {},
            mine=mine,
            provider=OIDC if _providers(apps) else "",
            wrong=wrong,
            page=PAGE,
            quoted=encoded,
            look=self._assets.address("console.css"),
        )
        return HTMLResponse(html, status)

    def _log_in(
        self, request: Request, apps: Mapping[str, Starlette], form: Mapping[str, str]
    ) -> Response:
        """Into every office where the name has this password; five wrong ones slow it there."""
        name, password = form.get("name", "").strip(), form.get("password", "")

        def is_right(console: Console) -> bool:
            return self._is_right(console, name, password)

        opened = self._opened(apps, name, is_right)
        if not opened:
            log.warning("a wrong password for %r", name[:40])
            return self._shown(request, apps, wrong=_WRONG, status=403)
        return logged_in(request, opened)

    def _opened(
        self, apps: Mapping[str, Starlette], name: str, is_proved: Callable[[Console], bool]
    ) -> list[tuple[str, Console, str]]:
        """A session in each office that knows the name and to which it is proved."""
        opened = []
        for office, app in apps.items():
            console: Console = app.state.console
            try:
                with console.reading() as ledger:
                    known = accounts.account(ledger, name) is not None
                if not known or not is_proved(console):
                    continue
                now = self._clock.now()
                with console.writing() as ledger:
                    nobody = console.sessions.read(ledger, {}, now)
                    session = console.sessions.begin(ledger, nobody, name, now)
                opened.append((office, console, session.name))
            except MailbotError as error:  # an office's fault stays its own
                log.warning("%s: %s", office, error)
        return opened

    def _away(self, request: Request, apps: Mapping[str, Starlette]) -> Response:
        """To the provider of the offices; which office it is of, nobody is told by that."""
        consoles = _providers(apps)
        if not consoles:
            return self._shown(request, apps, status=404)
        console, provider = consoles[0]
        try:
            return sent_away(request, provider, console.sessions, PAGE, self._clock.now())
        except MailbotError as error:
            log.warning("the login by OpenID Connect: %s", error)
            return self._shown(request, apps, wrong=AWAY, status=503)

    def _back(self, request: Request, apps: Mapping[str, Starlette]) -> Response:
        response = self._returned(request, apps)
        forget(response)
        return response

    def _returned(self, request: Request, apps: Mapping[str, Starlette]) -> Response:
        """From the provider: into every office that has the same one and a user of this name."""
        now = self._clock.now()
        sent = [(one, brought_back(request, one[0].sessions, now)) for one in _providers(apps)]
        sender = next(((one[1], back) for one, back in sent if back is not None), None)
        if sender is None:
            log.warning("no login of ours came back from the provider")
            return self._shown(request, apps, wrong=FAILED, status=403)
        provider, back = sender
        try:
            name = provider.finish(back.code, back.nonce, back.verifier, now)
        except MailbotError as error:
            log.warning("the login by OpenID Connect: %s", error)
            told = (AWAY, 503) if error.temporary else (FAILED, 403)
            return self._shown(request, apps, wrong=told[0], status=told[1])

        def has_it(one: Console) -> bool:
            return one.provider is not None and one.provider.identity == provider.identity

        opened = self._opened(apps, name, has_it)
        if not opened:
            log.warning("the provider vouches for %r, who is no user", name[:40])
            return self._shown(request, apps, wrong=NOBODY, status=403)
        return logged_in(request, opened)

    def _is_right(self, console: Console, name: str, password: str) -> bool:
        now = self._clock.now()
        with ExitStack() as stack:
            stack.enter_context(console.one_login())
            ledger = stack.enter_context(console.reading())
            if wait_of(ledger, name, now):
                return False
            right = is_right(ledger, name, password)
            ours = stack.enter_context(console.writing())
            with ours.transaction():
                note_try(ours, name, right, now)
        return right


def _public_url(apps: Mapping[str, Starlette]) -> str:
    """One for all: `beside_fleet` gives every office the address that is listened on."""
    return next((app.state.console.settings.console.public_url for app in apps.values()), "")


def _providers(apps: Mapping[str, Starlette]) -> list[tuple[Console, Provider]]:
    """The offices that have one, and it."""
    consoles: list[Console] = [app.state.console for app in apps.values()]
    return [(one, one.provider) for one in consoles if one.provider is not None]


async def _body(request: Request) -> dict[str, str]:
    octets = b""
    async for chunk in request.stream():
        octets += chunk
        if len(octets) > _FORM_BYTES:
            return {}
    fields = parse_qs(octets.decode("utf-8", "replace"), max_num_fields=10)
    return {key: values[0] for key, values in fields.items()}
