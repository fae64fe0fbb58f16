#!/usr/bin/env bash
# Push to serving: Boreas against the same git, build, push and run commands typed by hand, in the same run.
#   bench/push/run.sh            ROUNDS=7 by default
# Needs podman, docker-registry and a static busybox (Debian: podman docker-registry busybox-static).
set -euo pipefail

rounds="${ROUNDS:-7}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
for program in git podman docker-registry busybox curl; do
    command -v "$program" >/dev/null || { echo "bench/push needs '$program'." >&2; exit 1; }
done

work="$(mktemp -d)"
registry=; server=
cleanup() {
    [ -z "$server" ] || { kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
    [ -z "$registry" ] || kill "$registry" 2>/dev/null || true
    podman rm -f -t 0 bench-hand >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
if [ -z "${CONTAINERS_CONF:-}" ] && [ -e /sys/fs/cgroup/unified ]; then
    # Hosts with hybrid cgroups: see docs/guides/operations.md.
    export CONTAINERS_CONF="$work/containers.conf"
    printf '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=4096:4096"]\n[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\n' > "$CONTAINERS_CONF"
fi

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
registry_port="$(free_port)"; port="$(free_port)"; hand_port="$(free_port)"

cat > "$work/registry.yml" <<YML
version: 0.1
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: 127.0.0.1:$registry_port}
YML
docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
registry=$!

make_app() { # folder
    mkdir -p "$1/www"
    cp "$(command -v busybox)" "$1/busybox"
    echo 0 > "$1/www/index.html"
    printf 'FROM scratch\nCOPY busybox /busybox\nCOPY www /www\nEXPOSE 3000\nCMD ["/busybox", "httpd", "-f", "-p", "3000", "-h", "/www"]\n' > "$1/Dockerfile"
    git -C "$1" init -q -b main
    git -C "$1" config user.email bench@localhost
    git -C "$1" config user.name bench
    git -C "$1" add -A && git -C "$1" commit -qm start
}

dotnet build "$root/src/Boreas.Cli" -c Release -v q --nologo -p:RunAnalyzers=false >/dev/null
boreas="$root/src/Boreas.Cli/bin/Release/net10.0/boreas"
"$boreas" server --data "$work/data" --listen "http://127.0.0.1:$port" > "$work/server.out" 2> "$work/server.log" &
server=$!
export BOREAS_SERVER="http://127.0.0.1:$port" BOREAS_TOKEN_FILE="$work/data/admin-token"
until curl -sf "$BOREAS_SERVER/readyz" >/dev/null; do kill -0 "$server" || { cat "$work/server.log" >&2; exit 1; }; sleep 0.1; done
"$boreas" registries create local "127.0.0.1:$registry_port" --plain-http >/dev/null
"$boreas" apps create bench --embedded --registry local >/dev/null

make_app "$work/ours"
git -C "$work/ours" remote add origin "$BOREAS_SERVER/git/bench.git"
git -C "$work/ours" config credential.helper ""
git -C "$work/ours" config --add credential.helper "!$boreas git-credential"
make_app "$work/theirs"
git init -q --bare -b main "$work/theirs.git"
git -C "$work/theirs" remote add origin "$work/theirs.git"

change() { echo "$2" > "$1/www/index.html"; git -C "$1" commit -qam "$2"; }
serves() { [ "$(curl -s "$1")" = "$2" ]; } # url text

by_hand() { # round
    change "$work/theirs" "$1"
    local start; start="$(now_ms)"
    git -C "$work/theirs" push -q origin main
    rm -rf "$work/clone"; git clone -q "$work/theirs.git" "$work/clone"
    local image="127.0.0.1:$registry_port/hand/app:$1"
    podman build -q -t "$image" "$work/clone" >/dev/null
    podman push -q --tls-verify=false "$image"
    podman rm -f -t 0 bench-hand >/dev/null 2>&1 || true
    podman run -d --pull=never --name bench-hand -p "127.0.0.1:$hand_port:3000" "$image" >/dev/null
    until serves "http://127.0.0.1:$hand_port/" "$1"; do :; done
    echo $(($(now_ms) - start))
}

# Asks a hundred times a second: without a pause the questions take a core from what is measured.
with_boreas() { # round
    change "$work/ours" "$1"
    local start; start="$(now_ms)"
    git -C "$work/ours" push -q origin main 2> "$work/push.log" &
    local push=$!
    until serves "$BOREAS_SERVER/runtime/bench/" "$1"; do kill -0 "$push" 2>/dev/null || serves "$BOREAS_SERVER/runtime/bench/" "$1" || { cat "$work/push.log" >&2; return 1; }; sleep 0.01; done
    echo $(($(now_ms) - start))
    wait "$push"
}

summary() { sort -n | awk '{ v[NR] = $1 } END { m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2; printf "%d %d %d", m, v[1], v[NR] }'; }

by_hand 1 >/dev/null; with_boreas 1 >/dev/null
for round in $(seq 2 $((rounds + 1))); do
    by_hand "$round" >> "$work/hand.ms"
    with_boreas "$round" >> "$work/boreas.ms"
done
read -r hand hand_min hand_max <<< "$(summary < "$work/hand.ms")"
read -r ours ours_min ours_max <<< "$(summary < "$work/boreas.ms")"
echo "Push to serving, cached layers, $rounds rounds, $(git --version), $(podman --version), docker-registry, $(nproc) cores"
echo
echo "| | median ms | min–max |"
echo "|---|---|---|"
echo "| by hand: git push, clone, podman build, push, run, first 200 | $hand | $hand_min–$hand_max |"
echo "| git push to Boreas: checkout, build, push, test, start beside the old one, health check, switch, first 200 | $ours | $ours_min–$ours_max |"
echo
echo "Boreas takes $((ours - hand)) ms more than the commands by hand (limit: 500 ms)."
