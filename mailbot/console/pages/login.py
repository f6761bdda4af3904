"""Logging in and out, the first admin, one's own password."""

import logging

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from mailbot.console.routes import Visit, action, local_path, page
from mailbot.console.sessions import Session
from mailbot.deciding.accounts import (
    SHORTEST,
    add_first,
    is_first,
    is_right,
    note_try,
    set_password,
    wait_of,
)
from mailbot.errors import MailbotError, PermanentFault, SettingsError

log = logging.getLogger(__name__)

_WRONG = "用户名或密码不正确。"
_ENDED = "登录已过期，刚才的操作未予办理。请重新登录后再办。"
_SHORT = f"密码至少{SHORTEST}位，且两次填写须一致。"


def start(visit: Visit) -> Response:
    """The first page is what needs a person."""
    return RedirectResponse(visit.console.navigation[0][0] if visit.console.navigation else "/me")


def login_page(visit: Visit) -> Response:
    ended = _ENDED if visit.asked("ended") else ""
    return visit.login_page(ended, target=local_path(visit.asked("next", "/")))


def log_in(visit: Visit) -> Response:
    """Five wrong ones slow the account; a right one that comes too early is not looked at."""
    name, target = visit.field("name"), local_path(visit.field("next", "/"))
    given = visit.form.get("password")
    password = given if isinstance(given, str) else ""
    with visit.console.one_login(), visit.console.reading() as ledger:
        wait = wait_of(ledger, name, visit.now)
        right = not wait and is_right(ledger, name, password)
        if not wait:
            with visit.console.writing() as ours, ours.transaction():
                note_try(ours, name, right, visit.now)
    if wait:
        minutes = int(wait.total_seconds() // 60) + 1
        return visit.login_page(f"密码多次有误，请{minutes}分钟后再试。", 429, target)
    if not right:
        log.warning("a wrong password for %r", name[:40])
        return visit.login_page(_WRONG, 403, target)
    with visit.console.writing() as ledger:
        session = visit.console.sessions.begin(ledger, visit.session, name, visit.now)
    return _logged_in(visit, session, target)


def log_out(visit: Visit) -> Response:
    with visit.console.writing() as ledger:
        visit.console.sessions.end(ledger, visit.session)
    return RedirectResponse("/login", 303)


def first_page(visit: Visit) -> Response:
    if not is_first(visit.ledger, visit.part("word"), visit.now):
        raise HTTPException(404)
    return visit.render("first.html.j2", title=visit.say("设立管理员"), wrong="")


def first_admin(visit: Visit) -> Response:
    """The name and password of the first admin, who is logged in at once."""
    name, password = visit.field("name"), visit.field("password")
    try:
        if password != visit.field("again"):
            raise SettingsError("the passwords differ")
        with visit.console.desk(name) as desk:
            add_first(desk, visit.part("word"), name, password)
            session = visit.console.sessions.begin(desk.ledger, visit.session, name, visit.now)
    except PermanentFault as error:
        if error.code == "first":
            raise HTTPException(404) from error
        title = visit.say("设立管理员")
        return visit.render("first.html.j2", 400, title=title, wrong=visit.say(_SHORT))
    return _logged_in(visit, session, "/")


def me(visit: Visit) -> Response:
    return visit.render("me.html.j2", title=visit.say("我的账号"), wrong="")


def change_password(visit: Visit) -> Response:
    """One's own; whoever else is logged in under the name is not any more."""
    password = visit.field("password")
    wrong = ""
    if not is_right(visit.ledger, visit.user, visit.field("former")):
        wrong = "原密码不正确。"
    elif password != visit.field("again"):
        wrong = _SHORT
    if not wrong:
        try:
            with visit.console.desk(visit.user) as desk:
                set_password(desk, visit.user, password)
                session = visit.console.sessions.begin(
                    desk.ledger, visit.session, visit.user, visit.now
                )
        except MailbotError:
            wrong = _SHORT
    if wrong:
        return visit.render("me.html.j2", 400, title=visit.say("我的账号"), wrong=visit.say(wrong))
    return _logged_in(visit, session, "/")


def _logged_in(visit: Visit, session: Session, target: str) -> Response:
    response = RedirectResponse(target, 303)
    visit.console.sessions.hand_out(response, session, visit.request)
    return response


routes = [
    page("/", start, needs="viewer"),
    page("/login", login_page, needs="anyone"),
    action("/login", log_in, needs="anyone"),
    action("/logout", log_out, needs="viewer"),
    page("/first/{word}", first_page, needs="anyone"),
    action("/first/{word}", first_admin, needs="anyone"),
    page("/me", me, needs="viewer"),
    action("/me/password", change_password, needs="viewer"),
]
