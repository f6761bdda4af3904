"""RFC 3676: which lines of a flowed text belong together."""

import pytest

from mailbot.formats.text.flowed import unflow


@pytest.mark.parametrize(
    ("text", "delete_space", "paragraphs"),
    [
        ("金水 \n区\n安监局", True, "金水区\n安监局"),
        ("a \nb\nc", False, "a b\nc"),
        ("> a \n> b\nc", False, "> a b\nc"),
        (">> a \n> b", False, ">> a \n> b"),  # a change of depth ends the paragraph (4.5)
        ("a \n-- \n张三", False, "a \n-- \n张三"),  # the signature is a line of its own (4.3)
        (" from the start", False, "from the start"),  # space-stuffed (4.4)
        ("a\n\nb", True, "a\n\nb"),
        ("", True, ""),
    ],
)
def test_paragraphs(text: str, delete_space: bool, paragraphs: str) -> None:
    assert unflow(text, delete_space=delete_space) == paragraphs
