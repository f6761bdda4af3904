"""How long the console's pages take in a wide campaign, beside its emptiest page.

    python tests/benchmarks/console_pages.py [--units 2000] [--arrivals 100000] [--times 21]

The bar: the median of each page at most ten times that of the emptiest one (one's own account),
and memory that does not grow while pages are asked for. In this process, without a network.
"""

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from make.browsing import Browser, an_office_console
from make.wide import a_wide_office, wide_campaign

from mailbot.campaign.folder import load_campaign

_RULES = Path(__file__).resolve().parents[2] / "rules" / "zhengzhou-2017"
_PAGES = (
    "/me",
    "/board",
    "/board?part=1&q=u19",
    "/board?only=late&sort=last&page=9",
    "/units/u1",
    "/units/u77",
    "/mails",
    "/mails?before=50000",
    "/mails?unit=u77",
    "/mails?q=演练",
    "/mails?q=龘靐",
    "/mails?q=材料 演练方案",
    "/mails?q=没有这样的词",
    "/mails?only=held",
    "/mails/1",
    "/totals",
    "/totals/figures/overall.drills",
    "/units",
    "/system",
    "/todo",
    "/outbox",
    "/checks",
    "/rules",
    "/decide?unit=u77",
)


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=2000)
    parser.add_argument("--arrivals", type=int, default=100_000)
    parser.add_argument("--found", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=21)
    options = parser.parse_args()
    campaign = wide_campaign(load_campaign(_RULES), options.units)
    dice = random.Random(1)
    letters = "应急演练方案总结安全生产事故救援指挥部照片视频材料报送单位" * 4

    def words(number: int) -> str:
        text = "".join(dice.choices(letters, k=300))
        return text + (" 龘靐" if number == options.arrivals - options.found // 2 else "")

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        settings = a_wide_office(
            Path(folder),
            campaign,
            arrivals=options.arrivals,
            words=words,
            photos=60,
            found=options.found,
        )
        size = (settings.paths.data / "ledger.db").stat().st_size
        print(
            f"the newest {options.found} can be searched;"
            f" made in {time.perf_counter() - began:.0f} s, ledger {size / 1e6:.0f} MB",
            flush=True,
        )
        with an_office_console(Path(folder), campaign, settings=settings) as browser:
            browser.log_in("clerk")
            measure(browser, options.times)


def measure(browser: Browser, times: int) -> None:
    """The median of each page, and its ratio to the first."""
    least = 0.0
    for path in _PAGES:
        took, before = [], _peak()
        for _ in range(times):
            began = time.perf_counter()
            answer = browser.get(path)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200, path
        median = statistics.median(took)
        least = least or median
        print(
            f"{path:<36} {median * 1000:8.1f} ms  {median / least:5.1f} x  first"
            f" {took[0] * 1000:7.1f} ms  {len(answer.content) / 1000:6.0f} kB"
            f"  peak +{_peak() - before:.0f} MB",
            flush=True,
        )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
