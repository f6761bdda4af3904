"""Base64 as it comes from a socket: cut anywhere, with whatever stands between its lines."""

import base64
import random

import pytest

from mailbot.formats.transfer import Base64


@pytest.mark.parametrize("between", [b"\r\n", b"\n", b"\r", b" \r\n", b"\r\n>", b"\r\n\xff-_"])
@pytest.mark.parametrize("line", [76, 60, 75, 4])
def test_pieces_of_any_size_hold_what_the_whole_does(between: bytes, line: int) -> None:
    chance = random.Random(f"{between!r} {line}")
    for length in (0, 1, 2, 57, 58, 3000, 3001):
        octets = chance.randbytes(length)
        encoded = base64.b64encode(octets)
        text = between.join(encoded[at : at + line] for at in range(0, len(encoded), line))
        cuts = sorted(chance.randrange(len(text) + 1) for _ in range(chance.randrange(6)))
        decoder = Base64()
        came = [
            decoder.feed(text[start:end])
            for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)
        ]
        assert b"".join([*came, decoder.finish()]) == octets
        assert not decoder.truncated
