#!/usr/bin/env bash
# Sets everything up, runs every test of the project, and ends with one line: N passed, N failed, N skipped.
#   ./test.sh [NAME…]    only the test projects whose name contains one of these ('web' is the web UI)
# BOREAS_TEST_NO_INSTALL=1 installs nothing; BOREAS_TEST_POSTGRES uses that PostgreSQL; BOREAS_TEST_SECONDS caps a project.
set -uo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$root" || exit 1
results="$root/TestResults"
scratch="$(mktemp -d "${TMPDIR:-/tmp}/boreas-test.XXXXXX")"
chmod 755 "$scratch"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 CI=1 NO_COLOR=1
only=("$@")

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }

wanted() {
    [ ${#only[@]} -eq 0 ] && return 0
    local word
    for word in "${only[@]}"; do [[ "${1,,}" == *"${word,,}"* ]] && return 0; done
    return 1
}

# Runs a step that has no tests of its own; when it fails it counts as one failed test.
check() {
    local name="$1" exit
    shift
    step "$name"
    "$@"
    exit=$?
    printf '%s\t%s\n' "$name" "$exit" >> "$results/steps.tsv"
    return $exit
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

need() {
    local program="$1" package="$2" why="$3"
    command -v "$program" >/dev/null || [ -n "$(compgen -G "/usr/lib/postgresql/*/bin/$program")" ] || missing+=("$package|$why")
}

install_missing() {
    local missing=() entry packages=()
    need git git "every test with a repository"
    need initdb postgresql "storage tests on PostgreSQL"
    need podman podman "tests with containers"
    need runc runc "podman where there is no systemd"
    need busybox busybox-static "images that need no network"
    need docker-registry docker-registry "tests with a registry"
    # Where systemd runs, the package would begin to serve SSH to everybody: that is not for a test script to do.
    [ -x /usr/sbin/sshd ] || [ -d /run/systemd/system ] || need sshd openssh-server "tests with repositories over SSH"
    need chromium chromium "tests with a browser"
    [ ${#missing[@]} -gt 0 ] || return 0
    for entry in "${missing[@]}"; do packages+=("${entry%%|*}"); say "missing: ${entry%%|*} (${entry#*|})"; done
    if [ -n "${BOREAS_TEST_NO_INSTALL:-}" ] || ! command -v apt-get >/dev/null || { [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; }; then
        say "They are not installed: that needs apt-get and root (or sudo without a password). The tests that need them are skipped."
        return 0
    fi
    say "Installing them with apt-get …"
    as_root apt-get update -qq >/dev/null 2>&1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" > "$scratch/apt.log" 2>&1 \
        || { tail -n 5 "$scratch/apt.log"; say "Not all could be installed. The tests that need what is missing are skipped."; }
}

# Podman finds its way by itself on an ordinary machine. Without systemd or with the old cgroups it has to be told.
configure_podman() {
    command -v podman >/dev/null && [ -z "${CONTAINERS_CONF:-}" ] || return 0
    [ -d /run/systemd/system ] && [ -f /sys/fs/cgroup/cgroup.controllers ] && return 0
    {
        printf '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=4096:4096"]\n[engine]\ncgroup_manager="cgroupfs"\n'
        if command -v runc >/dev/null; then printf 'runtime="runc"\n'; fi
    } > "$scratch/containers.conf"
    export CONTAINERS_CONF="$scratch/containers.conf"
}

postgres_bin=
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# A throw-away PostgreSQL with its default durability, on a Unix socket only.
start_postgres() {
    [ -z "${BOREAS_TEST_POSTGRES:-}" ] || { say "PostgreSQL: the one in BOREAS_TEST_POSTGRES"; return 0; }
    local initdb place="$scratch/postgres"
    initdb="$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)"
    [ -n "$initdb" ] || { say "No PostgreSQL here: tests that need it are skipped."; return 0; }
    mkdir -m 700 "$place" && { [ "$(id -u)" != 0 ] || chown postgres "$place"; } || return 0
    if as_postgres "$initdb" -D "$place/data" -U postgres -A trust -E UTF8 --locale=C > "$scratch/postgres.log" 2>&1 \
        && as_postgres "$(dirname "$initdb")/pg_ctl" -D "$place/data" -w -t 30 -l "$place/log" -o "-k $place -c listen_addresses='' -c max_connections=300" start >> "$scratch/postgres.log" 2>&1; then
        postgres_bin="$(dirname "$initdb")"
        export BOREAS_TEST_POSTGRES="Host=$place;Username=postgres;Database=postgres"
    else
        tail -n 5 "$scratch/postgres.log"
        say "PostgreSQL did not start: tests that need it are skipped."
    fi
}

clean_up() {
    [ -z "$postgres_bin" ] || as_postgres "$postgres_bin/pg_ctl" -D "$scratch/postgres/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The scenarios open the built UI in a browser, so they need it as well.
build_web() {
    check "web: npm ci" npm ci --no-audit --no-fund --loglevel=error && check "web: build" npm run --silent build -- --logLevel warn
}

test_web() {
    check "web: lint" npm run --silent lint
    check "web: types" npm run --silent typecheck
    step "web: vitest"
    npx vitest run --reporter=default --reporter=json --outputFile.json="$results/web.vitest.json"
    printf 'web\t%s\n' $? >> "$results/runs.tsv"
}

test_dotnet() {
    local project name
    check "dotnet build" dotnet build Boreas.slnx -v q || return
    for project in tests/Boreas.*.Tests tests/Boreas.Scenarios tests/Boreas.Simulation; do
        name="$(basename "$project")"
        wanted "$name" || continue
        step "$name"
        timeout --kill-after=30 "${BOREAS_TEST_SECONDS:-1800}" dotnet test "$project" --no-build --results-directory "$results" --logger "trx;LogFileName=$name.trx" -v q
        printf '%s\t%s\n' "$name" $? >> "$results/runs.tsv"
    done
}

command -v dotnet >/dev/null || { say "The .NET SDK 10 is missing: https://learn.microsoft.com/dotnet/core/install/linux"; say "0 passed, 1 failed, 0 skipped"; exit 1; }
command -v node >/dev/null || { say "Node.js 20.19 or newer is missing: https://nodejs.org"; say "0 passed, 1 failed, 0 skipped"; exit 1; }
rm -rf "$results"
mkdir -p "$results"
step "set-up"
install_missing
configure_podman
start_postgres
cd "$root/web" || exit 1
if wanted web || wanted Boreas.Scenarios; then build_web; fi && if wanted web; then test_web; fi
cd "$root" || exit 1
test_dotnet
node .ci/summary.mjs "$results"
