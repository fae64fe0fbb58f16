#!/usr/bin/env bash
# Roll-outs one after the other under clients of every kind, each strategy in turn; fails with the first request that fails.
#   bench/rollouts/run.sh        ROLLOUTS=200 by default
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
report="$(mktemp)"
trap 'rm -f "$report"' EXIT
dotnet build "$root/tests/Boreas.Scenarios" -c Release -v q --nologo -p:RunAnalyzers=false >/dev/null
BOREAS_ROLLOUTS="${ROLLOUTS:-200}" BOREAS_ROLLOUTS_REPORT="$report" \
    dotnet test "$root/tests/Boreas.Scenarios" -c Release --no-build --filter ManyRollOuts --nologo
cat "$report"
