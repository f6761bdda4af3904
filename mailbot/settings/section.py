"""What every section of the settings is made of."""

import ipaddress
import re
from typing import Annotated, Any

from mailbot.record import Proof, Record

_ADDRESS = re.compile(r"[^@\s<>,;\x00-\x1f]+@[^@\s<>,;\x00-\x1f]+")
Port = Annotated[int, Proof(gt=0, le=65535)]


def shaped(address: str) -> str:
    """The address in lower case. Raises ValueError where it is none; "" may stand for none."""
    if address and not _ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r} is no address")
    return address.lower()


def is_loopback(host: str) -> bool:
    """Whether what is sent to this host stays on this machine; names are not looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Secret:
    """A text that no log line, traceback or dump shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        """The text itself."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __str__(self) -> str:
        return "**********" if self._text else ""

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic import SecretStr
        from pydantic_core import core_schema

        def plain(value: Any) -> Any:
            return value.get_secret_value() if isinstance(value, SecretStr | Secret) else value

        return core_schema.no_info_before_validator_function(
            plain,
            core_schema.no_info_after_validator_function(cls, core_schema.str_schema()),
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )


class Section(Record):
    """Base of all sections: an unknown key is an error."""
