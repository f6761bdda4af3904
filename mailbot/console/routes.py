"""A route that declares whom it needs, and the `Visit` that its function is given.

In this order: the role is asked, the body is read within its bounds, the token proved, and only
then the function called; what it asks for and what it may write are all in `Visit`.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive

from mailbot.campaign.types import Campaign
from mailbot.console.office import Console
from mailbot.console.origins import is_from_another_site
from mailbot.console.sessions import Session
from mailbot.console.words import in_english
from mailbot.deciding.desk import Desk, Outcome
from mailbot.entries import Role
from mailbot.language import speaking
from mailbot.ledger.accounts import all_accounts
from mailbot.ledger.store import Ledger, moment
from mailbot.wording.templates import render

Need = Literal["anyone", "viewer", "clerk", "admin"]
_RANK: Mapping[str, int] = {"anyone": 0, "viewer": 1, "clerk": 2, "admin": 3}

FORM_BYTES = 256 * 1024
BODY_SECONDS = 30.0  # for the whole body of a form without files; each further MB has as much again
_FIELDS = 2000
_NO_NUMBER = 2**63  # beyond what SQLite counts to
# What is served of a unit's: no script, no frame, no request, an origin of its own.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"


@dataclass(frozen=True)
class Visit:
    """One request of one user: what an endpoint reads, and the way it decides."""

    request: Request
    console: Console
    ledger: Ledger
    session: Session
    form: FormData

    @property
    def user(self) -> str:
        """The name that decisions are made under; "" where nobody is logged in."""
        return self.session.user

    @property
    def role(self) -> Role | None:
        """What the user may do."""
        return self.session.role

    @cached_property
    def now(self) -> datetime:
        """The moment of this request."""
        return self.console.clock.now()

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign in force, with what was added to its units."""
        return self.console.in_force(self.ledger)

    def may(self, need: Need) -> bool:
        """Whether the user's role reaches so far."""
        return may(self.role, need)

    def field(self, name: str, default: str = "") -> str:
        """A field of the form, stripped; "" where it is missing."""
        value = self.form.get(name, default)
        return value.strip() if isinstance(value, str) else default

    def fields(self, name: str) -> list[str]:
        """Every value of a field that may stand several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def upload(self, name: str) -> UploadFile | None:
        """An uploaded file; None where none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def asked(self, name: str, default: str = "") -> str:
        """A parameter of the address's query."""
        said: str = self.request.query_params.get(name, default)
        return said.strip()

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """A part of the path that is a row's number; 404 for anything that could be none."""
        given = self.part(name)
        if not (given.isascii() and given.isdecimal() and len(given) <= 18):
            raise HTTPException(404)
        return int(given)

    def number_asked(self, name: str, default: int) -> int:
        """A number of the address's query; the default for anything that is none."""
        given = self.asked(name)
        return int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else default

    def say(self, words: str) -> str:
        """The words in the campaign's language."""
        return in_english(words) if self.console.campaign.language != "zh" else words

    def local(self, stamped: str) -> str:
        """A stored time in the campaign's zone: `2017-07-03 16:40`."""
        return moment(stamped).astimezone(self.console.campaign.zone).strftime("%Y-%m-%d %H:%M")

    def decide(self, make: Callable[[Desk], Outcome]) -> Outcome:
        """Make one decision, as the user and in a transaction of its own."""
        with self.console.desk(self.user) as desk:
            return make(desk)

    def render(self, template: str, status: int = 200, **context: object) -> HTMLResponse:
        """A page from `templates/console`."""
        console = self.console
        html = render(
            f"console/{template}",
            {},
            visit=self,
            campaign=self.campaign,
            user=self.user,
            may=self.may,
            _=self.say,
            token=lambda: console.token_field(self.session),
            asset=console.assets.address,
            navigation=[(path, self.say(words)) for path, words in console.navigation],
            here=self.request.url.path,
            told=self.session_told(),
            back_to_item=self.back_to_item(),
            local=self.local,
            **context,
        )
        return HTMLResponse(html, status)

    def login_page(self, wrong: str = "", status: int = 200, target: str = "/") -> HTMLResponse:
        """Where one logs in, and why one has not."""
        return self.render(
            "login.html.j2",
            status,
            title=self.say("登录"),
            target=target,
            wrong=self.say(wrong),
            nobody=not all_accounts(self.ledger),
            has_provider=self.console.provider is not None,
        )

    def render_part(self, template: str, **context: object) -> Markup:
        """A piece of a page, escaped as pages are; the same for every user."""
        html = render(
            f"console/{template}",
            {},
            campaign=self.console.campaign,
            _=self.say,
            local=self.local,
            **context,
        )
        return Markup(html)  # noqa: S704 - rendered with everything escaped

    def session_told(self) -> str:
        """What the action before has to say; signed, since anyone can write an address."""
        return self.console.sessions.read_note(self.session, self.asked("told"))

    def back_to_item(self) -> str:
        """The item of 待办 from which this page was looked into; "" where it was none."""
        key = self.asked("todo")
        return key if re.fullmatch("[0-9a-f]{10}", key) else ""

    def back_to(self, path: str, told: str = "", fragment: str = "") -> RedirectResponse:
        """After an action: the page to look at next (303), which says what was done; `fragment`:
        the place on it where the browser begins."""
        if told:
            mark = "&" if "?" in path else "?"
            note = self.console.sessions.sign_note(self.session, told)
            path = f"{path}{mark}{urlencode({'told': note})}"
        path += f"#{fragment}" if fragment else ""
        return RedirectResponse(path, 303)

    def attachment(self, path: Path, name: str) -> FileResponse:
        """A file as it came: to be saved, never shown."""
        return FileResponse(
            path,
            media_type="application/octet-stream",
            headers={
                "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
                "content-security-policy": SANDBOX,
            },
        )


Endpoint = Callable[[Visit], Response]


class Guarded(Route):
    """A route with its declared requirement."""

    def __init__(
        self, path: str, endpoint: Endpoint, *, needs: Need, method: str, max_body: int = FORM_BYTES
    ) -> None:
        self.needs: Need = needs
        self.max_body = max_body

        async def handle(request: Request) -> Response:
            return await _handle(request, endpoint, needs, max_body)

        super().__init__(path, handle, methods=[method], name=f"{method} {path}")


def page(path: str, endpoint: Endpoint, *, needs: Need) -> Guarded:
    """A GET that changes nothing."""
    return Guarded(path, endpoint, needs=needs, method="GET")


def action(path: str, endpoint: Endpoint, *, needs: Need, max_body: int = FORM_BYTES) -> Guarded:
    """A POST whose token was proved; `max_body` in octets, more for uploads only."""
    return Guarded(path, endpoint, needs=needs, method="POST", max_body=max_body)


def may(role: Role | None, need: Need) -> bool:
    """Whether a role (None: nobody logged in) reaches so far."""
    return _RANK[role or "anyone"] >= _RANK[need]


async def _handle(request: Request, endpoint: Endpoint, needs: Need, max_body: int) -> Response:
    console: Console = request.app.state.console
    if any(isinstance(one, int) and one >= _NO_NUMBER for one in request.path_params.values()):
        raise HTTPException(404)
    if request.method != "POST":
        return await run_in_threadpool(_visit, console, request, endpoint, needs, FormData())
    if is_from_another_site(request.headers, console.settings.console.public_url):
        raise HTTPException(403, "origin")
    # Who may not act is not read, and nobody is read for longer than he needs.
    session = await run_in_threadpool(_session, console, request)
    if refused := _refusal(console, request, session, needs):
        return refused
    seconds = BODY_SECONDS * max(1, max_body >> 20)
    whole = Request(request.scope, bounded(request, max_body))
    async with asyncio.timeout(seconds):
        form = await whole.form(max_files=20, max_fields=_FIELDS, max_part_size=FORM_BYTES)
    try:
        given = form.get("csrf", "")
        if not console.sessions.is_token(session, given if isinstance(given, str) else ""):
            raise HTTPException(403, "token")
        return await run_in_threadpool(_visit, console, whole, endpoint, needs, form)
    finally:
        await form.close()


def _session(console: Console, request: Request) -> Session:
    with console.reading() as ledger:
        return console.sessions.read(ledger, request.cookies, console.clock.now())


def _visit(
    console: Console, request: Request, endpoint: Endpoint, needs: Need, form: FormData
) -> Response:
    with console.reading() as ledger:
        session = console.sessions.read(ledger, request.cookies, console.clock.now())
        if refused := _refusal(console, request, session, needs):
            return refused
        visit = Visit(request, console, ledger, session, form)
        with speaking(visit.campaign.language):
            response = endpoint(visit)
        if session.is_new:
            console.sessions.hand_out(response, session, request)
        return response


def _refusal(console: Console, request: Request, session: Session, needs: Need) -> Response | None:
    """Why this visitor gets no further; None where he does."""
    if may(session.role, needs):
        return None
    if session.role is not None:
        raise HTTPException(403, "role")
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        # A strict cookie stays behind when a link in a mail is followed; the same address, asked
        # for by our own page, brings it.
        return HTMLResponse(render("console/again.html.j2", {}))
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"/login?{urlencode({'next': here})}" if request.method == "GET" else "/login?ended=1"
    return RedirectResponse(target, 303)


def bounded(request: Request, most: int) -> Receive:
    """The body, refused where it is longer, however it is sent."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most:
        raise HTTPException(413, "body")
    came = 0

    async def receive() -> Message:
        nonlocal came
        message = await request.receive()
        came += len(message.get("body", b""))
        if came > most:
            raise HTTPException(413, "body")
        return message

    return receive


def local_path(given: str) -> str:
    """An address of ours to go on to; the first page for anything else (an open redirect)."""
    plain = given.isprintable() and "\\" not in given
    return given if plain and given.startswith("/") and not given.startswith("//") else "/"
