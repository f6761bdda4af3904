"""What a person does about a fault: the end of the line that tells it."""

import re

from mailbot.errors import MailbotError, NotFoundError

# A command in the text is a remedy; "another mailbot is at work" and a path are none.
_COMMAND = re.compile(r"(?<![\w/])mailbot (?!is\b)[a-z]")
_DOCTOR = "mailbot doctor says what is wrong"
_REMEDIES = {
    "mailbox_unreachable": f"it is tried again; {_DOCTOR}",
    "mailbox_untrusted": _DOCTOR,
    "mailbox_refused": f"it is tried again; {_DOCTOR}",
    "mailbox_garbled": f"it is tried again; {_DOCTOR}",
    "login_later": "run it again in some minutes",
    "login_refused": _DOCTOR,
    "folder_missing": _DOCTOR,
    "move_unsupported": 'set [imap] after_processing = "seen" or "keep"',
    "locked": "systemctl stop mailbot first, or wait until it is through",
    "data_folder": "[paths] data must belong to who runs mailbot; " + _DOCTOR,
    "disk": "make room; nothing received is lost",
    "ledger": "make room or mend its rights; nothing received is lost",
    "store": f"see that the object store can be reached, then the same again; {_DOCTOR}",
    "unhealthy": f"systemctl status mailbot; {_DOCTOR}",
    "sending": _DOCTOR,
    "webhook": "see [alerts]",
}


def told(error: MailbotError) -> str:
    """The error in one line, with what to do where the text does not say it already."""
    text = str(error)
    remedy = _REMEDIES.get(error.code, "")
    if isinstance(error, NotFoundError) or not remedy or _COMMAND.search(text):
        return text
    return f"{text} → {remedy}"
