#!/usr/bin/env bash
# Prints which lines of SQLite's pager, write-ahead log, B-tree, backup and vacuum code the stock
# scenarios reach.
#
# usage: Tests/Coverage/sqlite-coverage.sh [--assay PATH] [--unreached FILE] [SCENARIO...]
#
# Builds Debian's SQLite source with gcc -O1 --coverage into .build/coverage, runs the scenarios with
# that library, merges the counts of every worker, and prints a table of the original files. Without
# scenarios it runs all of Scenarios/ but counting-cost, which takes minutes and reaches nothing more.
# Fails when pager.c or wal.c is reached in less than 85 % of the lines that can be reached; which
# those are is said in reachable.txt. Takes about ten minutes; not run in CI.
set -euo pipefail

cd "$(dirname "$0")/../.."
tools=Tests/Coverage
folder=$PWD/.build/coverage
version=3.53.4
source=http://deb.debian.org/debian/pool/main/s/sqlite3/sqlite3_$version.orig.tar.xz
# Source: the package's sqlite3_3.53.4-2.dsc, section Checksums-Sha256.
digest=05366adc8ee80c6b1faa71285b49d133c2121238ca58934b077fdeb95934abd4
# What Tests/RunnerTests/Support/FixedSQLite.swift builds with.
flags=(-DHAVE_USLEEP=1 -DSQLITE_THREADSAFE=1 -DSQLITE_ENABLE_COLUMN_METADATA)

assay=.build/release/assay
unreached=()
scenarios=()
while (($#)); do
  case $1 in
    --assay) assay=$2; shift 2 ;;
    --unreached) unreached=(--unreached "$2"); shift 2 ;;
    -*) echo "unknown option '$1'; expected --assay PATH or --unreached FILE" >&2; exit 64 ;;
    *) scenarios+=("$1"); shift ;;
  esac
done
requirements=()
if ((${#scenarios[@]} == 0)); then
  for file in Scenarios/*.yaml; do
    [[ $file == */counting-cost.yaml ]] || scenarios+=("$file")
  done
  requirements=(--require pager.c=85 --require wal.c=85)
fi
for tool in gcc gcov gcov-tool make tar xz sha256sum curl python3; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed" >&2; exit 5; }
done
[[ -x $assay ]] || { echo "$assay is not built: swift build -c release, or --assay PATH" >&2; exit 5; }

# The library. Counts are kept outside of it, so that it is built once.
counts=$folder/counts
mkdir -p "$folder"
if [[ ! -e $folder/libsqlite3.so.0 ]]; then
  work=$(mktemp -d "$folder/work-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  # Through the settings of apt where the machine has no other way out.
  timeout 60 curl -fsS -o "$work/source.tar.xz" "$source" 2>/dev/null ||
    timeout 60 /usr/lib/apt/apt-helper download-file "$source" "$work/source.tar.xz" >/dev/null
  echo "$digest  $work/source.tar.xz" | sha256sum --check --status
  mkdir "$work/source"
  tar xf "$work/source.tar.xz" -C "$work/source" --strip-components 1
  (cd "$work/source" && ./configure && make sqlite3.c) >"$folder/build.log" 2>&1
  cp "$work/source/sqlite3.c" "$folder/"
  gcc -O1 -g --coverage -fPIC "${flags[@]}" -c "$folder/sqlite3.c" -o "$folder/sqlite3.o"
  gcc -O1 -fPIC -DCOUNTS="\"$counts\"" -c "$tools/flush.c" -o "$folder/flush.o"
  # It stays loaded: the thread that writes the counts is in it.
  gcc -shared --coverage -Wl,-z,nodelete -Wl,-soname,libsqlite3.so.0 \
    -o "$folder/libsqlite3.so.new" "$folder/sqlite3.o" "$folder/flush.o" -lpthread -lm
  mv "$folder/libsqlite3.so.new" "$folder/libsqlite3.so.0"
fi

# The runs. What they find is not the point here; that they end is.
rm -rf "$counts" "$folder/sqlite3.gcda" "$folder/runs"
mkdir -p "$counts"
for scenario in "${scenarios[@]}"; do
  code=0
  said=$(timeout 300 "$assay" run "$scenario" --quiet --out "$folder/runs" \
    --sqlite "$folder/libsqlite3.so.0" 2>&1) || code=$?
  echo "$(basename "$scenario" .yaml): exit $code: $(tail -n 1 <<<"$said" | cut -c 1-120)"
  rm -rf "$folder/runs"
done

# The counts: one file of each process, and one of those that ended before their first flush. What a
# kill cut short is no profile any more, and left out.
merged=$folder/merged
rm -rf "$merged" "$merged".*
while IFS= read -r file; do
  [[ -s $file ]] || continue
  mkdir -p "$merged.one"
  cp "$file" "$merged.one/sqlite3.gcda"
  if [[ ! -d $merged ]]; then
    mv "$merged.one" "$merged"
  elif gcov-tool merge -o "$merged.next" "$merged" "$merged.one" >/dev/null 2>&1; then
    rm -rf "$merged"
    mv "$merged.next" "$merged"
  fi
done < <(find "$folder/sqlite3.gcda" "$counts" -name sqlite3.gcda 2>/dev/null)
[[ -d $merged ]] || { echo "no worker wrote any counts" >&2; exit 1; }
cp "$folder/sqlite3.gcno" "$merged/"
(cd "$merged" && gcov --json-format --stdout sqlite3.gcda >"$folder/counts.json")
python3 "$tools/summarise.py" "$folder/sqlite3.c" "$folder/counts.json" \
  --exclusions "$tools/reachable.txt" "${requirements[@]}" "${unreached[@]}"
