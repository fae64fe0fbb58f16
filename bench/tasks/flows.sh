#!/usr/bin/env bash
# A run of 40 tasks of which each waits for the one before, and one of 400 that wait for nothing, from asking for it to
# the last task's end, every step durable: Boreas (in process and over HTTP, on PostgreSQL and SQLite) against DBOS
# (in process, on the same PostgreSQL) and Restate (its own server with its own log).
# Settings by environment: those of setup.sh, RUNS=30 (in each round)
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
RUNS=${RUNS:-30}
build; peers; postgres

boreas() { fresh boreas; "${bench[@]}" flows boreas "$(url boreas)" "$RUNS"; }
boreas_http() { fresh boreas; "${bench[@]}" flows-http boreas-http "$(url boreas)" "$RUNS"; }
boreas_sqlite() { "${bench[@]}" flows boreas-sqlite "$work/flows-$RANDOM.db" "$RUNS"; }
boreas_sqlite_http() { "${bench[@]}" flows-http boreas-sqlite-http "$work/flows-$RANDOM.db" "$RUNS"; }
dbos() { fresh dbos; "${node[@]}" peers/.installed/dbos.mjs dbos "$(url dbos)" "$RUNS"; }
dbos_tuned() { fresh dbos; "${node[@]}" peers/.installed/dbos.mjs dbos-tuned "$(url dbos)" "$RUNS" 4; }
restate() { "${node[@]}" peers/.installed/restate.mjs restate "$work" $((PORT + 10)) "$RUNS"; }
restate_tuned() { "${node[@]}" peers/.installed/restate.mjs restate-tuned "$work" $((PORT + 10)) "$RUNS" 1; }

machine
echo "peers:      DBOS $(version_of @dbos-inc/dbos-sdk) (tuned: 4 connections), Restate $(version_of @restatedev/restate-server) with SDK $(version_of @restatedev/restate-sdk) (tuned: 1 partition)"
echo "load:       $RUNS runs of each kind in a round, one at a time; $ROUNDS rounds, interleaved"
read -ra turns <<<"${TURNS:-boreas boreas_http boreas_sqlite boreas_sqlite_http dbos dbos_tuned restate restate_tuned}"
rounds "${turns[@]}"
summary chain-40-ms ms dbos
summary fan-out-400-ms ms dbos
