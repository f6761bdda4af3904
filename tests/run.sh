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
echo "== installing mailbot[test,rar,ocr]"
.venv-test/bin/python -m pip install --quiet -e '.[test,rar,ocr]'
bin=.venv-test/bin

# One command a line: in `a && b` a failing a would not stop the script.
echo "== ruff"
$bin/ruff check .
$bin/ruff format --check .
echo "== mypy"
$bin/mypy
echo "== imports"
$bin/lint-imports
echo "== rules"
for campaign in rules/*/; do $bin/mailbot rules check "$campaign"; done
echo "== pytest"
$bin/python -m pytest "$@"
