"""Other rules: tried on everything that is stored, and put in force by a person."""

from mailbot.campaign.packed import load_packed, unpack_rules
from mailbot.campaign.types import Campaign
from mailbot.deciding.desk import Desk, Outcome
from mailbot.errors import NotFoundError, PermanentFault
from mailbot.ledger import rules
from mailbot.ledger.store import Ledger
from mailbot.wording.template_check import check_templates


def upload(desk: Desk, packed: bytes, folder: Campaign) -> int:
    """Keep a proved rules folder for its trial; its number. SettingsError where it is not good.

    `folder`: the campaign that `campaign.rules` names, in whose place it would come.
    """
    files = unpack_rules(packed)
    tried = load_packed(files, folder.id)
    check_templates(tried.templates)
    with desk.ledger.transaction():
        return rules.record(
            desk.ledger,
            name=folder.id,
            version=tried.version,
            base=folder.version,
            files=files,
            by=desk.by,
            now=desk.now,
        )


def tried_rules(ledger: Ledger, number: int, folder: Campaign) -> rules.Uploaded:
    """What can be put in force in the place of this folder. NotFoundError for no such upload;
    PermanentFault `rules_moved` where the folder is another one than it was tried against."""
    found = rules.uploaded(ledger, number)
    if found is None:
        raise NotFoundError(f"no uploaded rules {number}")
    if found.base != folder.version:
        raise PermanentFault("rules_moved", "campaign.rules was changed since the trial")
    return found


def put_in_force(desk: Desk, number: int, folder: Campaign, reason: str) -> Outcome:
    """What comes from now on is judged by the uploaded rules. Raises as `tried_rules`.

    Belongs into the transaction that writes what they make of all that is stored
    (`workflow.replay.apply`), so that nobody is answered by both.
    """
    with desk.decision("rules", str(number), reason, undoable=False) as change:
        found = tried_rules(desk.ledger, number, folder)
        rules.put_in_force(desk.ledger, number, desk.now)
        change.before = {"version": desk.campaign.version}
        change.after = {"version": found.version, "uploaded_by": found.by}
    return Outcome("rules", str(number))
