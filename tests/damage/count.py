"""Counts what becomes of many damages: ``python -m tests.damage.count [each] [seed] [prefix]``."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from tests.damage.archive import answers, copy, files_of, make, run
from tests.damage.damages import damages


def main(each: int, seed: int, prefix: str, repair: tuple[str, ...]) -> None:
    """Prints a line for every group of files."""
    root = Path(tempfile.mkdtemp())
    sound = root / "sound"
    make(sound)
    expected = answers(sound)
    copy(sound, root / "again")
    assert run(root / "again", "reindex").code == 0
    good = [expected, answers(root / "again")]  # a space fitted anew ranks a little differently
    assert run(sound, "check").code == 0, run(sound, "check")
    if "BACKUP" in repair:
        made = run(sound, "backup", str(root / "backup"))
        assert made.code == 0, made
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    files = [file for file in files_of(sound) if file.startswith(prefix)]
    for damage in damages(sound, files, each, seed):
        folder = root / "damaged"
        copy(sound, folder)
        if not damage.do(folder):
            continue
        group = damage.file.split("/")[0]
        count = counts[group]
        count["damages"] += 1
        checked = run(folder, "check")
        got = answers(folder)
        name = Path(damage.file).name
        found = (checked.code != 0 or "note:" in checked.output) and not checked.traceback and name in checked.output
        tracebacks = [outcome.traceback for outcome in [checked, *got] if outcome.traceback]
        if found:
            count["found"] += 1
        elif got == expected:
            count["harmless"] += 1
        else:
            count["missed"] += 1
            print(checked.output)
            print("MISSED", damage)
            for g, e in zip(got, expected, strict=True):
                if g != e:
                    print("    ", (g.traceback or g.answer)[:150].replace("\n", " "))
                    break
        if found:
            healed = run(folder, *(str(root / "backup") if part == "BACKUP" else part for part in repair))
            if healed.traceback:
                tracebacks.append("heal: " + healed.traceback)
            again = run(folder, "check")
            if again.code == 0 and answers(folder) in good:
                count["healed, same answers"] += 1
            elif again.code == 0:
                count["intact again, other answers"] += 1
                print("OTHER", damage, "|", healed.code, healed.output[-300:].replace("\n", " "))
            else:
                count["not healed"] += 1
                print(
                    "NOT HEALED",
                    damage,
                    "|",
                    healed.code,
                    healed.output[-300:].replace("\n", " "),
                    "||",
                    again.output[:300],
                )
        if tracebacks:
            count["traceback"] += 1
            print("TRACEBACK", damage, tracebacks[0][:200])
    for group, count in counts.items():
        print(group, dict(count))


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 8,
        int(sys.argv[2]) if len(sys.argv) > 2 else 1,
        sys.argv[3] if len(sys.argv) > 3 else "",
        tuple(sys.argv[4:]) or ("check", "--repair", "--from", "BACKUP"),
    )
