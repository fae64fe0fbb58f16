#!/usr/bin/env bash
# Builds Boreas, starts it here, and takes a sample app from a Git push to a URL.
#   ./run.sh [--port N] [--data DIR] [--no-demo]
set -euo pipefail

usage() {
    cat <<'USAGE'
Usage: ./run.sh [--port N] [--data DIR] [--no-demo]

Builds Boreas, starts it on http://127.0.0.1:N (5080) with its state in DIR (./data), pushes samples/hello into the
embedded Git and shows the run. Stays in the foreground; Ctrl-C stops everything.

  --port N    port to listen on
  --data DIR  folder that holds all state; delete it to begin again
  --no-demo   start without the sample app
USAGE
}

say() { printf '%s\n' "$*"; }
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
stop_with() {
    printf 'run.sh: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '  %s\n' "${@:2}" >&2
    exit 1
}

if [ ! -t 1 ] || [ -n "${NO_COLOR:-}" ]; then step() { printf '\n%s\n' "$*"; }; fi

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
port=5080
data="$root/data"
demo=yes
while [ $# -gt 0 ]; do
    case "$1" in
        --port) [ $# -ge 2 ] || stop_with "--port needs a number."; port="$2"; shift 2 ;;
        --data) [ $# -ge 2 ] || stop_with "--data needs a folder."; data="$2"; shift 2 ;;
        --no-demo) demo=no; shift ;;
        -h|--help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done
if ! [[ "$port" =~ ^[1-9][0-9]{0,4}$ ]] || [ "$port" -gt 65535 ]; then stop_with "'$port' is not a port: give 1 to 65535."; fi
url="http://127.0.0.1:$port"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

check_prerequisites() {
    local missing=()
    command -v git >/dev/null || missing+=("git: apt-get install git")
    command -v dotnet >/dev/null || missing+=(".NET SDK 10: https://learn.microsoft.com/dotnet/core/install/linux")
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then missing+=("Node.js 20.19 or newer, with npm: https://nodejs.org"); fi
    [ ${#missing[@]} -eq 0 ] || stop_with "Some programs are missing." "${missing[@]}"
    dotnet --list-sdks | grep -q '^1[0-9]\.' || stop_with "The .NET SDK 10 is missing; found: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')" "https://learn.microsoft.com/dotnet/core/install/linux"
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
        || stop_with "Node.js is $(node --version); 20.19 or newer is needed." "https://nodejs.org"
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

# One hash over the names and contents of all files that a build reads.
fingerprint() {
    find "$@" -type d \( -name bin -o -name obj -o -name node_modules -o -name dist \) -prune -o -type f -print0 \
        | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

build_dotnet() {
    local stamp="$root/src/Boreas.Cli/obj/run.stamp" now
    boreas="$root/src/Boreas.Cli/bin/Release/net10.0/boreas"
    now="$(fingerprint "$root/src" "$root/Directory.Build.props" "$root/Directory.Packages.props" "$root/global.json")"
    [ -x "$boreas" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
    step "Building Boreas (dotnet)"
    # Analyzers are for those who change the code; test.sh runs them.
    dotnet build "$root/src/Boreas.Cli" -c Release -v q -p:RunAnalyzers=false || stop_with "The build failed; see above."
    printf '%s' "$now" > "$stamp"
}

build_web() {
    [ -f "$root/web/package.json" ] || return 0
    local lock now
    lock="$(sha256sum < "$root/web/package-lock.json")"
    if [ ! -d "$root/web/node_modules" ] || [ "$(cat "$root/web/node_modules/.run.stamp" 2>/dev/null)" != "$lock" ]; then
        step "Fetching what the web UI is made of (npm)"
        (cd "$root/web" && npm ci --no-audit --no-fund --loglevel=error) || stop_with "npm could not fetch the packages; see above."
        printf '%s' "$lock" > "$root/web/node_modules/.run.stamp"
    fi
    now="$(fingerprint "$root/web")"
    [ -f "$root/web/dist/index.html" ] && [ "$(cat "$root/web/dist/.run.stamp" 2>/dev/null)" = "$now" ] && return
    step "Building the web UI"
    (cd "$root/web" && npm run --silent build -- --logLevel warn) || stop_with "The build of the web UI failed; see above."
    printf '%s' "$now" > "$root/web/dist/.run.stamp"
}

server=
stop_server() {
    trap - EXIT INT TERM
    if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
        say ""
        say "Stopping …"
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        say "Stopped. Everything is kept in $data; ./run.sh goes on from there."
    fi
}

start_server() {
    # The database and the keys are in it: made here, it is for its owner only.
    (umask 077 && mkdir -p "$data")
    data="$(cd "$data" && pwd)"
    trap stop_server EXIT
    trap 'stop_server; exit 130' INT
    trap 'stop_server; exit 143' TERM
    "$boreas" server --data "$data" --listen "$url" --web "$root/web/dist" 2>> "$data/server.log" &
    server=$!
    write_wrapper
    local tries
    for tries in $(seq 1 300); do
        "$cli" whoami >/dev/null 2>&1 && return
        kill -0 "$server" 2>/dev/null || { tail -n 20 "$data/server.log" >&2; stop_with "Boreas ended while it started; its log is $data/server.log"; }
        [ "$tries" -lt 300 ] && sleep 0.2
    done
    tail -n 20 "$data/server.log" >&2
    stop_with "Boreas did not answer within a minute; its log is $data/server.log"
}

# DIR/boreas is the command line with this server's address and the administrator's token.
write_wrapper() {
    cli="$data/boreas"
    {
        printf '#!/usr/bin/env bash\n'
        printf 'export BOREAS_SERVER=%q BOREAS_TOKEN_FILE=%q\n' "$url" "$data/admin-token"
        printf 'exec %q "$@"\n' "$boreas"
    } > "$cli"
    chmod 700 "$cli"
}

# What http://…/PATH answers: the status code, or nothing.
http_status() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$port" || exit
        printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$1" "$port" >&3
        read -r -t 5 _ status _ <&3 && printf '%s' "$status"
    ) 2>/dev/null || true
}

wait_for_hello() {
    local tries
    for tries in $(seq 1 150); do
        [ "$(http_status /runtime/hello/)" = 200 ] && return 0
        [ "$tries" -lt 150 ] && sleep 0.2
    done
    return 1
}

clone_sample() {
    clone="$data/demo/hello"
    if [ ! -d "$clone/.git" ]; then
        mkdir -p "$data/demo"
        cp -R "$root/samples/hello" "$clone"
        git -C "$clone" init -q -b main
        [ -n "$(git -C "$clone" config user.email || true)" ] || git -C "$clone" config user.email demo@localhost
        [ -n "$(git -C "$clone" config user.name || true)" ] || git -C "$clone" config user.name "Boreas demo"
        git -C "$clone" add -A
        git -C "$clone" -c commit.gpgsign=false commit -q -m "The sample app"
        git -C "$clone" remote add origin "$url/git/hello.git"
        git -C "$clone" config push.autoSetupRemote true
        # No other helper is asked, and the token stands in no URL and no configuration.
        git -C "$clone" config --add credential.helper ""
        git -C "$clone" config --add credential.helper "!$(printf '%q' "$data/boreas") git-credential"
    fi
    git -C "$clone" remote set-url origin "$url/git/hello.git"
}

run_demo() {
    local pushed
    "$cli" apps show hello >/dev/null 2>&1 || "$cli" apps create hello --embedded >/dev/null
    clone_sample
    pushed="$(GIT_TERMINAL_PROMPT=0 git -C "$clone" ls-remote origin refs/heads/main | cut -f1)"
    if [ -z "$pushed" ]; then
        step "git push: samples/hello into the embedded Git"
        GIT_TERMINAL_PROMPT=0 git -C "$clone" push -q -u origin main || stop_with "The push failed." "Why: $cli why"
    else
        step "hello was pushed before (${pushed:0:12}); nothing new was pushed"
    fi
    if wait_for_hello; then
        say "hello is serving: $url/runtime/hello/"
    else
        "$cli" status --app hello --once || true
        say "hello does not answer yet. Why: $cli why"
    fi
}

next_steps() {
    step "Boreas is running: $url"
    say "  its log        $data/server.log"
    say "  sign in        as admin, with the password that the first start printed"
    say "                 (forgotten: $(printf '%q' "$cli") users set-password admin)"
    say "  its token      $data/admin-token (administrator)"
    if [ "$demo" = yes ]; then
        say ""
        say "  The app        $url/runtime/hello/"
        say ""
        say "Change a line and push again, in another terminal:"
        say "  cd $(printf '%q' "$clone")"
        if grep -q 'Hello from Boreas' "$clone/server.js"; then say "  sed -i 's/Hello from Boreas/Hello again/' server.js"; else say "  \${EDITOR:-vi} server.js"; fi
        say "  git commit -am 'Say it differently' && git push"
    fi
    say ""
    say "Look around:"
    say "  $(printf '%q' "$cli") status"
    say "  $(printf '%q' "$cli") apps list"
    say "  $(printf '%q' "$cli") --help"
    say ""
    say "Ctrl-C stops everything."
}

check_prerequisites
! port_answers || stop_with "Port $port is taken: something answers on $url." "If it is Boreas, it is running already. Otherwise choose another: ./run.sh --port $((port + 1))"
build_dotnet
build_web
start_server
[ "$demo" = no ] || run_demo
next_steps
wait "$server" || stop_with "Boreas ended by itself; its log is $data/server.log"
