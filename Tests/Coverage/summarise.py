#!/usr/bin/env python3
"""Prints which lines of SQLite's original files a coverage build has reached.

usage: summarise.py AMALGAMATION GCOV_JSON [--exclusions FILE] [--require FILE=PERCENT]...
                    [--unreached FILE]

GCOV_JSON is the output of `gcov --json-format --stdout`. The amalgamation marks where each original
file begins and ends. A line counts when the compiler made code of it; one that the exclusions name
is left out of what can be reached, and printed with its reason if it was reached all the same.
"""
import argparse
import json
import re
import sys

BEGIN = re.compile(r"/\*+ Begin file (\S+) \*+/")
END = re.compile(r"/\*+ End of (\S+) \*+/")
SHOWN = ["pager.c", "wal.c", "btree.c", "backup.c", "vacuum.c", "memjournal.c", "pcache.c",
         "pcache1.c", "os_unix.c"]


def original_files(lines):
    """Returns the original file of each line; files may be nested."""
    stack, files = [], []
    for line in lines:
        begin, end = BEGIN.match(line), END.match(line)
        if begin:
            stack.append(begin.group(1))
        files.append(stack[-1] if stack else "")
        if end and stack and stack[-1] == end.group(1):
            stack.pop()
    return files


def read_exclusions(path):
    """Lines `function NAME: reason` or `line FILE /text/: reason`; # begins a comment."""
    functions, texts = {}, []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.split("#", 1)[0].strip() if line.startswith("#") else line.strip()
        if not line:
            continue
        function = re.fullmatch(r"function (\w+): (.+)", line)
        text = re.fullmatch(r"line (\S+) /(.+)/: (.+)", line)
        if function:
            functions[function.group(1)] = function.group(2)
        elif text:
            texts.append((text.group(1), text.group(2), text.group(3)))
        else:
            sys.exit(f"{path}:{number}: expected 'function NAME: reason' or 'line FILE /text/: reason'")
    return functions, texts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("amalgamation")
    parser.add_argument("counts")
    parser.add_argument("--exclusions")
    parser.add_argument("--require", action="append", default=[])
    parser.add_argument("--unreached")
    options = parser.parse_args()

    source = open(options.amalgamation, encoding="utf-8", errors="replace").read().split("\n")
    files = original_files(source)
    functions, texts = read_exclusions(options.exclusions) if options.exclusions else ({}, [])

    counts, owner = {}, {}
    for file in json.load(open(options.counts))["files"]:
        if not file["file"].endswith("sqlite3.c"):
            continue
        for line in file["lines"]:
            number = line["line_number"]
            counts[number] = max(counts.get(number, 0), line["count"])
            owner[number] = line.get("function_name", "")

    table, excluded_but_reached, used = {}, [], set()
    for number, count in sorted(counts.items()):
        name, text = files[number - 1], source[number - 1]
        row = table.setdefault(name, {"all": 0, "excluded": 0, "reached": 0, "missing": []})
        row["all"] += 1
        reason = None
        if owner[number] in functions:
            reason = functions[owner[number]]
            used.add(owner[number])
        for file, pattern, why in texts:
            if file == name and pattern in text:
                reason = why
                used.add((file, pattern))
        if reason and count:
            excluded_but_reached.append(f"{name}: {text.strip()} (excluded: {reason})")
        if reason and not count:
            row["excluded"] += 1
        elif count:
            row["reached"] += 1
        else:
            row["missing"].append(number)

    print(f"{'file':<14}{'lines':>7}{'excluded':>10}{'reached':>9}{'share':>8}")
    shares = {}
    for name in SHOWN:
        row = table.get(name)
        if not row:
            continue
        reachable = row["all"] - row["excluded"]
        shares[name] = 100 * row["reached"] / max(1, reachable)
        print(f"{name:<14}{row['all']:>7}{row['excluded']:>10}{row['reached']:>9}"
              f"{shares[name]:>7.1f}%")
    for note in excluded_but_reached:
        print("excluded, but reached:", note)
    for name in list(functions) + [(file, text) for file, text, _ in texts]:
        if name not in used:
            print("exclusion without a line:", name)
    if options.unreached:
        last = None
        for number in table.get(options.unreached, {"missing": []})["missing"]:
            if owner[number] != last:
                last = owner[number]
                print(f"\n{last}")
            print(f"{number:>7} {source[number - 1]}")
    failed = False
    for requirement in options.require:
        name, percent = requirement.split("=")
        if shares.get(name, 0) < float(percent):
            print(f"{name}: {shares.get(name, 0):.1f}% is below the required {percent}%")
            failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
