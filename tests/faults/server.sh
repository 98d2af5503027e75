#!/usr/bin/env bash
# A PostgreSQL server that does what a test tells it. It is told on its standard input, a line each, and answers with a line:
#
#   (at first)        ready URL DIR    DIR is a directory of four megabytes in all, or `-` where no such can be had
#   stop MODE         done             as of `pg_ctl stop -m MODE`; `immediate` is a crash
#   start             done             at the same address
#
# With the end of its input it is gone. What it commits survives a crash of the server, though not one of the machine.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# What is mounted in a name space of its own goes with its processes, whatever becomes of them.
if [[ ${1:-} != inside ]]; then
    if unshare --mount true 2>/dev/null; then
        exec unshare --mount "${BASH_SOURCE[0]}" inside
    fi
fi

# shellcheck source=../../scripts/postgres.sh
source "$here/../../scripts/postgres.sh"

small="-"
finish() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [[ $small != "-" ]]; then
        umount -l "$small" || true
    fi
    postgres_down
    exit "$status"
}
trap finish EXIT

unset DATABASE_URL
postgres_up
port=${DATABASE_URL##*:}
port=${port%%/*}

if [[ ${1:-} == inside ]]; then
    mkdir "$POSTGRES_DIR/small"
    if mount -t tmpfs -o size=4m none "$POSTGRES_DIR/small" 2>/dev/null; then
        small=$POSTGRES_DIR/small
        chown --reference="$POSTGRES_DIR/data" "$small"
    fi
fi
echo "ready $DATABASE_URL $small"

while read -r what mode; do
    case $what in
        stop)
            postgres_run "$POSTGRES_BIN/pg_ctl" stop -w -s -t 120 -m "$mode" -D "$POSTGRES_DIR/data" >&2
            ;;
        start)
            postgres_run "$POSTGRES_BIN/pg_ctl" start -w -s -t 120 -D "$POSTGRES_DIR/data" -l "$POSTGRES_DIR/log" \
                -o "-p $port" </dev/null >/dev/null 2>&1
            ;;
        *)
            echo "server.sh: '$what' is no command" >&2
            exit 2
            ;;
    esac
    echo "done"
done
