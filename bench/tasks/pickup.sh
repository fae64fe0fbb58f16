#!/usr/bin/env bash
# How long a task that was asked for takes until it is in a worker's hands: Boreas over its HTTP API, with one runner
# waiting and with 100, against graphile-worker in its own process.
# Settings by environment: those of setup.sh, SAMPLES=1000, WARMUP=1000 (tasks before that)
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
SAMPLES=${SAMPLES:-1000} WARMUP=${WARMUP:-1000}
build; peers; postgres

boreas() { fresh boreas; "${bench[@]}" pickup boreas "$(url boreas)" "$SAMPLES" 1 "$WARMUP"; }
boreas_hundred() { fresh boreas; "${bench[@]}" pickup boreas-100-waiting "$(url boreas)" "$SAMPLES" 100 "$WARMUP"; }
boreas_sqlite() { "${bench[@]}" pickup boreas-sqlite "$work/pickup-$RANDOM.db" "$SAMPLES" 1 "$WARMUP"; }
graphile() { fresh graphile; "${node[@]}" peers/.installed/graphile.mjs pickup graphile-worker "$(url graphile)" "$SAMPLES" "$WARMUP" default; }

machine
echo "peers:      graphile-worker $(version_of graphile-worker)"
echo "load:       $SAMPLES tasks, one at a time, 5 to 20 ms apart, after $WARMUP; $ROUNDS rounds, interleaved"
rounds boreas boreas_hundred boreas_sqlite graphile
summary pickup-p50-ms ms graphile-worker boreas boreas-100-waiting boreas-sqlite graphile-worker
summary pickup-p99-ms ms graphile-worker boreas boreas-100-waiting boreas-sqlite graphile-worker
