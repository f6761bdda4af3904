"""Logging in by the office's own provider (`[console] oidc_issuer`)."""

import hmac
import json
import logging
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from mailbot.console.oidc import CALLBACK, Provider
from mailbot.console.routes import Visit, local_path, page
from mailbot.errors import MailbotError
from mailbot.ledger import accounts
from mailbot.ledger.store import moment, stamp

log = logging.getLogger(__name__)

# Apart from the session's: the browser comes back from another site, and a strict cookie stays
# behind then. It is worth nothing but for this one login.
COOKIE = "mailbot_oidc"
_HOLDS = timedelta(minutes=10)

_FAILED = "统一身份认证未能完成，请重试；仍不成功的，请用密码登录或联系管理员。"
_AWAY = "统一身份认证暂时无法使用，请稍候重试，或用密码登录。"
_NOBODY = "您在本系统中尚无账号，请联系管理员登记。"


def begin(visit: Visit) -> Response:
    """To the provider, with what must come back."""
    provider = _provider(visit)
    try:
        begun = provider.begin()
    except MailbotError as error:
        log.warning("the login by OpenID Connect: %s", error)
        return visit.login_page(_AWAY, 503)
    kept = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "next": local_path(visit.asked("next", "/")),
        "until": stamp(visit.now + _HOLDS),
    }
    response = RedirectResponse(begun.address, 303)
    response.set_cookie(
        COOKIE,
        visit.console.sessions.sign_login(json.dumps(kept)),
        max_age=int(_HOLDS.total_seconds()),
        path=CALLBACK,
        httponly=True,
        samesite="lax",
        secure=visit.request.url.scheme == "https",
    )
    return response


def finish(visit: Visit) -> Response:
    """Back from the provider: logged in, if it was this browser that was sent there."""
    provider = _provider(visit)
    response = _finished(visit, provider)
    response.delete_cookie(COOKIE, path=CALLBACK)
    return response


def _finished(visit: Visit, provider: Provider) -> Response:
    kept, code = _kept(visit), visit.asked("code")
    same = hmac.compare_digest(kept.get("state", "").encode(), visit.asked("state").encode())
    if not kept or not same or not code:
        log.warning("no login of ours came back from the provider: %s", visit.asked("error")[:60])
        return visit.login_page(_FAILED, 403)
    try:
        name = provider.finish(code, kept["nonce"], kept["verifier"], visit.now)
    except MailbotError as error:
        log.warning("the login by OpenID Connect: %s", error)
        return visit.login_page(*((_AWAY, 503) if error.temporary else (_FAILED, 403)))
    if accounts.account(visit.ledger, name) is None:
        log.warning("the provider vouches for %r, who is no user", name[:40])
        return visit.login_page(_NOBODY, 403)
    with visit.console.writing() as ledger:
        session = visit.console.sessions.begin(ledger, visit.session, name, visit.now)
    answer = RedirectResponse(kept["next"], 303)
    visit.console.sessions.hand_out(answer, session, visit.request)
    return answer


def _kept(visit: Visit) -> dict[str, Any]:
    """What was sent along with this browser; {} where nothing was, or too long ago."""
    try:
        text = visit.console.sessions.read_login(visit.request.cookies.get(COOKIE, ""))
    except BadSignature:
        return {}
    kept: dict[str, Any] = json.loads(text)
    return kept if visit.now <= moment(kept["until"]) else {}


def _provider(visit: Visit) -> Provider:
    if visit.console.provider is None:
        raise HTTPException(404)
    return visit.console.provider


routes = [
    page("/login/oidc", begin, needs="anyone"),
    page(CALLBACK, finish, needs="anyone"),
]
