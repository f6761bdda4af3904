"""用户: who may use the console, for an admin; and where one who was entered sets his password."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from mailbot.console.decided import done_words
from mailbot.console.routes import Visit, action, page
from mailbot.deciding.accounts import (
    accept_invitation,
    invite,
    is_invited,
    remove_account,
    set_role,
)
from mailbot.deciding.desk import Desk
from mailbot.entries import Role
from mailbot.errors import MailbotError, NotFoundError, PermanentFault, SettingsError
from mailbot.ledger import audit
from mailbot.ledger.accounts import all_accounts
from mailbot.ledger.store import Ledger
from mailbot.wording.phrases import format_moment

ROLES: Mapping[Role, str] = {"viewer": "查看", "clerk": "经办", "admin": "管理员"}
_SHORT = "密码至少10位，且两次填写须一致。"


def users(visit: Visit) -> Response:
    return _page(visit)


def change(visit: Visit) -> Response:
    """One user added, given another role or a new address for a password, or removed."""
    name, do = visit.field("name"), visit.field("do")
    role = next((one for one in ROLES if one == visit.field("role")), None)

    def make(desk: Desk) -> str:
        if do == "add" and role:
            return invite(desk, name, role)
        if do == "link":
            return invite(desk, name)
        if do == "role" and role:
            set_role(desk, name, role)
        elif do == "remove":
            remove_account(desk, name)
        else:
            raise HTTPException(400)
        return ""

    try:
        with visit.console.desk(visit.user) as desk, desk.ledger.transaction():
            word = make(desk)
            made = audit.newest(desk.ledger, 1)
    except MailbotError as error:
        return _page(visit, wrong=visit.say(_why(error)), status=409)
    if not word:
        return visit.back_to("/users", told=done_words(made[0], visit.campaign))
    # Shown in the answer itself: in an address it would stay in the browser's history.
    address = visit.console.settings.console.address
    with visit.console.reading() as now:
        return _page(
            visit, ledger=now, link=f"{address}/welcome/{quote(name, safe='')}/{word}", of=name
        )


def _why(error: MailbotError) -> str:
    if error.code == "last_admin":
        return "至少须有一名管理员。"
    if isinstance(error, NotFoundError):
        return "没有此用户。"
    return "用户名为空、过长或已有此用户。"


def _page(
    visit: Visit,
    wrong: str = "",
    status: int = 200,
    ledger: Ledger | None = None,
    link: str = "",
    of: str = "",
) -> Response:
    zone = visit.console.settings.zone
    return visit.render(
        "users.html.j2",
        status,
        title=visit.say("用户"),
        users=[
            (one.name, one.role, bool(one.password), format_moment(one.since, zone))
            for one in all_accounts(ledger or visit.ledger)
        ],
        roles=ROLES,
        wrong=wrong,
        link=link,
        of=of,
    )


def welcome(visit: Visit) -> Response:
    if not is_invited(visit.ledger, visit.part("name"), visit.part("word"), visit.now):
        raise HTTPException(404)
    return visit.render("welcome.html.j2", title=visit.say("设置密码"), wrong="")


def choose_password(visit: Visit) -> Response:
    """The person's own password; he is logged in at once."""
    name, password = visit.part("name"), visit.form.get("password")
    same = isinstance(password, str) and password == visit.form.get("again")
    try:
        with visit.console.desk(name) as desk:
            accept_invitation(desk, name, visit.part("word"), str(password) if same else "")
            session = visit.console.sessions.begin(desk.ledger, visit.session, name, visit.now)
    except SettingsError:
        if not is_invited(visit.ledger, name, visit.part("word"), visit.now):
            raise HTTPException(404) from None
        title = visit.say("设置密码")
        return visit.render("welcome.html.j2", 400, title=title, wrong=visit.say(_SHORT))
    except PermanentFault as error:
        raise HTTPException(404) from error
    response = RedirectResponse("/", 303)
    visit.console.sessions.hand_out(response, session, visit.request)
    return response


routes = [
    page("/users", users, needs="admin"),
    action("/users", change, needs="admin"),
    page("/welcome/{name:path}/{word}", welcome, needs="anyone"),
    action("/welcome/{name:path}/{word}", choose_password, needs="anyone"),
]
