"""The application: every page, behind what every answer has in common.

`create_app` is given settings, campaign and clock, so that a test decides all three.
"""

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailbot.campaign.types import Campaign
from mailbot.clock import Clock
from mailbot.console.assets import Asset, Assets
from mailbot.console.office import Console
from mailbot.console.oidc import CALLBACK, Provider
from mailbot.console.pages import NAVIGATION, find_routes
from mailbot.console.previews import Previews
from mailbot.console.routes import Guarded
from mailbot.console.sessions import Sessions
from mailbot.console.words import said
from mailbot.errors import MailbotError, NotFoundError
from mailbot.language import speaking
from mailbot.settings.types import Settings
from mailbot.settings.watching import ConsoleSection
from mailbot.wording.templates import render

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self';"
    " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
_SAID = {
    400: "该请求无法识别。",
    403: "您的权限不足以查看或办理此项，请联系管理员。",
    404: "没有这个页面，或其内容已不在。",
    405: "该地址不接受这种请求。",
    408: "请求发送得太慢，未予处理，请重试。",
    413: "所提交的内容过大，未予接收。",
    503: "台账正被占用，请稍候重试。",
    500: "系统出错，未能完成；出错情况已记入运行日志。",
}
_WHY = {
    "token": "页面已过期，本次提交未予办理。请返回上一页刷新后重试。",
    "origin": "该提交不是从本系统的页面发出的，未予办理。",
}


def create_app(settings: Settings, campaign: Campaign, clock: Clock) -> Starlette:
    """The console of one office. Its ledger is at the newest schema (`open_ledger`)."""
    assets = Assets()
    routes: list[BaseRoute] = [*find_routes(), *assets.routes]
    paths: set[str] = set()
    for route in routes:
        if not isinstance(route, Guarded | Asset):
            raise TypeError(f"{route} declares nobody whom it needs")
        paths.add(route.path)
    console = Console(
        settings,
        campaign,
        clock,
        assets,
        Sessions(settings.paths.data, settings.console.session_hours),
        Previews(settings.paths.data / "files"),
        [one for one in NAVIGATION if one[0] in paths],
        Provider(settings.console, f"{settings.console.address}{CALLBACK}")
        if settings.console.oidc_issuer
        else None,
    )
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Headers),
            Middleware(
                TrustedHostMiddleware, allowed_hosts=hosts_of(settings.console), www_redirect=False
            ),
        ],
        exception_handlers={
            HTTPException: _http_error,
            MailbotError: _our_error,
            TimeoutError: _too_slow,
            Exception: _failed,
        },
    )
    app.state.console = console
    return app


def hosts_of(section: ConsoleSection) -> Sequence[str]:
    """The names we are asked for by: a page of another name that points here (DNS rebinding) is
    not answered. Where any address is listened on and no name is set, any."""
    host, url = section.host, section.public_url
    named = [urlsplit(url).hostname or ""] if url else []
    if host in ("0.0.0.0", "::") and not named:  # noqa: S104 - compared
        return ["*"]
    return ["127.0.0.1", "localhost", "[::1]", "::1", host, *named]


class Headers:
    """What every answer says, unless the page has said it itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = _WHY.get(error.detail) or _SAID.get(error.status_code, "")
    return _error_page(request, error.status_code, told)


async def _our_error(request: Request, error: Exception) -> Response:
    """A fault that a page let through: its text is the operator's, in English."""
    assert isinstance(error, MailbotError)
    status = 404 if isinstance(error, NotFoundError) else 503 if error.temporary else 400
    log.warning("%s: %s", error.code, error)
    return _error_page(request, status, _SAID[status], str(error))


async def _too_slow(request: Request, _error: Exception) -> Response:
    return _error_page(request, 408, _SAID[408])


async def _failed(request: Request, _error: Exception) -> Response:
    return _error_page(request, 500, _SAID[500])


def _error_page(request: Request, status: int, told: str, detail: str = "") -> Response:
    console: Console = request.app.state.console
    look = console.assets.address("console.css")
    language = console.campaign.language
    with speaking(language):
        html = render(
            "console/error.html.j2",
            {},
            status=status,
            told=said(told),
            detail=detail,
            look=look,
            language=language,
            _=said,
        )
    return HTMLResponse(html, status)
