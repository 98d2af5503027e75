#!/usr/bin/env bash
# Runs all tests, on SQLite and on a PostgreSQL server that lives as long as this script.
#
#   ./test.sh                            everything, documentation tests included
#   ./test.sh -p orm-core                arguments go to `cargo test`
#   ./test.sh -- some_name               so do those for the tests themselves
#   ./test.sh --server-only CMD ARGS..   runs any command with DATABASE_URL set
#
# With DATABASE_URL set, that server is used; otherwise an installed PostgreSQL is started in a temporary directory, or one is
# installed where that is permitted. Without any PostgreSQL the script fails: half of the tests is not the tests.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/postgres.sh
source "$here/scripts/postgres.sh"

server_only=false
if [[ ${1:-} == --server-only ]]; then
    server_only=true
    shift
    if [[ $# == 0 ]]; then
        echo "test.sh: --server-only needs a command" >&2
        exit 2
    fi
fi

finish() {
    local status=$?
    trap - EXIT
    # A second Ctrl-C must not leave a server behind.
    trap '' INT TERM HUP
    postgres_down
    if [[ $server_only == false ]]; then
        if [[ $status == 0 ]]; then
            echo "test.sh: all tests passed (${SECONDS}s)"
        else
            echo "test.sh: FAILED with status $status (${SECONDS}s)"
        fi
    fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

postgres_up

if [[ $server_only == true ]]; then
    "$@"
    exit
fi

cd "$here"
# Whoever names packages does not want the others as well.
scope=(--workspace)
for argument in "$@"; do
    case $argument in
        --) break ;;
        -p | -p?* | --package | --package=*) scope=() ;;
    esac
done
cargo test ${scope[@]+"${scope[@]}"} --all-features "$@"
