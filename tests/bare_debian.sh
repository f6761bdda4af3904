#!/bin/sh
# Follows deploy/README.md, Install and Backup, word for word on a bare Debian 12.
#
#   sh tests/bare_debian.sh FOLDER          as root; wants debootstrap, openssl and the test extras
#
# FOLDER becomes the Debian (500 MB, and 1.5 GB with mailbot). The commands are those of the README,
# read out of it: installed up to an answered mail, then backed up, the ledger lost and put back.
# Where systemd-nspawn is here (Debian: systemd-container) FOLDER is booted: its own systemd starts
# the units, with everything they take away. Else it is a chroot, where a stub starts the unit's
# ExecStart as its User, and Backup is left out. What is not the README's:
#   - imap.163.com and smtp.163.com are servers of the tests on loopback, by /etc/hosts in there,
#     with certificates of an authority that is trusted in there;
#   - the 授权码 comes by --password-stdin, as the README says for scripts.
# It ends with "answered", or "answered, lost and put back", and exit code 0; or with what the last
# step said.
set -eu
[ $# = 1 ] || { echo "usage: sh tests/bare_debian.sh FOLDER" >&2; exit 2; }
root=$1
here=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
mirror=${MIRROR:-$(sed -n 's/^URIs: *//p; s/^deb \(\[.*\] \)\?\([^ ]*\) .*/\2/p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | sed -n 1p)}
boots=
! command -v systemd-nspawn >/dev/null 2>&1 || boots=yes
step() { echo "== $*"; }

end() {
    [ ! -f "$root/run/mailbot.pid" ] || kill "$(cat "$root/run/mailbot.pid")" 2>/dev/null || true
    [ -z "${booted:-}" ] || { kill "$booted" 2>/dev/null; wait "$booted" 2>/dev/null; } || true
    [ -z "${servers:-}" ] || kill "$servers" 2>/dev/null || true
    for one in proc dev ${LENDS:-}; do
        ! mountpoint -q "$root/$one" || umount -l "$root/$one"
    done
}
trap end EXIT

# A command in there, as root.
inside() {
    if [ -n "$boots" ]; then
        # shellcheck disable=SC2046 # a word each
        nsenter --target "$init" -m -u -i -n -p -C -- \
            env -i HOME=/root TERM=dumb $(env | grep '^PIP_[A-Z_]*=[^ ]*$') PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    else
        chroot "$root" "$@"
    fi
}

# The commands of the first block after a line of the README.
block() {
    awk -v after="$1" 'index($0, after) == 1 {inside = 1} inside && begun && /^```$/ {exit}
        inside && begun {print} inside && /^```sh/ {begun = 1}' "$here/deploy/README.md"
}

follow() {
    { echo 'set -ex; shopt -s expand_aliases; export DEBIAN_FRONTEND=noninteractive; cd /src'
      [ ! -f "$root/root/alias" ] || cat "$root/root/alias"
      cat; } >"$root/root/commands"
    inside bash /root/commands
}

step "a bare Debian 12"
[ -e "$root/etc/debian_version" ] ||
    debootstrap --variant=minbase --include="ca-certificates${boots:+,systemd-sysv}" \
        bookworm "$root" "$mirror" >"$root.log"
for one in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list /etc/apt/apt.conf.d/*artifact* \
    /etc/apt/auth.conf.d/* /etc/resolv.conf /etc/pip.conf /etc/xdg/pip/* "$HOME/.config/pip/pip.conf"; do
    [ ! -f "$one" ] || { mkdir -p "$root$(dirname "$one")"; cp "$one" "$root$one"; }
done
cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
echo 'APT::Get::Assume-Yes "true";' >"$root/etc/apt/apt.conf.d/90yes"
mkdir -p "$root/src" && git -C "$here" archive HEAD | tar -x -C "$root/src"

step "NetEase's servers, on loopback"
printf '127.0.0.1 localhost imap.163.com smtp.163.com\n' >"$root/etc/hosts"
rm -rf "$root/root/163"
PYTHONPATH="$here:$here/tests" "$python" "$here/tests/make/at_163.py" "$root/root/163" &
servers=$!
until [ -f "$root/root/163/ready" ]; do kill -0 "$servers"; sleep 0.2; done
cp "$root/root/163/ca.pem" "$root/usr/local/share/ca-certificates/tests-of-mailbot.crt"

# What this machine's own pip and apt need to reach their index (LENDS) is not the README's matter.
if [ -n "$boots" ]; then
    step "its own systemd"
    for one in ${LENDS:-}; do
        mkdir -p "$root$one"
        set -- "$@" "--bind-ro=$one"
    done
    shift
    systemd-nspawn --quiet --boot --directory="$root" --register=no --keep-unit \
        --resolv-conf=off --timezone=off "$@" </dev/null >"$root.boot.log" 2>&1 &
    booted=$!
    until init=$(pgrep -P "$booted" | head -n 1) && [ -n "$init" ] &&
        inside systemctl is-system-running 2>/dev/null | grep -q 'running\|degraded'; do
        kill -0 "$booted" || { tail -20 "$root.boot.log"; exit 1; }
        sleep 0.5
    done
else
    for one in ${LENDS:-}; do mkdir -p "$root$one" && mount -o bind,ro "$one" "$root$one"; done
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev" && mount --make-rslave "$root/dev"   # or its end would be /dev's
    cat >"$root/usr/local/bin/systemctl" <<'STUB'
#!/bin/sh
# Stands for systemd, which a chroot has not: reads User and ExecStart out of the unit.
unit=/etc/systemd/system/mailbot.service
start() {
    user=$(sed -n 's/^User=//p' $unit)
    runuser -u "$user" -- $(sed -n 's/^ExecStart=//p' $unit) >/run/mailbot.log 2>&1 &
    echo $! >/run/mailbot.pid
}
case "$*" in
    "enable --now mailbot") start ;;
    "restart mailbot") kill "$(cat /run/mailbot.pid)"; sleep 3; start ;;
    *) echo "systemctl $*: not here" >&2 ;;
esac
STUB
    chmod 755 "$root/usr/local/bin/systemctl"
fi
inside update-ca-certificates >/dev/null

step "Install, of deploy/README.md"
rm -f "$root/root/alias"
block '## Install' | sed \
    's/^\(.*mailbot init --system [^#]*\)#.*$/echo SHOUQUANMA | \1 --password-stdin/' | follow
block '## Install' | grep '^alias ' >"$root/root/alias"

step "from shadow to live, as the README says"
inside sed -i 's/^mode = .*/mode = "live"/' /etc/mailbot/mailbot.toml
inside systemctl restart mailbot

step "a mail of 金水区"
touch "$root/root/163/deliver"
for _ in $(seq 400); do
    [ ! -f "$root/root/163/answer.eml" ] || break
    sleep 1
done
[ -f "$root/root/163/answer.eml" ] || {
    tail -50 "$root/run/mailbot.log" 2>/dev/null || inside journalctl -u mailbot -o cat -n 50
    exit 1
}
grep -i '^\(from\|to\|subject\|in-reply-to\|auto-submitted\):' "$root/root/163/answer.eml"
echo 'mailbot show 1 --log' | follow
[ -n "$boots" ] || { echo "answered"; exit 0; }

step "Backup, of deploy/README.md"
day=$(inside env LC_ALL=C date +%a)
block '## Backup' | sed "s|/srv/mailbot/Mon|/srv/mailbot/$day|" | follow
echo 'mailbot status --json' | follow >"$root/root/before.json"

step "the ledger is lost, and put back"
inside systemctl stop mailbot
inside sh -c 'rm /var/lib/mailbot/ledger.db*'
block 'To put it back:' | sed "s|/srv/mailbot/Mon|/srv/mailbot/$day|" | follow
inside systemctl is-active mailbot
echo 'mailbot status --json' | follow >"$root/root/after.json"
cmp "$root/root/before.json" "$root/root/after.json"
echo "answered, lost and put back"
