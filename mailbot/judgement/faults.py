"""Rules any file can break, whatever it is: faults met while measuring, and a lying name."""

from collections.abc import Mapping
from pathlib import PurePath

from mailbot.campaign.rules import ExtensionRule, FaultRule
from mailbot.campaign.types import Campaign
from mailbot.judgement.findings import finding_of
from mailbot.language import Words, fact, say
from mailbot.model import Family, Finding, Inspected, Severity

# What the inspection met, in the office's words.
_FAULT_NAMES = Words(
    {
        "truncated": "不完整的文件",
        "corrupt": "已损坏的文件",
        "bomb": "异常膨胀的文件",
        "encrypted": "设有密码的文件",
        "empty": "空文件",
        "too_large": "过大的文件",
        "no_video_track": "没有画面的文件",
        "unfinished": "未正常结束保存的文件",
        "crashed": "检查中断的文件",
        "timeout": "检查超时的文件",
        "unsupported": "暂不能读取的格式",
        "missing_extra": "暂不能读取的格式",
        "missing_volume": "分卷不全的压缩包",
        "unsafe_member": "含有异常路径的压缩包",
        "limit": "超出处理限度的文件",
        "quota": "解压后超出可处理总量的文件",
    }
)
OVER_QUOTA = "MAIL_OVER_QUOTA"

# Extensions and the contents they may honestly name. Several programs share an extension: WPS
# writes .doc bytes as .wps and .xls bytes as .et, cameras write MPO as .jpg.
_CONTENTS: Mapping[str, frozenset[str]] = {
    extension: frozenset(formats.split())
    for extensions, formats in {
        "jpg jpeg jpe jfif": "jpeg mpo",
        "mpo": "mpo jpeg",
        "png apng": "png",
        "psd": "psd",
        "psb": "psb",
        "heic heif hif": "heic",
        "avif": "avif",
        "tif tiff": "tiff",
        "bmp dib": "bmp",
        "webp": "webp",
        "gif": "gif",
        "jxl": "jxl",
        "cr2 cr3 nef nrw arw sr2 srf dng raf rw2 orf pef srw erf 3fr iiq kdc dcr": "raw",
        "mp4 m4v": "mp4",
        "mov qt": "mov",
        "3gp 3g2": "3gp",
        "mpg mpeg mpe mpg2 mpeg2 m2v m2p vob": "mpg2 mpg1",
        "avi": "avi",
        "mts m2ts m2t ts tp": "mts",
        "mkv webm": "mkv webm",
        "wmv asf": "wmv",
        "flv": "flv",
        "f4v": "mp4 flv",
        "dv dif": "dv",
        "rm rmvb": "rmvb",
        "docx docm dotx": "docx",
        "doc dot": "doc wps",
        "wps wpt": "wps doc docx",
        "xlsx xlsm": "xlsx",
        "xls xlt": "xls et",
        "et ett": "et xls xlsx",
        "pptx": "pptx",
        "ppt": "ppt dps",
        "dps": "dps ppt pptx",
        "ods": "ods",
        "odt": "odt",
        "rtf": "rtf",
        "csv": "csv txt",
        "txt": "txt csv",
        "html htm": "html",
        "mht mhtml": "mht html",
        "fodt": "fodt",
        "pdf": "pdf",
        "zip": "zip",
        "rar": "rar",
        "7z": "7z",
        "tar": "tar",
        "gz tgz": "gz tar",
        "bz2 tbz": "bz2 tar",
        "xz txz": "xz tar",
    }.items()
    for extension in extensions.split()
}

_FAMILIES: Mapping[str, Family] = {
    extension: family
    for family, extensions in {
        Family.PHOTO: "jpg jpeg jpe jfif mpo png apng psd psb heic heif hif avif tif tiff bmp dib "
        "webp gif jp2 jxl cr2 cr3 nef nrw arw sr2 srf dng raf rw2 orf pef srw erf 3fr iiq kdc dcr",
        Family.VIDEO: "mp4 m4v mov qt 3gp 3g2 mpg mpeg mpe mpg2 mpeg2 m2v m2p vob avi mts m2ts m2t "
        "ts mkv webm wmv asf flv f4v rm rmvb dv",
        Family.DOCUMENT: "docx docm doc dot wps xlsx xlsm xls et pptx ppt dps ods odt rtf csv txt "
        "html htm mht mhtml fodt pdf ofd",
        Family.ARCHIVE: "zip rar 7z tar gz tgz bz2 xz",
    }.items()
    for extension in extensions.split()
}


def extension_of(name: str) -> str:
    """The name's extension in lower case without the dot; "" where it has none."""
    return PurePath(name.strip()).suffix[1:].lower()


def family_by_name(name: str) -> Family | None:
    """What a name claims the file to be, for contents nothing is recognised of."""
    return _FAMILIES.get(extension_of(name))


def judge_faults(inspected: Inspected, campaign: Campaign) -> tuple[tuple[Finding, ...], bool]:
    """Findings of the file's faults, one a rule, and whether a person must look.

    A rule for the family goes before one for any file. A fault that no rule speaks of holds the
    file: nothing that went wrong may pass silently.
    """
    rules = [rule for rule in campaign.rules if isinstance(rule, FaultRule)]
    rules.sort(key=lambda rule: rule.applies_to == "any")
    findings: dict[str, Finding] = {}
    held = False
    for fault in inspected.faults:
        met = _FAULT_NAMES.get(fault.code, say("有异常的文件"))
        if fault.code == "quota":  # no rule of a folder: how much the machine takes is a setting
            findings[OVER_QUOTA] = _over_quota(met, fact(fault.detail))
            held = True
            continue
        if fault.code == "missing_volume":
            met = say("缺少“{detail}”的压缩包", detail=fact(fault.detail))
        if fault.code == "unsupported" and fact(fault.detail):
            met = say(
                "{met}（{detail}）", met=met, detail=fact(fault.detail)
            )  # which method or format it is that nothing here reads
        rule = next(
            (
                rule
                for rule in rules
                if fault.code in rule.faults and rule.applies_to in ("any", inspected.family.value)
            ),
            None,
        )
        if rule is None:
            code = f"FAULT_{fault.code.upper()}"
            text = say("该文件为{met}，已转请人工查看。", met=met)
            findings[code] = Finding(code, Severity.WARNING, met, "", say("文件内容"), text)
            held = True
        elif rule.code not in findings:
            findings[rule.code] = finding_of(
                rule,
                actual=met,
                # What this machine lacks is for the office to read, so it stands in no message.
                where=fact(fault.detail) if fault.code == "missing_extra" else say("文件内容"),
                say_actual=rule.severity is Severity.ERROR,
            )
            held = held or rule.hold
    return tuple(findings.values()), held


def _over_quota(met: str, quota: str) -> Finding:
    counted = say("（{quota}）", quota=quota) if quota else ""
    text = say(
        "该文件解压后超出可处理的总量{counted}，超出部分未解压、未核验。"
        "原邮件已完整保存，并转请人工查看。"
        "请去掉与本次报送无关的文件，分成几封邮件（必要时分几天）重新发送；"
        "照片、视频请直接作为附件，不要放入压缩包。",
        counted=counted,
    )
    return Finding(OVER_QUOTA, Severity.WARNING, met, quota, say("文件内容"), text)


def judge_extension(inspected: Inspected, campaign: Campaign) -> tuple[Finding, ...]:
    """A name whose extension is known and names another content than was found."""
    extension = extension_of(inspected.name)
    honest = _CONTENTS.get(extension)
    if honest is None or inspected.format in honest or inspected.format in ("unknown", "empty"):
        return ()
    return tuple(
        finding_of(
            rule,
            actual=say(
                "扩展名.{extension}、内容为{format_name}的文件",
                extension=extension,
                format_name=format_name(inspected.format),
            ),
            where=say("文件名"),
        )
        for rule in campaign.rules
        if isinstance(rule, ExtensionRule) and rule.applies_to in ("any", inspected.family.value)
    )


_FORMAT_NAMES = Words(
    {
        "jpeg": "JPG",
        "mpo": "JPG",
        "tiff": "TIF",
        "raw": "相机RAW原始格式",
        "mpg2": "MPG2",
        "mpg1": "MPEG-1",
        "unknown": "无法识别的内容",
        "empty": "空文件",
    }
)


def format_name(name: str) -> str:
    """A format as an office writes it: JPG, MPG2, DOCX."""
    return _FORMAT_NAMES.get(name, name.upper())
