"""规则: the rules in force in the office's words; a changed folder tried, and put in force."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response

from mailbot.campaign.packed import load_packed
from mailbot.campaign.roster import with_additions
from mailbot.campaign.types import Campaign
from mailbot.console.routes import Visit, action, page
from mailbot.console.settling import fault_words
from mailbot.console.words import filled, said
from mailbot.deciding.desk import Desk
from mailbot.deciding.rules import put_in_force, tried_rules, upload
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import MailbotError
from mailbot.language import say
from mailbot.ledger import roster
from mailbot.ledger import rules as stored
from mailbot.ledger.store import open_ledger
from mailbot.wording.office import DOSSIER_STATES, SLOT_STATUS, VERDICTS
from mailbot.wording.phrases import format_limit, format_moment
from mailbot.workflow.rejudging import Note
from mailbot.workflow.replay import Replay, apply, preview

_ZIP_BYTES = 4 * 1024**2
_IN_FORCE = "in force"  # beside the versions that a trial is held against
_PATIENCE_S = 1.0  # what is through by then is shown at once; else the page comes again
_WORDS = {
    **{key.value: words for key, words in DOSSIER_STATES.items()},
    **{key.value: words for key, words in VERDICTS.items()},
    **{key.value: words for key, words in SLOT_STATUS.items()},
    "waived": "免报",
    "": "无",
}
_SEVERITY = {"error": "须补正", "warning": "提示", "notice": "告知"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One material with the rules that are asked of it."""

    label: str
    how: str
    rules: tuple[tuple[str, str, str, str], ...]  # severity, text, fix, source


def rules(visit: Visit) -> Response:
    return _page(visit)


def try_folder(visit: Visit) -> Response:
    """Keep the uploaded folder and show what it would change."""
    file = visit.upload("folder")
    if file is None:
        return _page(visit, visit.say("请选择规则文件夹的压缩包（zip）。"), 400)
    try:
        with visit.console.desk(visit.user) as desk:
            number = upload(desk, file.file.read(), visit.console.campaign)
    except MailbotError as error:
        wrong = "规则文件夹有误，未予试行。请按以下提示（由规则检查程序给出）改正后重新上传："
        return _page(visit, visit.say(wrong), 400, detail=str(error))
    return visit.back_to(f"/rules/{number}")


def trial(visit: Visit) -> Response:
    """Who would come out otherwise, and because of what; nothing is changed."""
    found = _uploaded(visit)
    campaign = load_packed(found.files, found.name)
    console, now = visit.console, visit.now

    def judge(note: Note) -> Replay:
        with console.reading() as ledger:
            return preview(ledger, campaign, now, note=note)

    key = (found.id, visit.campaign.version)
    going = console.trials.of(key, judge, now, anew=bool(visit.asked("anew")))
    going.through.wait(_PATIENCE_S)
    zone = console.settings.zone
    labels = {one.slot: one.label for one in campaign.materials}
    title = f"{visit.say('规则试行')}{found.id}"
    replay = going.replay
    if replay is None:
        return visit.render(
            "trying.html.j2",
            title=title,
            going=going,
            is_through=going.through.is_set(),
            enforced=0,
            done="",
        )
    return visit.render(
        "trial.html.j2",
        title=title,
        found=found,
        when=format_moment(found.at, zone),
        judged_at=format_moment(going.begun, zone),
        replay=replay,
        flips=[
            (
                one.unit,
                labels.get(one.slot, one.slot) or said("总体"),
                _words(one.before),
                _words(one.after),
            )
            for one in replay.flips
        ],
        files=[
            (one.arrival, one.unit, one.name, _words(one.before), _words(one.after))
            for one in replay.files
        ],
        changed=list(_changed(visit.campaign, campaign)),
        in_force=visit.campaign.version == found.version,
        stands=found.base == visit.console.campaign.version,
    )


def enforce(visit: Visit) -> Response:
    """What is stored is judged by it, beside the pages; then it comes in force together with what
    came out, and new mail is judged by it. Rules in force already judge what is stored again."""
    found, console = _uploaded(visit), visit.console
    by, reason, now = visit.user, visit.field("reason"), visit.now
    is_other = visit.campaign.version != found.version
    if is_other:
        try:
            tried_rules(visit.ledger, found.id, console.campaign)
        except MailbotError as error:
            return _page(visit, fault_words(error), 409)

    def judge(note: Note) -> Replay:
        # Not at the console's desk: its decisions would wait until all is judged.
        with open_ledger(console.settings.paths.data, beside=True) as ledger:

            def enact() -> None:
                former = campaign_in_force(ledger, console.campaign)
                desk = Desk(ledger, former, console.settings, by=by, now=console.clock.now())
                put_in_force(desk, found.id, console.campaign, reason)

            if not is_other:
                campaign = campaign_in_force(ledger, console.campaign)
                return apply(ledger, campaign, console.settings, now, note=note)
            campaign = with_additions(
                load_packed(found.files, found.name), roster.additions(ledger)
            )
            return apply(ledger, campaign, console.settings, now, note=note, enact=enact)

    going = console.trials.of((found.id, _IN_FORCE), judge, now, anew=True)
    going.through.wait(_PATIENCE_S)
    if going.replay is None:
        return visit.back_to(f"/rules/{found.id}/enforced")
    return visit.back_to("/rules", told=_enforced_words(going.replay))


def enforced(visit: Visit) -> Response:
    """How far judging what is stored is, before the rules come in force with it."""
    found = _uploaded(visit)
    going = visit.console.trials.known((found.id, _IN_FORCE))
    if going is None:
        return visit.back_to(f"/rules/{found.id}")
    going.through.wait(_PATIENCE_S)
    return visit.render(
        "trying.html.j2",
        title=visit.say("规则启用"),
        going=going,
        is_through=going.through.is_set(),
        enforced=found.id,
        done=_enforced_words(going.replay) if going.replay else "",
    )


def _enforced_words(replay: Replay) -> str:
    return filled(
        "已启用。{units}个单位的结果有变化，将另发答复{replies}封。",
        units=len(replay.units),
        replies=len(replay.answered),
    )


def _page(visit: Visit, wrong: str = "", status: int = 200, detail: str = "") -> Response:
    campaign = visit.campaign
    newest = stored.in_force(visit.ledger)
    is_uploaded = newest is not None and newest.version == campaign.version
    zone = visit.console.settings.zone
    return visit.render(
        "rules.html.j2",
        status,
        title=visit.say("规则"),
        asked=list(_asked(campaign)),
        deadline=format_limit(campaign),
        version=campaign.version,
        newest=newest if is_uploaded else None,
        since=format_moment(newest.in_force_at, zone)
        if is_uploaded and newest and newest.in_force_at
        else "",
        wrong=wrong,
        detail=detail,
    )


def _asked(campaign: Campaign) -> Iterator[Asked]:
    for material in campaign.materials:
        kind = material.holds
        own = [
            (said(_SEVERITY[rule.severity]), rule.text, rule.fix, rule.source)
            for rule in campaign.rules
            if getattr(rule, "applies_to", "") in (material.slot, kind)
        ]
        if kind == "form":
            own += [
                (said(_SEVERITY[check.severity]), check.text, check.fix, check.source)
                for check in campaign.of_form(material.slot).form.checks
            ]
        yield Asked(material.label, material.how, tuple(own))


def _changed(before: Campaign, after: Campaign) -> Iterator[tuple[str, str]]:
    """Which rules are other ones: what the flips come from."""
    old = {rule.code: rule for rule in (*before.rules, *before.form_checks)}
    new = {rule.code: rule for rule in (*after.rules, *after.form_checks)}
    for code, rule in new.items():
        if code not in old:
            yield said("新增"), rule.text
        elif old[code] != rule:
            yield said("修改"), rule.text
    for code, rule in old.items():
        if code not in new:
            yield said("删去"), rule.text
    if before.deadline != after.deadline:
        yield said("修改"), filled("报送期限：{limit}", limit=format_limit(after))
    if [one.slot for one in before.materials] != [one.slot for one in after.materials]:
        yield (
            said("修改"),
            filled("材料：{labels}", labels=say("、").join(one.label for one in after.materials)),
        )
    if before.units != after.units:
        yield said("修改"), said("单位名册")


def _words(verdict: str) -> str:
    return said(_WORDS.get(verdict, verdict))


def _uploaded(visit: Visit) -> stored.Uploaded:
    found = stored.uploaded(visit.ledger, int(visit.part("number")))
    if found is None:
        raise HTTPException(404)
    return found


routes = [
    page("/rules", rules, needs="viewer"),
    action("/rules", try_folder, needs="clerk", max_body=_ZIP_BYTES),
    page("/rules/{number:int}", trial, needs="viewer"),
    action("/rules/{number:int}/enforce", enforce, needs="admin"),
    page("/rules/{number:int}/enforced", enforced, needs="viewer"),
]
