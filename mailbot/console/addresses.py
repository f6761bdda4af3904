"""Where things have their pages."""

from urllib.parse import quote


def address_of(arrival: int, sha256: str, rest: str = "") -> str:
    """Where a file of a mail has its page."""
    return f"/mails/{arrival}/files/{sha256}{rest}"


def unit_address(name: str) -> str:
    """Where a unit has its page."""
    return f"/units/{quote(name, safe='')}"
