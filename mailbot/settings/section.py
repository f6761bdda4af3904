"""What every section of the settings is made of."""

import ipaddress
import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_ADDRESS = re.compile(r"[^@\s<>,;\x00-\x1f]+@[^@\s<>,;\x00-\x1f]+")
Port = Annotated[int, Field(gt=0, le=65535)]


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


class Section(BaseModel):
    """Base of all sections: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
