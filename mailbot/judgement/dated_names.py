"""Whether the name of a file holds a day: 2017年6月16日, 20170616, 16 June 2017."""

import re

from mailbot.campaign.types import Campaign

# 2017年6月16日, 2017-06-16, 20170616, 6月16日, 6.16: a month and a day, however written.
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d{2}\s*[年./_-]?\s*)?"
    r"(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|1[0-2])\s*[月./_-]\s*(?:0?[1-9]|[12]\d|3[01])日?)(?!\d)"
)


_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)


_DAY_OF_MONTH = "(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?"


# And in an English campaign: 16 June, June 16th, 16.06.2026, 16-6.
_ENGLISH_DATE = re.compile(
    rf"(?<![a-z\d]){_DAY_OF_MONTH}[\s._-]*(?:of\s+)?{_MONTH}(?![a-z])"
    rf"|(?<![a-z]){_MONTH}[\s._-]*{_DAY_OF_MONTH}(?!\d)"
    r"|(?<!\d)(?:0?[1-9]|[12]\d|3[01])[./_-](?:0?[1-9]|1[0-2])(?:[./_-](?:(?:19|20)\d)?\d{2})?(?!\d)",
    re.IGNORECASE,
)


def has_date(stem: str, campaign: Campaign) -> bool:
    """Whether a day stands in the name; written in English too where the campaign is English."""
    english = campaign.language == "en"
    return bool(_DATE.search(stem) or (english and _ENGLISH_DATE.search(stem)))
