"""A certificate authority made on the spot, and a server certificate signed by it."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_EXTENSIONS = (
    "subjectAltName=DNS:localhost,IP:127.0.0.1{more}\n"
    "basicConstraints=critical,CA:FALSE\n"
    "keyUsage=critical,digitalSignature,keyEncipherment\n"
    "extendedKeyUsage=serverAuth,clientAuth\n"
)


def make_certificates(folder: Path, hosts: Sequence[str] = ()) -> None:
    """Makes ca.pem, server.pem and server.key in `folder`, for localhost, these hosts and two days.

    Raises FileNotFoundError without the openssl command.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        raise FileNotFoundError("the openssl command is not installed")

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run(
        *("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2"),
        *("-subj", "/CN=mailbot test authority"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    run(
        *("req", *new_key, "-keyout", "server.key", "-out", "server.csr"),
        *("-subj", "/CN=localhost"),
    )
    (folder / "extensions").write_text(
        _EXTENSIONS.format(more="".join(f",DNS:{host}" for host in hosts))
    )
    run(
        *("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
        *("-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", "server.pem"),
    )
