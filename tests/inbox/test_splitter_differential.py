"""The splitter held against the stdlib's parser: the same leaves with the same octets.

Differences that are meant, each with its reason (the sample mails that show it stand in
`MEANT`):

preamble    A multipart without any boundary line is text for both; the stdlib keeps its last
            line ending, which here belongs to the boundary that never came.
boundary    The boundary announced is not the one used, is folded (the stdlib keeps the fold in
            it) or ends in blanks (RFC 2046 5.1.1 forbids that): the parts are read here, while
            the stdlib gives the whole multipart as one text.
nested      The same boundary for a multipart and one inside it: the skeleton closes empty parts.
encoding    A transfer encoding misspelt ("quoted printable"), which the stdlib does not undo.
base64      Base64 with one digit too many: the stdlib gives the undecoded text.
folding     Header lines that are no fields, with fields after them: the stdlib ends the header.
yenc        A file in yEnc is taken out of the text.
"""

import email
from collections import Counter
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.examples import examples
from make.mails import MAILERS, Draft
from make.mime import File, base64_lines, entity, multipart, text_part

from mailbot.files import BlobStore
from mailbot.inbox.parting.splitter import Splitter

MEANT = {
    "cpython__msg_17.txt.eml": "preamble",
    "cpython__msg_41.txt.eml": "preamble",
    "james-mime4j__testmsgs_missing-boundary.msg.eml": "preamble",
    "james-mime4j__testmsgs_missing-inner-boundary.msg.eml": "preamble",
    "james-mime4j__testmsgs_missing-inner-start-boundary.msg.eml": "preamble",
    "mail-parser__malformed_002.eml": "preamble",
    "mail__error_emails_missing_body.eml": "preamble",
    "james-mime4j__testmsgs_very-very-long-boundary.msg.eml": "boundary",
    "james-mime4j__testmsgs_weird-boundary.msg.eml": "boundary",
    "mail-mime-parser__emails_m0021.txt.eml": "boundary",
    "mail-parser__mails_mail_malformed_3.eml": "boundary",
    "mail-parser__malformed_004.eml": "boundary",
    "mail-parser__malformed_017.eml": "boundary",
    "mail-parser__thirdparty_012.eml": "boundary",
    "MimeKit__mbox_simple.mbox.txt.eml": "nested",
    "MimeKit__yenc_simple.msg.eml": "yenc",
    "mail-parser__malformed_003.eml": "nested",
    "mail-parser__malformed_005.eml": "nested",
    "mail-parser__malformed_013.eml": "nested",
    "mail-parser__thirdparty_003.eml": "encoding",
    "php-imap__messages_boolean_decoded_content.eml": "base64",
    "php-imap__messages_issue-40.eml": "folding",
}


class _WithLeafMails(Message):
    """Keeps message/* parts as octets: they are leaves to the splitter, too."""

    def get_content_type(self) -> str:
        return super().get_content_type().replace("message/", "x-message/")

    def get_content_maintype(self) -> str:
        return self.get_content_type().split("/")[0]


def _by_stdlib(raw: bytes) -> Counter[bytes]:
    parser = BytesParser(_WithLeafMails, policy=compat32)
    return _payloads(parser.parsebytes(raw))


def _payloads(tree: Message) -> Counter[bytes]:
    found = (part.get_payload(decode=True) for part in tree.walk() if not part.is_multipart())
    return Counter(each for each in found if isinstance(each, bytes) and each)


def _by_splitter(raw: bytes, blobs: BlobStore, chunk: int) -> Counter[bytes]:
    pieces = Splitter(blobs)
    for at in range(0, len(raw), chunk):
        pieces.feed(raw[at : at + chunk])
    result = pieces.close()
    stored = (Path(each.blob.path).read_bytes() for each in result.attachments)
    bodies = _payloads(email.message_from_bytes(result.raw))
    return bodies + Counter(each for each in stored if each)


@pytest.mark.samples
@pytest.mark.parametrize("chunk", [1, 7, 64, 4096, 1 << 30])
def test_every_sample_mail_splits_as_the_stdlib_parses_it(
    samples: Path, tmp_path: Path, chunk: int
) -> None:
    blobs = BlobStore(tmp_path)
    paths = sorted((samples / "public" / "eml").glob("*.eml"))
    differing = {}
    for path in paths:
        raw = path.read_bytes()
        wanted, found = _by_stdlib(raw), _by_splitter(raw, blobs, chunk)
        if wanted != found:
            differing[path.name] = (wanted - found, found - wanted)
    assert {name: each for name, each in differing.items() if name not in MEANT} == {}
    assert {path.name for path in paths} & MEANT.keys() <= differing.keys()
    print(f"{len(paths) - len(differing)} of {len(paths)} mails as the stdlib parses them")


LEAVES = st.builds(
    lambda data, kind, name: entity(
        [("Content-Type", f"{kind}{name}"), ("Content-Transfer-Encoding", "base64")],
        base64_lines(data),
    ),
    st.binary(max_size=200),
    st.sampled_from(["image/jpeg", "application/pdf", "text/plain", "message/rfc822", "text/html"]),
    st.sampled_from(["", "; name=a.bin", "; charset=gbk"]),
) | st.builds(
    lambda text, encoding: text_part(text, "utf-8", encoding),
    st.text("演练 a=-\n.", max_size=60),
    st.sampled_from(["base64", "quoted-printable", "8bit"]),
)
KINDS = st.sampled_from(["mixed", "alternative", "related", "digest", "report"])


@st.composite
def _trees(draw: st.DrawFn, depth: int = 3) -> bytes:
    if depth == 0 or draw(st.booleans()):
        return draw(LEAVES)
    boundary = draw(st.text("abc=_", min_size=1, max_size=4)) + str(depth)
    parts = draw(st.lists(_trees(depth=depth - 1), min_size=1, max_size=4))
    kind = f'multipart/{draw(KINDS)}; boundary="{boundary}"'
    preamble = draw(st.sampled_from([b"", b"This is a multi-part message.\r\n"]))
    epilogue = draw(st.sampled_from([b"", b"\r\n", b"ad\r\n--\r\nline\r\n"]))
    body = multipart(boundary, *parts, close=draw(st.integers(0, 9)) > 0)
    return entity([("Content-Type", kind)], preamble + body + epilogue)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(150),
    deadline=None,
)
@given(tree=_trees(), chunk=st.integers(1, 300), newline=st.sampled_from([b"\r\n", b"\n"]))
def test_any_tree_splits_as_the_stdlib_parses_it(
    tmp_path: Path, tree: bytes, chunk: int, newline: bytes
) -> None:
    raw = tree.replace(b"\r\n", newline)
    assert _by_splitter(raw, BlobStore(tmp_path), chunk) == _by_stdlib(raw)


@pytest.mark.parametrize("mailer", MAILERS)
def test_every_mailer_splits_as_the_stdlib_parses_it(tmp_path: Path, mailer: str) -> None:
    files = [File("演练视频.mp4", bytes(range(256)) * 9), File("空.txt", b"")]
    raw = MAILERS[mailer](Draft(files=files))
    assert _by_splitter(raw, BlobStore(tmp_path), 100) == _by_stdlib(raw)
