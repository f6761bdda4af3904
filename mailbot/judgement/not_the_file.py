"""Files that stand for others: a shortcut, a program, a disc's image, a visiting card that is
named like a document. Their sender believes that the material was sent, so he is told what came
and what to send."""

from collections.abc import Mapping
from pathlib import PurePath

from mailbot.judgement.faults import family_by_name
from mailbot.language import say
from mailbot.model import Family, Finding, Inspected, Severity

CODE = "FILE_NOT_ITSELF"

_KINDS: Mapping[str, tuple[str, str]] = {
    "lnk": ("快捷方式，不是文件本身", "请找到{name}原文件，以附件方式发送该文件。"),
    "exe": ("程序文件，不是报送材料", "请直接发送材料的原文件（文档、照片或视频），不要发送程序。"),
    "iso": (
        "光盘映像文件，不能直接核验",
        "请打开映像，取出其中的文档、照片或视频，以附件方式发送。",
    ),
}
# What nobody reports, under the name of something that is reported; under its own name it is a
# part of the mail (a signature, an invitation) and not spoken of.
_INSTEAD: Mapping[str, str] = {
    "ics": "日程邀请",
    "vcf": "电子名片",
    "p7s": "数字签名",
    "pgp": "加密或签名文件",
    "svg": "矢量图形",
    "emf": "矢量图形",
    "wmf": "矢量图形",
    "ico": "图标",
    "lock": "打开文档时生成的临时文件",
}
_SEND_IT = "请找到{name}原文件，在本机打开确认后，以附件方式发送。"
_BY_SUFFIX: Mapping[str, str] = {
    suffix: kind
    for kind, suffixes in {
        "lnk": ".lnk .url .website .webloc .desktop .pif",
        "exe": ".exe .msi .com .scr .bat .cmd .vbs .ps1 .apk .dll .jar",
        "iso": ".iso .img .nrg .mdf .dmg .vcd .cue",
    }.items()
    for suffix in suffixes.split()
}
# What octets of another family say goes before a name: a film called .img is a film.
_TEXTS = ("txt", "html", "csv", "unknown", "empty")


def not_the_file(inspected: Inspected) -> Finding | None:
    """The finding that says what came instead of the file; None where it is a file of its own."""
    suffix = PurePath(inspected.name.lower()).suffix
    kind = inspected.format if inspected.format in _KINDS else ""
    if not kind and (inspected.format in _TEXTS or inspected.family is Family.UNKNOWN):
        kind = _BY_SUFFIX.get(suffix, "")
    instead = _INSTEAD.get(inspected.format, "")
    claims = suffix != ".txt" and family_by_name(inspected.name) is not None
    if instead and claims and not inspected.referenced:
        what, wanted = say("{instead}，不是文件本身", instead=say(instead)), say(_SEND_IT)
    elif kind and not inspected.is_body:
        what, wanted = map(say, _KINDS[kind])
    else:
        return None
    meant = PurePath(inspected.name).stem if suffix in _BY_SUFFIX else ""
    if instead:
        meant = inspected.name
    for ending in (" - 快捷方式", " - Shortcut", "的快捷方式"):
        meant = meant.removesuffix(ending)
    advice = wanted.format(name=f"“{meant}”" if meant else "")
    return Finding(
        code=CODE,
        severity=Severity.ERROR,
        actual=what.partition(say("，"))[0],
        expected="",
        where="",
        message=say("您发来的是{what}。{advice}", what=what, advice=advice),
    )
