"""The codecs of host names take no longer than a host name, whoever asks for them: a mail names
them as its character set, and the libraries that read mail do as they are told."""

import pytest

from mailbot.formats.text.charsets import codec_name, decode_text

LONG = b"xn--" + b"zz9a" * 300


@pytest.mark.parametrize("name", ["idna", "punycode", "IDNA", "Punycode"])
def test_what_is_longer_than_a_host_name_is_not_taken_for_one(name: str) -> None:
    with pytest.raises(UnicodeDecodeError, match="host name"):
        LONG.decode(name)
    with pytest.raises(UnicodeEncodeError, match="host name"):
        ("é" * 1025).encode(name)
    assert LONG.decode(name, "replace") == LONG.decode("ascii")
    assert ("é" * 1025).encode(name, "replace") == b"?" * 1025


def test_a_host_name_is_read_and_written_as_ever() -> None:
    assert "münchen".encode("idna") == b"xn--mnchen-3ya"
    assert b"xn--mnchen-3ya".decode("idna") == "münchen"
    assert b"mnchen-3ya".decode("punycode") == "münchen"


def test_neither_is_a_character_set_of_ours() -> None:
    assert [codec_name(label) for label in ("idna", "punycode")] == ["", ""]
    assert decode_text("演练".encode(), "idna") == "演练"
