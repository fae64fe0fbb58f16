#!/bin/sh
# Puts each bug of mutants.txt into a copy of the tree, alone, and runs the simulation on it, which has to fail.
# Takes minutes. BOREAS_SIM_SEEDS: how many seeds each (default 1500).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
missed=0

(cd "$root" && git ls-files -z | tar --null -T - -cf -) | tar -xf - -C "$copy"

judge() {
    cp "$root/$file" "$copy/$file"
    if ! OLD=$old NEW=$new perl -0pi -e 'BEGIN { $found = 0 } $found = s/\Q$ENV{OLD}\E/$ENV{NEW}/; END { exit !$found }' "$copy/$file"; then
        verdict='NOT THERE: its text is not in the file'
    elif ! (cd "$copy" && dotnet build tests/Boreas.Simulation -v q --nologo >build.log 2>&1); then
        verdict='DOES NOT BUILD'
    elif (cd "$copy" && BOREAS_SIM_ENOUGH=1 dotnet test tests/Boreas.Simulation --no-build --nologo -v q --filter NothingThatMustNeverHappenDoes >test.log 2>&1); then
        verdict=MISSED
    else
        verdict=caught
    fi
    cp "$root/$file" "$copy/$file"
    [ "$verdict" = caught ] || missed=$((missed + 1))
    printf '%-58s %s\n' "$name" "$verdict"
}

while IFS= read -r line; do
    case $line in
        'name '*) name=${line#name } ;;
        'file '*) file=${line#file } ;;
        'old '*) old=${line#old } ;;
        'new '*) new=${line#new }; judge ;;
    esac
done <"$here/mutants.txt"
[ "$missed" = 0 ]
