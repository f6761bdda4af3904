"""Mails, TNEF, Outlook messages and archives against the parsers and tools of the samples."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from agreeing.unanswered import earns_no_answer
from agreeing.words import Aspect, Expected, Result, bare, codes, walk


def compare_email(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    """Subject, sender, whether to answer, attachments by name, size and hash, mails inside."""
    mail = ours.get("mail")
    yield "is a mail", mail is not None, ours["format"]
    if mail is None:
        return
    subjects = list((theirs.get("subject_candidates") or {"": theirs["subject"]}).values())
    words = [bare(subject) for subject in subjects]
    yield "subject", bare(mail["subject"]) in words, (mail["subject"], subjects)
    wanted = (theirs["from_addr"] or "").lower()
    yield "from", mail["from"]["address"] == wanted, (mail["from"]["address"], wanted)
    if theirs["must_not_auto_reply"] is not None:
        agrees = mail["answer"] is not theirs["must_not_auto_reply"]
        if not agrees and mail["no_answer_reason"] == "nothing_to_answer":
            # The value is about machines: where it is false (which is inferred) nobody is owed
            # an answer yet. A mail earns one by what it brings or asks, and that is read apart.
            agrees = earns_no_answer(Path(ours["path"]).read_bytes())
        yield "auto-reply", agrees, (mail["no_answer_reason"], theirs["auto_evidence"])
    inside = list(walk(ours))
    letters = sum(1 for member in inside if member["kind"] == "mail")
    counts = theirs["embedded_rfc822"]
    counts = counts if isinstance(counts, list) else [counts]
    yield "letters inside", letters in counts, (letters, counts)
    yield from _attachments(inside, theirs["named_attachments"])


def _attachments(inside: list[Result], named: list[Expected]) -> Iterator[Aspect]:
    names = [member["name"] for member in inside]
    sizes = {(member["name"], member["size"]) for member in inside}
    hashes = {member["sha256"] for member in inside}
    for attachment in named:
        said = attachment.get("filename") or attachment.get("name")
        wanted = said if isinstance(said, list) else [said]
        found = [name for name in wanted if name in names]
        yield "attachment names", bool(found), (names, said)
        if attachment.get("sha256"):
            agrees = attachment["sha256"] in hashes
            yield "attachment hashes", agrees, (said, attachment["sha256"][:12])
        if found and isinstance(attachment.get("size"), int):
            agrees = any((name, attachment["size"]) in sizes for name in found)
            yield "attachment sizes", agrees, (said, attachment["size"])


def compare_tnef(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    """The list of attachments, and each of them."""
    yield "is a mail", ours["kind"] == "mail", ours["format"]
    files = [member for member in ours["members"] if member["name"] != "正文"]
    count = theirs["attachment_count_tnefparse"]
    yield "attachment count", len(files) == count, (len(files), count)
    yield from _attachments(list(ours["members"]), theirs["tnefparse"])


def compare_msg(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    """Subject, attachments and letters of an Outlook message, where two tools agree."""
    yield "is a mail", ours["kind"] == "mail", ours["format"]
    mail = ours.get("mail") or {}
    if theirs["subject_agree"] == "2/2":
        agrees = bare(mail.get("subject")) == bare(theirs["subject"])
        yield "subject", agrees, (mail.get("subject"), theirs["subject"])
    files = [each for each in theirs["attachments"] if each["sha256"]]
    yield from _attachments(list(ours["members"]), files)
    letters = [each for each in theirs["attachments"] if each["kind"] == "Message"]
    ours_letters = [member for member in ours["members"] if member["kind"] == "mail"]
    yield "letters inside", len(letters) == len(ours_letters), len(letters)
    for letter in theirs["second_parser_msgreader"]["att"]:
        if letter.get("inner"):
            name = PurePosixPath(letter["filename"]).stem
            ours_names = [PurePosixPath(each["name"]).stem for each in ours_letters]
            yield "letter names", name in ours_names, (ours_names, name)


def compare_archive(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    """Encryption, unsafe members, number, names and total size of the members."""
    met = codes(ours)
    encrypted = bool(theirs["encrypted"])
    yield "encryption", ("ARCHIVE_ENCRYPTED" in met) == encrypted, (sorted(met), encrypted)
    if theirs["unsafe_member"]:
        yield "unsafe member", "ARCHIVE_UNSAFE_MEMBER" in met, sorted(met)
    if encrypted or theirs["member_count"] is None:
        return
    names = [member["name"] for member in ours["members"]]
    listed = (theirs.get("rarfile") or {}).get("names") or ()
    wanted = theirs["member_count"] - sum(name.endswith("/") for name in listed)
    yield "members", len(names) == wanted, (len(names), wanted)
    for name in theirs.get("true_names") or _files(theirs):
        # Of an unsafe path too: the file is kept by the last part of its name.
        last = bare(PureWindowsPath(name).name)
        yield "names", last in names, (names, name)
    totals = Counter(
        theirs[tool]["total"]
        for tool in ("unar", "p7zip", "zipfile")
        if (theirs.get(tool) or {}).get("total") is not None
    ).most_common(1)
    if totals and totals[0][1] >= 2:  # two tools agree
        size = sum(member["size"] for member in ours["members"])
        yield "total size", size == totals[0][0], (size, totals[0][0])


def _files(theirs: Expected) -> list[str]:
    """Names of files that two tools list alike; folders are the ones that others lie in."""
    lists = [
        set((theirs.get(tool) or {}).get("names") or ())
        for tool in ("unar", "p7zip", "zipfile", "rarfile")
    ]
    counted = Counter(name for one in lists for name in one)
    agreed = [name for name, tools in counted.items() if tools >= 2]
    folders = {name.rstrip("/") for one in lists for name in one if name.endswith("/")}
    return [
        name
        for name in agreed
        if not name.endswith("/")
        and name not in folders
        and not any(other.startswith(f"{name}/") for other in counted)
    ]
