"""Faults of ours and of the world. A unit's bad file is no error but a Finding.

Every error says whether trying again can help. What is unknown counts as temporary, since
giving up on something that would have worked loses a reply or a submission.
"""

import errno

# Errors that come from the machine and not from the message that was being handled (full disk, too
# many open files …). They are temporary, and the message must not be blamed for them.
_MACHINE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,  # RLIMIT_FSIZE of this process
    errno.EROFS,
    errno.EMFILE,
    errno.ENFILE,
    errno.EAGAIN,
    errno.ENOMEM,
}


class MailbotError(Exception):
    """A fault that is told to the operator in one line; `code` is stable, `temporary` decides."""

    temporary = True

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class TemporaryFault(MailbotError):
    """Trying again later can help: mailbox unreachable, server busy, disk full."""


class PermanentFault(MailbotError):
    """Trying again with the same input cannot help."""

    temporary = False


class SettingsError(PermanentFault):
    """Settings or rules are wrong; the text names file, key and (where known) line."""

    def __init__(self, text: str, code: str = "settings") -> None:
        super().__init__(code, text)


class NotFoundError(PermanentFault):
    """Something asked for by name is not there."""

    def __init__(self, text: str) -> None:
        super().__init__("not_found", text)


class MissingExtraError(PermanentFault):
    """A format needs an optional dependency; the text names the install command."""

    def __init__(self, text: str) -> None:
        super().__init__("missing_extra", text)


def is_of_the_machine(error: BaseException) -> bool:
    """Whether the disk or the machine failed, and not what was being worked on."""
    if isinstance(error, MailbotError):
        return error.code in {"disk", "ledger", "store", "workers"}
    return isinstance(error, OSError) and error.errno in _MACHINE


def is_temporary(error: BaseException) -> bool:
    """Whether a retry can help; an error that does not say counts as temporary."""
    return getattr(error, "temporary", True) is not False
