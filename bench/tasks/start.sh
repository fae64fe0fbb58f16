#!/usr/bin/env bash
# From starting `boreas server` with all parts in one process to its first 200 on /readyz, on a new and on a known data
# folder, and its memory after 10 s in which nobody asks anything of it. The limits are ours: 2 s, 200 MB.
# Settings by environment: those of setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
need curl
build
dotnet build ../../src/Boreas.Cli -c Release -v q --nologo >/dev/null
boreas=../../src/Boreas.Cli/bin/Release/net10.0/boreas

start() { # who, data folder, whether to wait for the memory
  local pid began=$EPOCHREALTIME
  "$boreas" server --data "$2" --listen "http://127.0.0.1:$PORT" --engine process >/dev/null 2>>"$work/log" &
  pid=$!; started+=("$pid")
  until curl --noproxy '*' -sf -o /dev/null "http://127.0.0.1:$PORT/readyz"; do
    kill -0 "$pid" || { cat "$work/log" >&2; exit 1; }
    read -rt 0.01 <> <(:) || true
  done
  awk -v who="$1" -v from="$began" -v to="$EPOCHREALTIME" 'BEGIN { printf "start-s\t%s\t%.3f\n", who, to - from }'
  if [ "$3" = memory ]; then
    read -rt 10 <> <(:) || true
    awk -v who="$1" '/^VmRSS/ { printf "memory-MB\t%s\t%.1f\n", who, $2 / 1000 }' "/proc/$pid/status"
  fi
  kill "$pid"; wait "$pid" || true
}
both() {
  local data; data=$(mktemp -d "$work/data-XXXXXX")
  start new-folder "$data" ""
  start known-folder "$data" memory
}

machine
echo "load:       none; $ROUNDS rounds"
rounds both
for who in new-folder known-folder; do printf 'start-s\tlimit\t2\nmemory-MB\tlimit\t200\n' >>"$results"; done
summary start-s s limit new-folder known-folder limit
summary memory-MB MB limit known-folder limit
