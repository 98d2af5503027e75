#!/usr/bin/env bash
# A throw-away PostgreSQL server for the tests. Sourced by test.sh.
#
#   postgres_up      exports DATABASE_URL: the one that is set, or that of a new server
#   postgres_down    stops and deletes what postgres_up started; safe to call at any time

POSTGRES_DIR=""
POSTGRES_BIN=""
# Words to put before a command so that it runs as a user whom PostgreSQL accepts.
POSTGRES_AS=()

postgres_say() { printf 'postgres: %s\n' "$*" >&2; }

# Prints the directory that holds initdb, pg_ctl and postgres, all three.
postgres_find_bin() {
    local dirs=() dir on_path
    if on_path=$(command -v initdb); then
        dirs+=("$(dirname "$on_path")")
        # A link in PATH may stand alone; the real directory has the others beside it.
        dirs+=("$(dirname "$(readlink -f "$on_path" 2>/dev/null || printf '%s' "$on_path")")")
    fi
    if command -v pg_config >/dev/null; then
        dirs+=("$(pg_config --bindir)")
    fi
    # The newest version first where several are installed side by side.
    while IFS= read -r dir; do
        dirs+=("$dir")
    done < <(
        printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
            /usr/local/opt/postgresql*/bin | sort -rV
    )
    dirs+=(/usr/local/bin /usr/local/pgsql/bin)
    for dir in "${dirs[@]}"; do
        if [[ -x $dir/initdb && -x $dir/pg_ctl && -x $dir/postgres ]]; then
            printf '%s\n' "$dir"
            return 0
        fi
    done
    return 1
}

postgres_install() {
    local sudo=()
    if [[ $(id -u) != 0 ]]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            sudo=(sudo -n)
        elif ! command -v brew >/dev/null; then
            return 1
        fi
    fi
    if [[ $(id -u) != 0 ]] && command -v brew >/dev/null; then
        postgres_say "not found: installing it with 'brew install postgresql@17'"
        brew install postgresql@17 >&2
    elif command -v apt-get >/dev/null; then
        postgres_say "not found: installing it with 'apt-get install postgresql'"
        ${sudo[@]+"${sudo[@]}"} apt-get update -qq >&2
        ${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends postgresql >&2
    elif command -v dnf >/dev/null; then
        postgres_say "not found: installing it with 'dnf install postgresql-server'"
        ${sudo[@]+"${sudo[@]}"} dnf install -y -q postgresql-server >&2
    else
        return 1
    fi
}

# initdb refuses to run as root.
postgres_choose_user() {
    [[ $(id -u) == 0 ]] || return 0
    local user=""
    for user in postgres nobody ""; do
        if [[ -n $user ]] && id "$user" >/dev/null 2>&1; then
            break
        fi
    done
    if [[ -z $user ]]; then
        user=orm_tests
        postgres_say "root cannot run a server: creating the user '$user'"
        useradd --system --no-create-home --shell /usr/sbin/nologin "$user" || return 1
    fi
    if command -v setpriv >/dev/null; then
        POSTGRES_AS=(setpriv "--reuid=$(id -u "$user")" "--regid=$(id -g "$user")" --clear-groups --)
    elif command -v runuser >/dev/null; then
        POSTGRES_AS=(runuser -u "$user" --)
    else
        # su takes one string; "$@" inside it receives the command's words unharmed.
        # shellcheck disable=SC2016
        POSTGRES_AS=(su -s /bin/sh "$user" -c 'exec "$@"' -- sh)
    fi
    chown "$user" "$POSTGRES_DIR"
}

# Runs in the server's directory, because the caller's may be closed to the other user.
postgres_run() { (cd "$POSTGRES_DIR" && ${POSTGRES_AS[@]+"${POSTGRES_AS[@]}"} "$@"); }

postgres_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

postgres_start() {
    local port log="$POSTGRES_DIR/log"
    for _ in 1 2 3 4 5 6 7 8; do
        # Below the range from which the kernel gives out ports of its own accord.
        port=$((20000 + RANDOM % 12000))
        postgres_is_free "$port" || continue
        # Somebody else may take the port meanwhile; then the next attempt has another.
        if postgres_run "$POSTGRES_BIN/pg_ctl" start -w -s -t 60 -D "$POSTGRES_DIR/data" -l "$log" \
            -o "-p $port" </dev/null >/dev/null 2>&1; then
            export DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
            return 0
        fi
    done
    postgres_say "the server does not start; the end of its log:"
    tail -n 20 "$log" >&2
    return 1
}

postgres_up() {
    if [[ -n ${DATABASE_URL:-} ]]; then
        postgres_say "using the server that DATABASE_URL names"
        return 0
    fi
    if ! POSTGRES_BIN=$(postgres_find_bin); then
        postgres_install || true
        if ! POSTGRES_BIN=$(postgres_find_bin); then
            postgres_say "initdb, pg_ctl and postgres were not found and could not be installed."
            postgres_say "Install PostgreSQL 14 or later, or set DATABASE_URL to a server that tests may write to."
            return 1
        fi
    fi

    # Not under TMPDIR: the path of a unix socket must be short.
    POSTGRES_DIR=$(mktemp -d /tmp/orm-postgres.XXXXXX)
    postgres_choose_user || return 1
    if ! postgres_run "$POSTGRES_BIN/initdb" --locale=C --encoding=UTF8 -U postgres --auth=trust \
        --no-sync -D "$POSTGRES_DIR/data" >"$POSTGRES_DIR/initdb.log" 2>&1; then
        postgres_say "initdb failed:"
        cat "$POSTGRES_DIR/initdb.log" >&2
        return 1
    fi
    # Nothing here need survive a crash of the machine.
    postgres_run tee -a "$POSTGRES_DIR/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$POSTGRES_DIR'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
EOF
    postgres_start || return 1
    postgres_say "$("$POSTGRES_BIN/postgres" --version) at $DATABASE_URL"
}

postgres_down() {
    [[ -n $POSTGRES_DIR ]] || return 0
    if [[ -f $POSTGRES_DIR/data/postmaster.pid ]]; then
        postgres_run "$POSTGRES_BIN/pg_ctl" stop -s -m immediate -D "$POSTGRES_DIR/data" >/dev/null 2>&1 || true
    fi
    rm -rf "$POSTGRES_DIR"
    POSTGRES_DIR=""
}
