"""The suite's own hooks: with CI=true nothing is skipped in silence."""

from pathlib import Path
from unittest.mock import patch

import make.suite
import pytest
from make.suite import shared_by

REPOSITORY = Path(__file__).resolve().parent.parent
SKIPPING = """
    import pytest

    def test_runs(): pass

    @pytest.mark.skipif(True, reason="no dovecot here")
    def test_needs_a_server(): raise AssertionError

    def test_finds_out_late(): pytest.skip("no right to mount")

    @pytest.mark.xfail
    def test_fails_as_expected(): raise AssertionError
"""
LONG = """
    import pytest

    @pytest.mark.slow
    @pytest.mark.skipif(True, reason="long: set MAILBOT_SCANS")
    def test_long_form(): raise AssertionError
"""
WHOLE_MODULE = """
    import pytest
    pytest.importorskip("no_such_module", reason="the extra mailbot[ocr] is not installed")

    def test_never_seen(): raise AssertionError
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("CI", raising=False)
    pytester.makeini("[pytest]\nmarkers = slow: the long form\n")
    pytester.makeconftest(
        "from make.suite import pytest_make_collect_report, pytest_runtest_makereport"
    )
    return pytester


def test_what_shares_something_dear_goes_to_one_worker() -> None:
    season = list((REPOSITORY / "tests" / "simulation").glob("test_*.py"))
    assert len(season) > 1
    shared = {shared_by(f"tests/simulation/{path.name}::test_a") for path in season}
    assert shared == {"season"}
    fleets = list((REPOSITORY / "tests" / "live").glob("test_fleet_*.py"))
    assert len(fleets) > 1
    assert {shared_by(f"tests/live/{path.name}::test_a") for path in fleets} == {"fleet"}
    whole = {shared_by(f"tests/test_agreement.py::test_{name}") for name in "ab"}
    assert whole == {"tests/test_agreement.py"}
    apart = {shared_by(f"tests/inspection/test_ocr.py::test_{name}") for name in "ab"}
    assert len(apart) == 2


def test_a_modules_fixture_is_made_on_one_worker_only(suite: pytest.Pytester) -> None:
    suite.makeconftest("from make.suite import *")
    text = """
        import pytest

        @pytest.fixture(scope="module")
        def server():
            with open(__file__ + ".made", "a") as made:
                made.write("x")

        @pytest.mark.parametrize("n", range(8))
        def test_uses(server, n): pass
    """
    path = suite.makepyfile(test_a=text, test_b=text)
    with patch.object(make.suite, "REPOSITORY", path.parent):
        done = suite.runpytest_inprocess("-n2", "--dist=loadscope", "--no-loadscope-reorder")
    done.assert_outcomes(passed=16)
    for name in ("test_a", "test_b"):
        assert (path.parent / f"{name}.py.made").read_text() == "x"


def test_a_skipped_test_fails_the_run_of_ci_and_says_which_and_why(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makepyfile(test_a=SKIPPING)
    monkeypatch.setenv("CI", "true")
    done = suite.runpytest_inprocess("-p", "no:xdist")
    done.assert_outcomes(passed=1, failed=1, errors=1, xfailed=1)
    done.stdout.fnmatch_lines(
        [
            "test_a.py::test_needs_a_server was not run: no dovecot here",
            "test_a.py::test_finds_out_late was not run: no right to mount",
        ]
    )


def test_elsewhere_a_skip_is_a_skip(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_a=SKIPPING)
    suite.runpytest_inprocess("-p", "no:xdist").assert_outcomes(passed=1, skipped=2, xfailed=1)


def test_the_long_form_of_a_test_may_be_skipped(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makepyfile(test_a=LONG)
    monkeypatch.setenv("CI", "true")
    done = suite.runpytest_inprocess("-p", "no:xdist")
    done.assert_outcomes(skipped=1)
    assert done.ret == 0


def test_samples_that_are_said_to_be_none_are_not_asked_for(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makeconftest(
        "from make.suite import pytest_collection_modifyitems, pytest_runtest_makereport\n"
        "import pytest\n"
        "@pytest.fixture\n"
        "def samples(): pytest.skip('no samples')\n"
    )
    suite.makepyfile(test_a="def test_runs(): pass\ndef test_of_samples(samples): pass")
    monkeypatch.setenv("CI", "true")
    suite.runpytest_inprocess("-p", "no:xdist").assert_outcomes(passed=1, errors=1)
    monkeypatch.setenv("MAILBOT_SAMPLES", "none")
    suite.runpytest_inprocess("-p", "no:xdist").assert_outcomes(passed=1, deselected=1)


def test_a_module_that_skips_itself_fails_the_run_of_ci(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makepyfile(test_a=WHOLE_MODULE, test_b="def test_runs(): pass")
    monkeypatch.setenv("CI", "true")
    done = suite.runpytest_inprocess("-p", "no:xdist")
    assert done.ret != 0
    done.stdout.fnmatch_lines(["*test_a.py was not run: the extra mailbot?ocr? is not installed"])
