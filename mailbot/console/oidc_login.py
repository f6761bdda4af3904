"""A browser on its way to the office's provider and back: what it takes along, and what proves
that it is the same one. For one office's login page and for the way into many.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mailbot.console.oidc import CALLBACK, Provider
from mailbot.console.sessions import Sessions
from mailbot.ledger.store import moment, stamp

# Apart from the session's: the browser comes back from another site, and a strict cookie stays
# behind then. It is worth nothing but for this one login.
COOKIE = "mailbot_oidc"
_HOLDS = timedelta(minutes=10)

FAILED = "统一身份认证未能完成，请重试；仍不成功的，请用密码登录或联系管理员。"
AWAY = "统一身份认证暂时无法使用，请稍候重试，或用密码登录。"
NOBODY = "您在本系统中尚无账号，请联系管理员登记。"


@dataclass(frozen=True, slots=True)
class Returned:
    """A browser that came back with what it was sent away with."""

    code: str
    nonce: str
    verifier: str
    target: str  # where it wanted to


def sent_away(
    request: Request, provider: Provider, sessions: Sessions, target: str, now: datetime
) -> Response:
    """To the provider, with what must come back. TemporaryFault `oidc` where it does not answer."""
    begun = provider.begin()
    kept = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "next": target,
        "until": stamp(now + _HOLDS),
    }
    response = RedirectResponse(begun.address, 303)
    response.set_cookie(
        COOKIE,
        sessions.sign_login(json.dumps(kept)),
        max_age=int(_HOLDS.total_seconds()),
        path=CALLBACK,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def brought_back(request: Request, sessions: Sessions, now: datetime) -> Returned | None:
    """What this browser brings from the provider; None unless these sessions sent it there, for
    this very login, and lately."""
    try:
        kept = json.loads(sessions.read_login(request.cookies.get(COOKIE, "")))
    except BadSignature:
        return None
    state, code = (request.query_params.get(name, "").strip() for name in ("state", "code"))
    is_same = hmac.compare_digest(kept["state"].encode(), state.encode())
    if not is_same or not code or now > moment(kept["until"]):
        return None
    return Returned(code, kept["nonce"], kept["verifier"], kept["next"])


def forget(response: Response) -> None:
    """It was good for one login."""
    response.delete_cookie(COOKIE, path=CALLBACK)
