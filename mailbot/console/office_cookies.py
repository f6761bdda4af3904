"""The cookies of a browser before many offices: a session for each, and which one it looks at.

Each office's app sees its own session alone, under the name it knows it by.
"""

import base64
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailbot.console.office import Console
from mailbot.console.sessions import COOKIE

CHOSEN = "mailbot_office"
PAGE = "/offices"


async def under_its_own_cookie(
    office: str, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """The office's app sees its session's cookie under the usual name, and no other office's."""
    own = cookie_of(office)
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


def logged_in(request: Request, opened: Sequence[tuple[str, Console, str]]) -> Response:
    """With the cookie of each office's session; straight into the only one."""
    response = RedirectResponse("/" if len(opened) == 1 else PAGE, 303)
    for office, console, session_name in opened:
        response.set_cookie(
            cookie_of(office),
            console.sessions.signed(session_name),
            max_age=int(console.settings.console.session_hours * 3600),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    if len(opened) == 1:
        choose(response, opened[0][0], request)
    return response


def choose(response: Response, office: str, request: Request) -> None:
    """The browser asks for this office from now on."""
    response.set_cookie(
        CHOSEN,
        encoded(office),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _cookies(header: str) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.coded_value for name, morsel in jar.items()}


def cookie_of(office: str) -> str:
    """The name of the cookie that holds a session of this office."""
    return f"{COOKIE}.{encoded(office)}"


def encoded(office: str) -> str:
    """An office's name as a cookie and a path may hold it."""
    return base64.urlsafe_b64encode(office.encode()).decode().rstrip("=")


def decoded(given: str) -> str:
    try:
        padded = given + "=" * (-len(given) % 4)
        return base64.urlsafe_b64decode(padded.encode()).decode()
    except (ValueError, UnicodeError):
        return ""
