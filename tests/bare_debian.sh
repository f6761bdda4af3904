#!/bin/sh
# Follows deploy/README.md, Install, word for word on a bare Debian 12, up to an answered mail.
#
#   sh tests/bare_debian.sh FOLDER          as root; wants debootstrap, openssl and the test extras
#
# FOLDER becomes the Debian (500 MB, and 1.5 GB with mailbot). The commands are those of the README,
# read out of it and run in a chroot of it. What is not the README's:
#   - imap.163.com and smtp.163.com are servers of the tests on loopback, by the chroot's /etc/hosts,
#     with certificates of an authority that the chroot trusts;
#   - a chroot has no systemd: `systemctl enable --now mailbot` starts the unit's ExecStart as the
#     unit's User, `restart` ends it first; what else the unit asks for is not tried here;
#   - the 授权码 comes by --password-stdin, as the README says for scripts.
# It ends with "answered" and exit code 0, or with what the last step said.
set -eu
[ $# = 1 ] || { echo "usage: sh tests/bare_debian.sh FOLDER" >&2; exit 2; }
root=$1
here=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
mirror=${MIRROR:-$(sed -n 's/^URIs: *//p; s/^deb \(\[.*\] \)\?\([^ ]*\) .*/\2/p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | sed -n 1p)}
step() { echo "== $*"; }

end() {
    [ ! -f "$root/run/mailbot.pid" ] || kill "$(cat "$root/run/mailbot.pid")" 2>/dev/null || true
    [ -z "${servers:-}" ] || kill "$servers" 2>/dev/null || true
    for one in proc dev ${LENDS:-}; do
        ! mountpoint -q "$root/$one" || umount -l "$root/$one"
    done
}
trap end EXIT

step "a bare Debian 12"
[ -e "$root/etc/debian_version" ] ||
    debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >"$root.log"
for one in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list /etc/apt/apt.conf.d/*artifact* \
    /etc/apt/auth.conf.d/* /etc/resolv.conf /etc/pip.conf /etc/xdg/pip/* "$HOME/.config/pip/pip.conf"; do
    [ ! -f "$one" ] || { mkdir -p "$root$(dirname "$one")"; cp "$one" "$root$one"; }
done
# What this machine's own pip and apt need to reach their index: not the README's matter.
for one in ${LENDS:-}; do mkdir -p "$root$one" && mount -o bind,ro "$one" "$root$one"; done
cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
echo 'APT::Get::Assume-Yes "true";' >"$root/etc/apt/apt.conf.d/90yes"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev" && mount --make-rslave "$root/dev"   # or its end would be /dev's
mkdir -p "$root/src" && git -C "$here" archive HEAD | tar -x -C "$root/src"

step "NetEase's servers, on loopback"
printf '127.0.0.1 localhost imap.163.com smtp.163.com\n' >"$root/etc/hosts"
PYTHONPATH="$here:$here/tests" "$python" "$here/tests/make/at_163.py" "$root/run/163" &
servers=$!
until [ -f "$root/run/163/ready" ]; do kill -0 "$servers"; sleep 0.2; done
cp "$root/run/163/ca.pem" "$root/usr/local/share/ca-certificates/tests-of-mailbot.crt"
chroot "$root" update-ca-certificates >/dev/null

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

step "the commands of deploy/README.md"
awk '/^## Install/ {inside = 1} inside && /^```$/ {exit} inside && begun {print}
    inside && /^```sh/ {begun = 1}' "$here/deploy/README.md" >"$root/run/commands"
sed -i 's/^\(.*mailbot init --system [^#]*\)#.*$/echo SHOUQUANMA | \1 --password-stdin/' \
    "$root/run/commands"
{ echo 'set -ex; shopt -s expand_aliases; export DEBIAN_FRONTEND=noninteractive; cd /src'
  echo 'apt-get update -qq'; cat "$root/run/commands"; } >"$root/run/install"
chroot "$root" bash /run/install

step "from shadow to live, as the README says"
chroot "$root" sed -i 's/^mode = .*/mode = "live"/' /etc/mailbot/mailbot.toml
chroot "$root" systemctl restart mailbot

step "a mail of 金水区"
touch "$root/run/163/deliver"
for _ in $(seq 400); do
    [ ! -f "$root/run/163/answer.eml" ] || break
    sleep 1
done
[ -f "$root/run/163/answer.eml" ] || { tail -50 "$root/run/mailbot.log"; exit 1; }
grep -i '^\(from\|to\|subject\|in-reply-to\|auto-submitted\):' "$root/run/163/answer.eml"
chroot "$root" runuser -u mailbot -- /opt/mailbot/.venv/bin/mailbot \
    --config /etc/mailbot/mailbot.toml show 1 --log
echo "answered"
