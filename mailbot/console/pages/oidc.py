"""Logging in by the office's own provider (`[console] oidc_issuer`)."""

import logging

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from mailbot.console.oidc import CALLBACK, Provider
from mailbot.console.oidc_login import AWAY, FAILED, NOBODY, brought_back, forget, sent_away
from mailbot.console.routes import Visit, local_path, page
from mailbot.errors import MailbotError
from mailbot.ledger import accounts

log = logging.getLogger(__name__)


def begin(visit: Visit) -> Response:
    """To the provider, with what must come back."""
    provider, target = _provider(visit), local_path(visit.asked("next", "/"))
    try:
        return sent_away(visit.request, provider, visit.console.sessions, target, visit.now)
    except MailbotError as error:
        log.warning("the login by OpenID Connect: %s", error)
        return visit.login_page(AWAY, 503)


def finish(visit: Visit) -> Response:
    """Back from the provider: logged in, if it was this browser that was sent there."""
    response = _finished(visit, _provider(visit))
    forget(response)
    return response


def _finished(visit: Visit, provider: Provider) -> Response:
    back = brought_back(visit.request, visit.console.sessions, visit.now)
    if back is None:
        log.warning("no login of ours came back from the provider: %s", visit.asked("error")[:60])
        return visit.login_page(FAILED, 403)
    try:
        name = provider.finish(back.code, back.nonce, back.verifier, visit.now)
    except MailbotError as error:
        log.warning("the login by OpenID Connect: %s", error)
        return visit.login_page(*((AWAY, 503) if error.temporary else (FAILED, 403)))
    if accounts.account(visit.ledger, name) is None:
        log.warning("the provider vouches for %r, who is no user", name[:40])
        return visit.login_page(NOBODY, 403)
    with visit.console.writing() as ledger:
        session = visit.console.sessions.begin(ledger, visit.session, name, visit.now)
    answer = RedirectResponse(back.target, 303)
    visit.console.sessions.hand_out(answer, session, visit.request)
    return answer


def _provider(visit: Visit) -> Provider:
    if visit.console.provider is None:
        raise HTTPException(404)
    return visit.console.provider


routes = [
    page("/login/oidc", begin, needs="anyone"),
    page(CALLBACK, finish, needs="anyone"),
]
