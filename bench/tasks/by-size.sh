#!/usr/bin/env bash
# What a task costs in runs of 100 to 100,000 tasks, from recording it to its durable report, ten at a time: whether
# anything in engine or journal grows with the size of a run. The engine alone is in bench/graphs.
# Settings by environment: those of setup.sh, TASKS=100000
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
TASKS=${TASKS:-100000}
build; postgres

on_sqlite() { "${bench[@]}" by-size "sqlite-$1" "$work/size-$RANDOM.db" "$TASKS" "$1"; rm -f "$work"/size-*; }
on_postgres() { fresh boreas; "${bench[@]}" by-size "postgres-$1" "$(url boreas)" "$TASKS" "$1"; }
turns=()
for size in 100 1000 10000 100000; do
  eval "sqlite_$size() { on_sqlite $size; }; postgres_$size() { on_postgres $size; }"
  turns+=("sqlite_$size" "postgres_$size")
done

machine
echo "load:       $TASKS tasks in runs of 100 to 100,000, 10 at a time, after $((TASKS / 5)); $ROUNDS rounds, interleaved"
rounds "${turns[@]}"
summary us/task µs sqlite-1000 sqlite-100 sqlite-1000 sqlite-10000 sqlite-100000
summary us/task µs postgres-1000 postgres-100 postgres-1000 postgres-10000 postgres-100000
