"""Commands that the digest prints are copied into a shell: it must see the words, and no more."""

import subprocess

import pytest

from mailbot.report.digest.choices import Action, Offer, command_of

HOSTILE = "`a=ifs&&b=${a^^}&&echo${!b}pwned`@evil.example"


@pytest.mark.parametrize("action", ["confirm", "resend", "retry"])
@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        HOSTILE,
        "x|reboot&y@evil.example",
        "$(id)@e.example",
        "o'neill@e.example",
        "!!@e",
    ],
)
def test_a_shell_takes_an_address_for_a_word(action: Action, address: str) -> None:
    printed = command_of(Offer(action, f"{address} z@b.example"))
    seen = subprocess.run(
        ["bash", "-c", f"mailbot() {{ printf '%s\\n' \"$@\"; }}; {printed}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.splitlines() == [action, address, "z@b.example"]
    assert seen.stderr == ""


def test_a_plain_address_is_printed_as_it_is() -> None:
    assert command_of(Offer("confirm", "a@b.example c+d@b.example")) == (
        "mailbot confirm a@b.example c+d@b.example"
    )
