"""Character references in HTML, as long as anybody writes them."""

import pytest

from mailbot.formats.text.markup import parse_markup


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a&#65;b", "aAb"),
        ("a&#0000000065;b", "aAb"),
        ("a&#x41;b", "aAb"),
        ("a&#99999999;b", "a\ufffdb"),
        (f"a&#{'9' * 600_000};b", "a\ufffdb"),
        (f"a&#{'9' * 5_000}b", "a\ufffdb"),
        (f"<p>a&#{'9' * 5_000};</p>", "a\ufffd"),
    ],
)
def test_a_reference_of_any_length_is_read(source: str, text: str) -> None:
    assert "".join(one.text for one in parse_markup(source)) == text
