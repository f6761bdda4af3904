#!/bin/sh
# Copies ledger and files while mailbot runs: sh deploy/backup.sh DATA TARGET
# The ledger is copied through SQLite's own backup, so it is whole; files never change once
# written, so copying them after the ledger leaves nothing that the ledger names behind.
set -eu
[ $# = 2 ] || { echo "usage: sh deploy/backup.sh DATA TARGET" >&2; exit 2; }
data=$1
target=$2
[ -f "$data/ledger.db" ] || { echo "$data: no ledger.db here" >&2; exit 1; }
umask 077
mkdir -p "$target"
python3 - "$data/ledger.db" "$target/ledger.db.new" <<'PYTHON'
import sqlite3, sys
source = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
copy = sqlite3.connect(sys.argv[2])
source.backup(copy)
(answer,) = copy.execute("PRAGMA integrity_check").fetchone()
copy.close()
sys.exit(0 if answer == "ok" else f"the copy is not whole: {answer}")
PYTHON
mv "$target/ledger.db.new" "$target/ledger.db"
for folder in files spool; do
    [ -d "$data/$folder" ] || continue
    (cd "$data" && find "$folder" -type f ! -path '*/incoming/*') | while IFS= read -r file; do
        [ -f "$target/$file" ] && continue
        mkdir -p "$target/$(dirname "$file")"
        cp -p "$data/$file" "$target/$file.part" && mv "$target/$file.part" "$target/$file"
    done
done
echo "$target: done"
