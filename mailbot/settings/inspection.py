"""How files are read, how large they may be, and which links are fetched."""

import re
from pathlib import Path
from typing import Any, Literal, Self

from mailbot.record import checked, proved
from mailbot.settings.section import Section, is_loopback

# A name with at least one dot; a leading dot stands for every host below it.
_HOST = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE | re.ASCII)


class LimitsSection(Section):
    """`[limits]`: how large, deep and long a submission may be before it is set aside."""

    message_bytes: int = proved(
        default=200 * 1024**2, ge=1024, description="larger mails: headers only"
    )
    archive_members: int = proved(default=2000, ge=1, description="files in one archive")
    archive_depth: int = proved(default=4, ge=1, description="archives inside archives")
    archive_bytes: int = proved(default=2 * 1024**3, ge=1024, description="unpacked, all together")
    archive_member_bytes: int = proved(default=1024**3, ge=1024, description="unpacked, one file")
    archive_ratio: int = proved(
        default=200, ge=2, description="unpacked to packed, parts over 10 MB"
    )
    mail_unpacked_bytes: int = proved(
        default=512 * 1024**2, ge=1024, description="out of all files of one mail; the rest is held"
    )
    mail_unpacked_files: int = proved(
        default=5000, ge=1, description="files out of those of one mail"
    )
    address_unpacked_bytes: int = proved(
        default=4 * 1024**3, ge=1024, description="out of all mails of one address on one day"
    )
    address_unpacked_files: int = proved(
        default=20_000, ge=1, description="files out of those of one address on one day"
    )
    inspection_seconds: float = proved(default=120, gt=0, description="one file's inspection")
    inspection_bytes: int = proved(
        default=2 * 1024**3, ge=64 * 1024**2, description="a worker's memory"
    )
    workers: int | None = proved(
        default=None,
        ge=1,
        le=64,
        description="older name of [inspection] workers, which goes before it",
    )


class InspectionSection(Section):
    """`[inspection]`: where files are read."""

    executor: Literal["local", "dask"] = proved(
        default="local", description="local; dask: on other machines (extra mailbot[dask])"
    )
    scheduler: str = proved(
        default="", description="dask's scheduler, tls://host:port; tcp:// on loopback only"
    )
    ca_file: Path | None = proved(
        default=None, description="tls://: the authority of all certificates"
    )
    cert_file: Path | None = proved(default=None, description="tls://: our certificate")
    key_file: Path | None = proved(default=None, description="tls://: its key")
    workers: int = proved(default=0, ge=0, le=256, description="local processes; 0: one a core")
    fall_back: bool = proved(
        default=True, description="local processes do the work while dask cannot be had"
    )
    in_flight_bytes: int = proved(
        default=256 * 1024**2,
        ge=1024,
        description="what may be with dask at once; one file in any case",
    )

    @checked("ca_file", "cert_file", "key_file", before=True)
    @classmethod
    def _none(cls, value: Any) -> Any:
        return value or None

    @checked()
    def _reachable(self) -> Self:
        if self.executor == "local":
            return self
        scheme, _, place = self.scheduler.partition("://")
        if scheme == "tls":
            missing = [
                key for key in ("ca_file", "cert_file", "key_file") if getattr(self, key) is None
            ]
            if missing:
                raise ValueError(f"a tls:// scheduler needs {', '.join(missing)}")
        elif scheme != "tcp":
            raise ValueError('executor "dask" needs scheduler = "tls://host:8786"')
        elif not is_loopback(place.rpartition(":")[0].strip("[]")):
            raise ValueError("a tcp:// scheduler is for loopback only; elsewhere tls://")
        return self


class LinksSection(Section):
    """`[links]`: 超大附件 and net-disk links; fetched only from hosts that are named here."""

    fetch_hosts: tuple[str, ...] = proved(
        default=(),
        description="hosts to fetch from (.qq.com: all below it); none: no link is fetched",
    )
    max_bytes: int = proved(default=1024**3, ge=1024, description="one fetched file")
    timeout_seconds: float = proved(default=300, gt=0, description="all links of one mail together")
    max_redirects: int = proved(
        default=5, ge=0, le=20, description="each to a host that is named, too"
    )

    @checked("fetch_hosts")
    @classmethod
    def _shape(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            if not _HOST.fullmatch(host):
                raise ValueError(f"{host!r} is no host name")
        return tuple(host.lower() for host in value)
