"""Where the samples' value is not what we want to say, and why."""

_MPEG1 = "MPEG-1 is not MPG2 (form facts: closed list of formats)"
_MTS = "plain MPEG transport streams count as MTS (form facts)"
_LATER_VOLUME = (
    "a later volume alone: said to be incomplete; what began in an earlier one is not in it"
)
_LINKS = "links are not unpacked"
_NO_SIZE = "the header cannot be read, so no size is claimed: rejected as broken"
_BOMB = "a bomb is refused before its size matters"
_PATH = "the sender's folders are cut off the name"
_CONTAINER = "named by what is meant, the password is a finding of its own"
_HEADERS = "the headers of the mail that came back are a mail without a body, and read as one"
_REPORT = "message/feedback-report and message/delivery-status have a mail's form, and are members"
_PARTIAL = "a piece of a mail (message/partial) begins with its headers, and is read as a mail"
_WORKBOOK = "a workbook, read as a document"
_TINY = "base64 of a wrong length: one parser's reading of the last octets, no second agrees"
_SIZES = ("image: size", "image: size rule", "image: stored size")
_MEMBERS = ("archive: members", "archive: names", "archive: total size")

# file → the aspects that differ, and why.
_BY_FILE: dict[str, tuple[tuple[str, ...], str]] = {
    "videos/streamio-ffmpeg__weird_aspect.small.mpg": (("video: format rule",), _MPEG1),
    "videos/file-type__fixture.ps.mpg": (("video: format rule",), _MPEG1),
    "videos/tsduck-test__test-026.ts": (("video: format rule", "video: verdict"), _MTS),
    "bad/file-type__fixture-isom.mp4": (
        ("video: format rule", "video: extension"),
        "it is an MP4, and rejected: unfinished and broken",
    ),
    "bad/Pillow__decompression_bomb.gif": ((*_SIZES, "image: frames"), _BOMB),
    "bad/Pillow__png_decompression_dos.png": (_SIZES, _BOMB),
    "bad/sharp__corrupt-header.jpg": (_SIZES, _NO_SIZE),
    "bad/TwelveMonkeys__broken-adobe-marker-bad-length.jpg": (_SIZES, _NO_SIZE),
    "bad/TwelveMonkeys__0x00-to-0xFF-between-segments.jpg": (_SIZES, _NO_SIZE),
    "archives/zip2__symlink.zip": (_MEMBERS, _LINKS),
    "archives/libarchive__test_read_format_rar5_unicode.rar": (_MEMBERS, _LINKS),
    "archives/rarfile__rar3-vols.part2.rar": (_MEMBERS, _LATER_VOLUME),
    "archives/rarfile__rar3-old.r01": (_MEMBERS, _LATER_VOLUME),
    "archives/commons-compress__utf8-7zip-test.zip": (
        ("archive: names",),
        "the archive itself says Ö, the expected value has it in lower case",
    ),
    "bad/libarchive__test_read_format_rar5_loop_bug.rar": (
        _MEMBERS,
        "its one member cannot be unpacked: broken",
    ),
    "bad/zip2__raw_deflate64_index_out_of_bounds.zip": (
        ("archive: members", "archive: total size"),
        "a member of 1.2 GB by its own word, with a name of NULs: unsafe and broken",
    ),
    "bad/poi__xxe_in_schema.xlsx": (_MEMBERS, _WORKBOOK),
    "bad/poi__bug53475-password-is-pass.docx": (("document: format",), _CONTAINER),
    "bad/msoffcrypto-tool__example_password.docx": (("document: format",), _CONTAINER),
    "bad/tika__testWORD_protected_passtika.docx": (("document: format",), _CONTAINER),
    "bad/poi__clusterfuzz-testcase-minimized-POIFuzzer-5040805309710336.xlsx": (
        ("document: format",),
        "what is left of it holds a part of Word's",
    ),
    "bad/tika__testWORD_protected_drm.doc": (
        ("document: encryption",),
        "rights management encrypts the text: nobody but its reader can open it",
    ),
    "tables/poi-tl__sdt_cell.docx": (
        ("document: every table cell",),
        "a cell in a content control: Word shows it, python-docx leaves it out",
    ),
    "tables/tika__testWPSAttachment.doc": (
        ("document: sheets",),
        "a Word document: the sheets are of a workbook embedded in it",
    ),
    "tables/poi__12843-1.xls": (
        ("document: sheets",),
        "chart sheets hold no cells and are left out",
    ),
    "tables/pdfplumber__nics-background-checks-2015-11-rotated.pdf": (
        ("document: tables",),
        "read upright, as a viewer shows it: a row is a State, not a column of figures",
    ),
    "eml/mail-parser__rfc_001.eml": (("email: attachment names",), _PATH),
    "eml/mail-mime-parser__emails_m1006.txt.eml": (("email: attachment names",), _PATH),
    "eml/mail__plain_emails_mix_caps_content_type.eml": (
        ("email: from",),
        "an address without brackets behind a name: the only one there is",
    ),
    "eml/flufl.bounce__bounce_01.txt.eml": (
        ("email: from",),
        "From names nobody: whoever sent the mail for him (RFC 5322 3.6.2)",
    ),
    "eml/php-imap__messages_boolean_decoded_content.eml": (
        ("email: attachment hashes", "email: attachment sizes"),
        _TINY,
    ),
    "eml/flufl.bounce__dsn_08.txt.eml": (("email: letters inside",), _HEADERS),
    "eml/p5-sisimai__bsd_lhost-receivingses-01.eml": (("email: letters inside",), _HEADERS),
    "eml/p5-sisimai__bsd_lhost-powermta-01.eml": (("email: letters inside",), _HEADERS),
    "eml/p5-sisimai__bsd_lhost-x6-01.eml": (("email: letters inside",), _HEADERS),
    "eml/flanker__complaints_aol.eml": (("email: letters inside",), _REPORT),
    "eml/mail-parser__thirdparty_009.eml": (("email: letters inside",), _PARTIAL),
    "eml/MimeKit__partial_rfc2046.0.eml": (("email: letters inside",), _PARTIAL),
    "eml/james-mime4j__testmsgs_base64encoded-rfc822message-nested.msg.eml": (
        ("email: letters inside",),
        "the mail in base64 holds another mail, which the tools did not open",
    ),
}

ARGUED: dict[tuple[str, str], str] = {
    (path, aspect): why for path, (aspects, why) in _BY_FILE.items() for aspect in aspects
}
