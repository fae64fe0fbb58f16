#!/usr/bin/env bash
# Durable tasks a second, each of them claimed, done and reported: Boreas on PostgreSQL (in process, and over its HTTP
# API) and on SQLite, against graphile-worker, pg-boss and a bare SKIP LOCKED loop on the same server.
# Settings by environment: those of setup.sh, TASKS=20000, WARMUP=20000 (tasks before the clock starts, for everybody:
# .NET and Node.js compile what is hot a second time)
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
TASKS=${TASKS:-20000} WARMUP=${WARMUP:-20000}
build; peers; postgres

boreas() { fresh boreas; "${bench[@]}" tasks boreas "$(url boreas)" "$TASKS" 10 "$WARMUP"; }
boreas_one() { fresh boreas; "${bench[@]}" tasks boreas-1-worker "$(url boreas)" $((TASKS / 4)) 1 $((WARMUP / 4)); }

boreas_http() { # who, database
  local server token
  coproc PLANE { exec "${bench[@]}" server "$2" $((PORT + 1)) $((WARMUP + TASKS)); }
  started+=("$PLANE_PID")
  read -r server token <&"${PLANE[0]}"
  "${bench[@]}" tasks-http "$1" "$server" "$token" "$TASKS" 10 "$WARMUP"
  local pid=$PLANE_PID input=${PLANE[1]}
  exec {input}>&-
  wait "$pid" 2>/dev/null || true
}
boreas_http_postgres() { fresh boreas; boreas_http boreas-http "$(url boreas)"; }
boreas_http_sqlite() { boreas_http boreas-sqlite-http "$work/http-$RANDOM.db"; }
boreas_sqlite() { "${bench[@]}" tasks boreas-sqlite "$work/tasks-$RANDOM.db" "$TASKS" 10 "$WARMUP"; }
boreas_sqlite_one() { "${bench[@]}" tasks boreas-sqlite-1-worker "$work/tasks-$RANDOM.db" "$TASKS" 1 "$WARMUP"; }
raw_sqlite() { "${bench[@]}" sqlite-commits "$work" "$TASKS"; }

graphile() { fresh graphile; "${node[@]}" peers/.installed/graphile.mjs tasks graphile-worker "$(url graphile)" "$TASKS" "$WARMUP" default; }
graphile_tuned() { fresh graphile; "${node[@]}" peers/.installed/graphile.mjs tasks graphile-worker-tuned "$(url graphile)" "$TASKS" "$WARMUP" tuned; }
pgboss() { fresh pgboss; "${node[@]}" peers/.installed/pg-boss.mjs pg-boss "$(url pgboss)" "$TASKS" "$WARMUP" 1; }
pgboss_tuned() { fresh pgboss; "${node[@]}" peers/.installed/pg-boss.mjs pg-boss-tuned "$(url pgboss)" "$TASKS" "$WARMUP" 100; }

skip_locked() { # who, protocol
  fresh raw
  psql -q -d raw -v tasks="$TASKS" -f peers/skip-locked.setup.sql
  pgbench -n -c 10 -j 2 -t $((TASKS / 10)) -M "$2" -f peers/skip-locked.sql raw 2>/dev/null | awk -v who="$1" '/^tps/ { printf "tasks/s\t%s\t%s\n", who, $3 }'
  [ "$(psql -d raw -Atc 'select count(*) from jobs where state <> 2')" -eq $((TASKS % 10)) ] || { echo "the SKIP LOCKED loop left jobs" >&2; exit 1; }
}
skip_locked_simple() { skip_locked skip-locked simple; }
skip_locked_prepared() { skip_locked skip-locked-prepared prepared; }

read -ra turns <<<"${TURNS:-boreas boreas_one boreas_http_postgres boreas_http_sqlite boreas_sqlite boreas_sqlite_one raw_sqlite graphile graphile_tuned pgboss pgboss_tuned skip_locked_simple skip_locked_prepared}"
machine
echo "peers:      graphile-worker $(version_of graphile-worker), pg-boss $(version_of pg-boss), pgbench $(pgbench --version | cut -d' ' -f3)"
echo "load:       $TASKS tasks with nothing to do, 10 at a time, after $WARMUP to warm up; $ROUNDS rounds, interleaved"
rounds "${turns[@]}"
summary tasks/s "tasks/s" graphile-worker boreas boreas-http graphile-worker graphile-worker-tuned pg-boss pg-boss-tuned skip-locked skip-locked-prepared boreas-1-worker
summary tasks/s "tasks/s" skip-locked boreas boreas-http skip-locked skip-locked-prepared
summary tasks/s "tasks/s" boreas-sqlite boreas-sqlite boreas-sqlite-1-worker boreas-sqlite-http
summary commits/task "commits" boreas-sqlite-1-worker boreas boreas-1-worker boreas-sqlite boreas-sqlite-1-worker
sed -n 's/^tasks\/s\tboreas-sqlite-1-worker/commits\/s\tboreas-sqlite-1-worker/p' "$results" >>"$results.commits" && cat "$results.commits" >>"$results"
summary commits/s "commits/s" raw-sqlite raw-sqlite boreas-sqlite-1-worker
