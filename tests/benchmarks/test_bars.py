"""Each bar of the whole job is told with what was measured, and missed where it is beyond."""

from benchmarks.whole_job import bars_held

PEERS = ("mbsync", "mbsync + ripmime", "imap_tools, saved")


def test_a_bar_that_is_missed_is_told() -> None:
    one = {"wall_s": 12.0, "cpu_s": 24.0, "main_mb": 160.0, "below_mb": 120.0}
    median = dict.fromkeys((*PEERS, "mailbot", "mailbot[ocr]"), one)
    clock = dict(zip(PEERS, (1.6, 0.9, 0.25), strict=True))
    ratios = {
        f"{ours} / {peer}": clock[peer] for ours in ("mailbot", "mailbot[ocr]") for peer in PEERS
    }
    told = bars_held(median, ratios, 1_180_000_000)
    assert [(each["measured"], each["holds"]) for each in told if each["of"] == "mailbot"] == [
        (1.6, False),
        (0.9, True),
        (4.0, True),
        (24.0, True),
        (160.0, False),
        (120.0, True),
    ]
