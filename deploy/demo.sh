#!/bin/sh
# The main job on this machine, with sample mails: sh deploy/demo.sh
# Makes .venv, installs mailbot[demo] into it, runs `mailbot demo`. Nothing leaves the machine.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || { echo "python3 (3.11 or newer) is needed" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "$("$python" --version) is too old; 3.11 or newer is needed" >&2; exit 1; }

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "installing python3-venv ..."
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
        echo "python3-venv is missing. Run once: sudo apt-get install -y python3-venv" >&2
        exit 1
    fi
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
if [ ! -x .venv/bin/mailbot ] || [ pyproject.toml -nt .venv/installed ]; then
    echo "installing mailbot and what it needs into .venv (once) ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        -c deploy/constraints.txt -e '.[demo]'
    touch .venv/installed
fi
exec .venv/bin/mailbot demo "$@"
