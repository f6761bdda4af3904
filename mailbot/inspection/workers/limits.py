"""The settings' limits in the form the inspection takes them."""

from mailbot.formats.archives.unpack import ArchiveLimits
from mailbot.inspection.tasks import Limits, Quota
from mailbot.settings.inspection import LimitsSection


def limits_of(limits: LimitsSection) -> Limits:
    """How much of a submission is unpacked and measured (`[limits]`)."""
    return Limits(
        archive=ArchiveLimits(
            members=limits.archive_members,
            depth=limits.archive_depth,
            total_bytes=limits.archive_bytes,
            ratio=limits.archive_ratio,
            single_bytes=limits.archive_member_bytes,
        ),
        quota=Quota(limits.mail_unpacked_bytes, limits.mail_unpacked_files),
    )
