"""How far `mailbot check` agrees with the expected values of the public samples.

    python tests/agreement.py [SAMPLES]

prints agreement for each class and aspect, then every disagreement on a line of its own: with the
reason where we hold ours to be right, else with `??`. `tests/test_agreement.py` keeps the level.
"""

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))  # run as a script from anywhere

from mailbot.checking import check_paths  # noqa: E402 - the path comes first
from mailbot.config import load_campaign, shipped_rules  # noqa: E402
from mailbot.inspection.workers import InspectionPool  # noqa: E402

# A member that was left out for its name or kind; the finding says so.
_SKIPPED = {"ARCHIVE_UNSAFE_MEMBER"}
Expected = Mapping[str, Any]
Result = Mapping[str, Any]
Aspect = tuple[str, bool, object]  # its name, whether we agree, ours and theirs

_MPEG1 = "MPEG-1 is not MPG2 (form facts: closed list of formats)"
_FIRST_VOLUME = "a later volume alone: said to be incomplete, nothing is taken out of the middle"
_LINKS = "symbolic links are not unpacked"
_NO_SIZE = "the header cannot be read, so no size is claimed: rejected as broken"
_BOMB = "a bomb is refused before its size matters"
_PATH = "the sender's folders are cut off the name"
_CONTAINER = "named by what is meant, the password is a finding of its own"
# Where the samples' value is not what we want to say: (file, aspect) → why.
ARGUED: dict[tuple[str, str], str] = {
    ("videos/streamio-ffmpeg__weird_aspect.small.mpg", "video: container"): _MPEG1,
    ("videos/file-type__fixture.ps.mpg", "video: container"): _MPEG1,
    ("videos/tsduck-test__test-026.ts", "video: container"): (
        "plain MPEG transport streams count as MTS (form facts)"
    ),
    ("bad/file-type__fixture-isom.mp4", "video: container"): (
        "it is an MP4, and rejected: unfinished and broken"
    ),
    ("bad/Pillow__decompression_bomb.gif", "image: size"): _BOMB,
    ("bad/Pillow__decompression_bomb.gif", "image: size rule"): _BOMB,
    ("bad/Pillow__png_decompression_dos.png", "image: size"): _BOMB,
    ("bad/Pillow__png_decompression_dos.png", "image: size rule"): _BOMB,
    ("bad/sharp__corrupt-header.jpg", "image: size"): _NO_SIZE,
    ("bad/sharp__corrupt-header.jpg", "image: size rule"): _NO_SIZE,
    ("bad/TwelveMonkeys__broken-adobe-marker-bad-length.jpg", "image: size"): _NO_SIZE,
    ("bad/TwelveMonkeys__broken-adobe-marker-bad-length.jpg", "image: size rule"): _NO_SIZE,
    ("bad/TwelveMonkeys__0x00-to-0xFF-between-segments.jpg", "image: size"): _NO_SIZE,
    ("bad/TwelveMonkeys__0x00-to-0xFF-between-segments.jpg", "image: size rule"): _NO_SIZE,
    ("archives/zip2__symlink.zip", "archive: members"): _LINKS,
    ("archives/libarchive__test_read_format_rar5_unicode.rar", "archive: members"): _LINKS,
    ("archives/rarfile__rar3-vols.part2.rar", "archive: members"): _FIRST_VOLUME,
    ("archives/rarfile__rar3-old.r01", "archive: members"): _FIRST_VOLUME,
    ("bad/libarchive__test_read_format_rar5_loop_bug.rar", "archive: members"): (
        "its one member cannot be unpacked: broken"
    ),
    ("bad/zip2__raw_deflate64_index_out_of_bounds.zip", "archive: members"): (
        "a member of 1.2 GB by its own word, with a name of NULs: unsafe and broken"
    ),
    ("bad/poi__xxe_in_schema.xlsx", "archive: members"): "a workbook, read as a document",
    ("bad/poi__bug53475-password-is-pass.docx", "document: format"): _CONTAINER,
    ("bad/msoffcrypto-tool__example_password.docx", "document: format"): _CONTAINER,
    ("bad/tika__testWORD_protected_passtika.docx", "document: format"): _CONTAINER,
    (
        "bad/poi__clusterfuzz-testcase-minimized-POIFuzzer-5040805309710336.xlsx",
        "document: format",
    ): "what is left of it holds a part of Word's",
    ("tables/tika__testWORKS.wps", "document: format"): "named by its extension: wps",
    ("tables/tika__testWPSAttachment.doc", "document: sheets"): (
        "a Word document: the sheets are of a workbook embedded in it"
    ),
    ("archives/commons-compress__utf8-7zip-test.zip", "archive: names"): (
        "the archive itself says Ö, the expected value has it in lower case"
    ),
    ("tables/poi__12843-1.xls", "document: sheets"): "chart sheets hold no cells and are left out",
    ("bad/tika__testWORD_protected_drm.doc", "document: encryption"): (
        "rights management encrypts the text: nobody but its reader can open it"
    ),
    ("eml/mail-parser__rfc_001.eml", "email: attachment names"): _PATH,
    ("eml/mail-mime-parser__emails_m1006.txt.eml", "email: attachment names"): _PATH,
    ("eml/mail__plain_emails_mix_caps_content_type.eml", "email: from"): (
        "an address without brackets behind a name: the only one there is"
    ),
    ("eml/php-imap__messages_boolean_decoded_content.eml", "email: attachment hashes"): (
        "base64 of a wrong length: one parser's reading of the last octets, no second agrees"
    ),
}


@dataclass(frozen=True)
class Comparison:
    """One expected value against ours."""

    path: str
    aspect: str  # "video: container"
    agrees: bool
    detail: object

    @property
    def reason(self) -> str:
        """Why ours is right all the same; "" where it is not argued."""
        return ARGUED.get((self.path, self.aspect), "")


def compare_all(samples: Path) -> list[Comparison]:
    """Every expected value of `samples`/public, in the order of EXPECTED.json."""
    folder = samples / "public"
    expected = json.loads((folder / "EXPECTED.json").read_text("utf-8"))
    campaign = load_campaign(shipped_rules())
    with InspectionPool() as pool:
        results = check_paths([folder / path for path in expected], campaign, pool)
    return [
        Comparison(path, f"{theirs['cls']}: {name}", agrees, detail)
        for (path, theirs), (_, ours) in zip(expected.items(), results, strict=True)
        for name, agrees, detail in _COMPARE[theirs["cls"]](ours, theirs)
    ]


def level(comparisons: Iterable[Comparison]) -> dict[str, tuple[int, int, int]]:
    """Aspect → (agreed, argued, all)."""
    counts: dict[str, tuple[int, int, int]] = {}
    for one in comparisons:
        agreed, argued, total = counts.get(one.aspect, (0, 0, 0))
        argued += not one.agrees and bool(one.reason)
        counts[one.aspect] = agreed + one.agrees, argued, total + 1
    return counts


def _codes(result: Result, severity: str = "") -> set[str]:
    return {
        finding["code"] for finding in result["findings"] if severity in ("", finding["severity"])
    }


def _walk(result: Result) -> Iterator[Result]:
    for member in result["members"]:
        yield member
        yield from _walk(member)


def _email(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    mail = ours.get("mail")
    yield "is a mail", mail is not None, ours["format"]
    if mail is None:
        return
    subjects = list((theirs.get("subject_candidates") or {"": theirs["subject"]}).values())
    words = [_bare(subject) for subject in subjects]
    yield "subject", _bare(mail["subject"]) in words, (mail["subject"], subjects)
    wanted = (theirs["from_addr"] or "").lower()
    yield "from", mail["from"]["address"] == wanted, (mail["from"]["address"], wanted)
    if theirs["must_not_auto_reply"] is not None:
        agrees = mail["answer"] is not theirs["must_not_auto_reply"]
        yield "auto-reply", agrees, (mail["no_answer_reason"], theirs["auto_evidence"])
    names = [member["name"] for member in _walk(ours)]
    hashes = {member["sha256"] for member in _walk(ours)}
    for attachment in theirs["named_attachments"]:
        said = attachment["filename"]
        wanted_names = said if isinstance(said, list) else [said]
        yield "attachment names", any(name in names for name in wanted_names), (names, said)
        if attachment.get("sha256"):
            agrees = attachment["sha256"] in hashes
            yield "attachment hashes", agrees, (said, attachment["sha256"][:12])


def _bare(text: str | None) -> str:
    return unicodedata.normalize("NFC", " ".join((text or "").split()))


def _image(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    facts = ours["facts"]
    if theirs.get("displayed_size"):
        size = [facts.get("width"), facts.get("height")]
        yield "size", size == theirs["displayed_size"], (size, theirs["displayed_size"])
    if "verdict_size_either_orientation" in theirs:
        agrees = ("PHOTO_SIZE" not in _codes(ours)) == theirs["verdict_size_either_orientation"]
        yield "size rule", agrees, (sorted(_codes(ours)), theirs["displayed_size"])
    # PSB is left to us; a file that no tool of theirs could name has no format to compare.
    if isinstance(theirs.get("accepted_format_jpg_png_psd"), bool) and theirs.get("true_format"):
        agrees = ("PHOTO_FORMAT" not in _codes(ours)) == theirs["accepted_format_jpg_png_psd"]
        yield "format", agrees, (ours["format"], theirs.get("true_format"))


def _video(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    facts, errors = ours["facts"], _codes(ours, "error")
    if theirs.get("displayed_size"):
        size = [facts.get("width"), facts.get("height")]
        yield "size", size == theirs["displayed_size"], (size, theirs["displayed_size"])
    if theirs.get("verdict_gt_1280x720"):
        wanted = theirs["verdict_gt_1280x720"]["both_strictly_greater"]
        yield "size rule", ("VIDEO_SIZE" not in errors) == wanted, (sorted(errors), wanted)
    wanted = theirs["accepted_container_mp4_mpg2_avi_mts"]
    yield "container", ("VIDEO_FORMAT" not in errors) == wanted, (ours["format"], wanted)


def _archive(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    codes = _codes(ours)
    encrypted = bool(theirs["encrypted"])
    yield "encryption", ("ARCHIVE_ENCRYPTED" in codes) == encrypted, (sorted(codes), encrypted)
    if theirs["unsafe_member"]:
        yield "unsafe member", "ARCHIVE_UNSAFE_MEMBER" in codes, sorted(codes)
    if encrypted or theirs["member_count"] is None:
        return
    names = [member["name"] for member in ours["members"]]
    listed = (theirs.get("rarfile") or {}).get("names") or ()
    wanted = theirs["member_count"] - sum(name.endswith("/") for name in listed)
    yield "members", len(names) == wanted, (len(names), wanted)
    files = (name for name in listed if not name.endswith("/"))
    for name in theirs.get("true_names") or files:
        last = _bare(PurePosixPath(name).name)
        yield "names", last in names or bool(codes & _SKIPPED), (names, name)


def _document(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    wanted = theirs["content_kind"].lstrip(".")
    yield "format", ours["format"] == wanted, (ours["format"], wanted)
    codes = _codes(ours)
    agrees = ("DOCUMENT_ENCRYPTED" in codes) == bool(theirs["encrypted"])
    yield "encryption", agrees, (sorted(codes), theirs["encrypted"])
    if theirs.get("calamine"):
        ours_sheets, sheets = ours["facts"].get("sheets"), list(theirs["calamine"])
        yield "sheets", ours_sheets == sheets, (ours_sheets, sheets)


def _tnef(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    yield "is a mail", ours["kind"] == "mail", ours["format"]
    names = {member["name"] for member in ours["members"]}
    hashes = {member["sha256"] for member in ours["members"]}
    for each in theirs["tnefparse"]:
        name = each.get("filename") or each.get("name")
        yield "attachment names", name in names, (sorted(names), name)
        if each.get("sha256"):
            yield "attachment hashes", each["sha256"] in hashes, name


def _msg(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    mail = ours.get("mail") or {}
    if theirs["subject_agree"] == "2/2":
        agrees = _bare(mail.get("subject")) == _bare(theirs["subject"])
        yield "subject", agrees, (mail.get("subject"), theirs["subject"])
    hashes = {member["sha256"] for member in ours["members"]}
    names = [member["name"] for member in ours["members"]]
    for each in theirs["attachments"]:
        if each["sha256"]:
            yield "attachment hashes", each["sha256"] in hashes, (names, each["filename"])
    letters = [each for each in theirs["attachments"] if each["kind"] == "Message"]
    ours_letters = [member for member in ours["members"] if member["kind"] == "mail"]
    yield "letters inside", len(letters) == len(ours_letters), (names, len(letters))


_COMPARE: dict[str, Callable[[Result, Expected], Iterator[Aspect]]] = {
    "email": _email,
    "image": _image,
    "video": _video,
    "archive": _archive,
    "document": _document,
    "tnef": _tnef,
    "outlook-msg": _msg,
}


def main(samples: Path) -> int:
    """Print the report; 1 when something is neither agreed nor argued."""
    comparisons = compare_all(samples)
    for aspect, (agreed, argued, total) in level(comparisons).items():
        print(f"{aspect:32} {agreed:4} of {total:4}" + (f"  ({argued} argued)" if argued else ""))
    print()
    for one in comparisons:
        if not one.agrees:
            print(f"{one.reason or '??'} | {one.path} | {one.aspect} | {one.detail}"[:400])
    return int(any(not one.agrees and not one.reason for one in comparisons))


if __name__ == "__main__":
    default = os.environ.get("MAILBOT_SAMPLES", str(REPOSITORY.parent / "shared" / "samples"))
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else default)))
