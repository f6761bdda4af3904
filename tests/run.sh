#!/bin/sh
# Everything that must hold: lint, types, import contract, tests. sh tests/run.sh [pytest options]
# Makes its own environment (.venv-test) and installs what it needs; says plainly what it skips.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1 DEBIAN_FRONTEND=noninteractive

python=${PYTHON:-python3}
packages=""
"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || packages="$packages python3-venv"
command -v dovecot >/dev/null 2>&1 || packages="$packages dovecot-imapd"
ldconfig -p 2>/dev/null | grep -q 'libarchive\.so\.13' || packages="$packages libarchive13"
[ -d /usr/share/fonts/truetype/wqy ] || packages="$packages fonts-wqy-zenhei"
# LibreOffice is large (about 300 MB, a minute), but no other program of an office shows that the
# exported workbook opens outside the libraries that wrote it.
command -v soffice >/dev/null 2>&1 || packages="$packages libreoffice-calc-nogui"
[ -f /usr/lib/libreoffice/program/libswlo.so ] || packages="$packages libreoffice-writer-nogui"
# Where a skipped test fails, the digest's layout has to be measured too.
if [ "${CI:-}" = true ] && ! command -v chromium >/dev/null 2>&1; then packages="$packages chromium"; fi
# The alert rules are evaluated by promtool (its package's server is not started by us).
if [ "${CI:-}" = true ] && ! command -v promtool >/dev/null 2>&1; then packages="$packages prometheus"; fi
if [ -n "$packages" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "== Debian packages:$packages"
        apt-get update -qq || true
        for package in $packages; do
            apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
                echo "   $package could not be installed; the tests that need it are skipped"
        done
    else
        echo "== not installed (no root):$packages; the tests that need them are skipped"
    fi
fi

[ -x .venv-test/bin/python ] || "$python" -m venv .venv-test
bin=.venv-test/bin
echo "== installing mailbot[test,rar,ocr]"
# Four seconds of waiting, beside the rest: finds what a screen reader would stumble over.
(
    command -v npm >/dev/null 2>&1 || exit 0
    [ -d .venv-test/node_modules/axe-core ] ||
        npm install --no-save --no-audit --no-fund --silent --prefix .venv-test axe-core@4.10.3 ||
        echo "   axe-core could not be installed; the pages are not asked for access"
) &
screen_reader=$!
$bin/python -m pip install --quiet --no-compile -c deploy/constraints.txt -e '.[test,rar,ocr]'
wait "$screen_reader"

# Compiled modules are kept, whatever the environment says: without them every process that a test
# starts, and every worker of pytest, compiles mailbot and the tests anew. Libraries among them: pip
# would compile them on one processor.
unset PYTHONDONTWRITEBYTECODE
$bin/python -m compileall -qq -j 0 .venv-test/lib mailbot tests/make || true # tests say it better

# What tests write is flushed to disk many thousand times: in memory that takes no time. What a
# failed test left stays there, and its path is said.
memory=""
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $4}')
if [ -w /dev/shm ] && [ "${room:-0}" -ge 4000000 ]; then
    memory=$(mktemp -d /dev/shm/mb.XXXXXX)
    chmod 711 "$memory" # the users of dovecot go through it
    export TMPDIR="$memory"
fi

# One command a line: in `a && b` a failing a would not stop the script.
echo "== ruff"
$bin/ruff check .
$bin/ruff format --check .

# Types, imports and rules keep one processor for half a minute, and the tests have waiting in them:
# they run beside each other. What was found is printed whole when all is done.
found=$(mktemp)
(
    set -eu
    echo "== mypy"
    $bin/mypy
    echo "== imports"
    $bin/lint-imports
    echo "== rules"
    for campaign in rules/*/; do $bin/mailbot rules check "$campaign"; done
) >"$found" 2>&1 &
beside=$!
failed=1
at_the_end() {
    kill "$beside" 2>/dev/null || true
    rm -f "$found"
    [ -z "$memory" ] || [ "$failed" != 0 ] || rm -rf "$memory"
    [ -z "$memory" ] || [ "$failed" = 0 ] || echo "== left by the tests: $memory"
}
trap at_the_end EXIT
trap 'exit 130' INT TERM

echo "== pytest (mypy, imports and rules run beside it)"
# One worker more than processors, since some tests wait for a server or a clock. What is shown as
# it happens (-s), or brings its own -n, runs as it says.
workers="-n $(($(getconf _NPROCESSORS_ONLN) + 1)) --dist loadscope --no-loadscope-reorder"
for option in "$@"; do
    case "$option" in
        -s | -[vqx]*s | -s[vqx]* | --capture* | --pdb | --trace | -n* | --numprocesses* | --dist*)
            workers="" ;;
    esac
done
told=0
# shellcheck disable=SC2086
$bin/python -m pytest $workers "$@" || told=$?
wait "$beside" || { told=1; echo "== FAILED: mypy, imports or rules"; }
cat "$found"
failed=$told
exit "$failed"
