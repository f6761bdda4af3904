"""Other machines that read for this one: dask's scheduler and its workers."""

from collections.abc import Iterator

from mailbot.doctor.check import Check, Patient, failed, ok, skipped, warning
from mailbot.errors import MissingExtraError
from mailbot.inspection.workers.dask_link import Away, Link

_CONNECT_S = 5.0


def examine_elsewhere(patient: Patient) -> Iterator[Check]:
    """Line other_machines."""
    yield _dask(patient)


def _dask(patient: Patient) -> Check:
    ours, name = patient.settings.inspection, "other_machines"
    if ours.executor != "dask":
        return skipped(name, "none: files are read on this machine ([inspection] executor)")
    for file in (ours.ca_file, ours.cert_file, ours.key_file):
        if file is not None:
            try:
                file.open("rb").close()
            except OSError as error:
                remedy = f"chown it to who runs mailbot, or correct [inspection]: {file}"
                return failed(name, f"{file} cannot be read: {error.strerror}", remedy)
    try:
        link = Link(
            Away(
                ours.scheduler,
                str(ours.ca_file or ""),
                str(ours.cert_file or ""),
                str(ours.key_file or ""),
                connect_s=_CONNECT_S,
            )
        )
    except MissingExtraError as error:
        return failed(name, str(error), "pip install -c deploy/constraints.txt 'mailbot[dask]'")
    try:
        if not link.is_up(is_known_away=False):
            stands_in = "here meanwhile" if ours.fall_back else "not at all meanwhile (fall_back)"
            return failed(
                name,
                f"{ours.scheduler} cannot be reached{link.why}; files are read {stands_in}",
                "systemctl status mailbot-dask-scheduler there; port and firewall; the certificates"
                " of both (deploy/SCALE.md)",
            )
        threads = link.threads()
    finally:
        link.let_go()
    if not threads:
        remedy = "systemctl status mailbot-dask-worker on each of them (deploy/SCALE.md)"
        return warning(name, f"{ours.scheduler} answers, and has no worker", remedy)
    return ok(name, f"{ours.scheduler} answers; its workers have {threads} threads")
