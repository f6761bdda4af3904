"""One console for many offices: each request goes to the office that the browser has chosen.

An office's pages are its own app with its own users and sessions, as `mailbot console` serves
them; this is only the way in. Whoever logs in here is logged in to every office in which the name
has this password, and sees no others, not even their names. Which office a browser looks at is a
cookie of no weight: the office's own session says whether it may.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers as RequestHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailbot.campaign.types import Campaign
from mailbot.clock import Clock
from mailbot.console.app import Headers, create_app
from mailbot.console.assets import Assets
from mailbot.console.office import Console
from mailbot.console.sessions import COOKIE
from mailbot.deciding.accounts import is_right, note_try, wait_of
from mailbot.errors import MailbotError
from mailbot.ledger import accounts
from mailbot.settings.types import Settings
from mailbot.wording.templates import render

log = logging.getLogger(__name__)

CHOSEN = "mailbot_office"
PAGE = "/offices"
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
        if path == PAGE or path.startswith(f"{PAGE}/"):
            response = await self._page(request, apps)
            await response(scope, receive, send)
            return
        chosen = _decoded(request.cookies.get(CHOSEN, ""))
        if chosen not in apps:
            app: ASGIApp = RedirectResponse(PAGE, 303)
            if path.startswith("/static/") and apps:  # the way in has the same look
                app = next(iter(apps.values()))
            await app(scope, receive, send)
            return
        await _under_its_own_cookie(chosen, apps[chosen], scope, receive, send)

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
        name = _decoded(request.url.path.removeprefix(PAGE).strip("/"))
        if request.method == "POST" and not name:
            if not _is_from_here(request.headers):
                return self._shown(request, apps, wrong="该请求无法识别。", status=403)
            body = await _body(request)
            return await run_in_threadpool(self._log_in, request, apps, body)
        if name:
            mine = await run_in_threadpool(self._mine, request, apps)
            if name not in mine:
                return self._shown(request, apps, status=404)
            response = RedirectResponse("/", 303)
            _choose(response, name, request)
            return response
        return await run_in_threadpool(self._shown, request, apps)

    def _mine(self, request: Request, apps: Mapping[str, Starlette]) -> dict[str, str]:
        """The offices to which this browser is logged in: name and campaign."""
        found = {}
        for name, app in apps.items():
            cookie = request.cookies.get(_cookie_of(name))
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
        html = render(
            "console/offices.html.j2",
            {},
            mine=self._mine(request, apps),
            wrong=wrong,
            page=PAGE,
            quoted=_encoded,
            look=self._assets.address("console.css"),
        )
        return HTMLResponse(html, status)

    def _log_in(
        self, request: Request, apps: Mapping[str, Starlette], form: Mapping[str, str]
    ) -> Response:
        """Into every office where the name has this password; five wrong ones slow it there."""
        name, password = form.get("name", "").strip(), form.get("password", "")
        opened: list[tuple[str, Console, str]] = []
        for office, app in apps.items():
            console: Console = app.state.console
            try:
                with console.reading() as ledger:
                    known = accounts.account(ledger, name) is not None
                if known and self._is_right(console, name, password):
                    with console.writing() as ledger:
                        now = self._clock.now()
                        nobody = console.sessions.read(ledger, {}, now)
                        session = console.sessions.begin(ledger, nobody, name, now)
                    opened.append((office, console, session.name))
            except MailbotError as error:  # an office's fault stays its own
                log.warning("%s: %s", office, error)
        if not opened:
            log.warning("a wrong password for %r", name[:40])
            return self._shown(request, apps, wrong=_WRONG, status=403)
        response = RedirectResponse("/" if len(opened) == 1 else PAGE, 303)
        for office, console, session_name in opened:
            response.set_cookie(
                _cookie_of(office),
                console.sessions.signed(session_name),
                max_age=int(console.settings.console.session_hours * 3600),
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )
        if len(opened) == 1:
            _choose(response, opened[0][0], request)
        return response

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


async def _under_its_own_cookie(
    office: str, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """The office's app sees its session's cookie under the usual name, and no other office's."""
    own = _cookie_of(office)
    headers = []
    for key, value in scope["headers"]:
        if key == b"cookie":
            cookies = _cookies(value.decode("latin-1"))
            given = cookies.get(own)
            if given is not None:
                headers.append((b"cookie", f"{COOKIE}={given}".encode("latin-1")))
        else:
            headers.append((key, value))

    async def renamed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (key, value.replace(f"{COOKIE}=".encode(), f"{own}=".encode(), 1))
                if key == b"set-cookie" and value.startswith(f"{COOKIE}=".encode())
                else (key, value)
                for key, value in message["headers"]
            ]
        await send(message)

    await app({**scope, "headers": headers}, receive, renamed)


def _cookies(header: str) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.coded_value for name, morsel in jar.items()}


def _cookie_of(office: str) -> str:
    return f"{COOKIE}.{_encoded(office)}"


def _encoded(office: str) -> str:
    """An office's name as a cookie and a path may hold it."""
    return base64.urlsafe_b64encode(office.encode()).decode().rstrip("=")


def _decoded(given: str) -> str:
    try:
        padded = given + "=" * (-len(given) % 4)
        return base64.urlsafe_b64decode(padded.encode()).decode()
    except (ValueError, UnicodeError):
        return ""


def _choose(response: Response, office: str, request: Request) -> None:
    response.set_cookie(
        CHOSEN,
        _encoded(office),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _is_from_here(headers: RequestHeaders) -> bool:
    """A login that another site's page sends would put its user into our browser."""
    origin = headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == headers.get("host", "")


async def _body(request: Request) -> dict[str, str]:
    octets = b""
    async for chunk in request.stream():
        octets += chunk
        if len(octets) > _FORM_BYTES:
            return {}
    fields = parse_qs(octets.decode("utf-8", "replace"), max_num_fields=10)
    return {key: values[0] for key, values in fields.items()}
