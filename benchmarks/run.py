"""Measures this project and its peers side by side: ``python -m benchmarks.run``. See README.md."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks import environment, peers


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    options = _options(argv)
    if not environment.PEERS.is_active():
        return environment.PEERS.run("benchmarks.run", sys.argv[1:] if argv is None else argv)
    # What follows needs packages that are sure to be there only now.
    from benchmarks import archives, machine, measure, report

    work = options.out / "work"
    shutil.rmtree(work, ignore_errors=True)
    try:
        print(f"preparing {options.archive}", file=sys.stderr)
        archive = archives.prepare(options.archive, work)
        engines = measure.measure(archive, options.peers, options.queries, work)
    except archives.ArchiveMissingError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    about = asdict(archive)
    run = {
        "archive": {name: about[name] for name in ("name", "articles", "text_bytes")},
        "queries": options.queries,
        "machine": machine.describe(),
        "engines": engines,
    }
    stem = Path(options.archive).name.partition(".")[0].replace(":", "-")
    text = report.markdown(run)
    (options.out / f"{stem}.json").write_text(json.dumps(run, indent=1) + "\n")
    (options.out / f"{stem}.md").write_text(text)
    print(text)
    _plot(options.out / f"{stem}.json")
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument(
        "--archive", default="reuters", help="reuters, generated:N, or a JSON Lines file (default: %(default)s)"
    )
    parser.add_argument(
        "--peers",
        default=",".join(peers.MODULES),
        type=_peers,
        help="engines to measure, separated by commas (default: %(default)s)",
    )
    parser.add_argument("--queries", type=int, default=200, help="how many of each kind (default: %(default)s)")
    parser.add_argument(
        "--out",
        type=lambda path: Path(path).resolve(),
        default=environment.ROOT / "benchmarks" / "out",
        help="folder for the figures, the table and the plot (default: benchmarks/out)",
    )
    parser.add_argument("--keep", action="store_true", help="leave the indexes in OUT/work")
    options = parser.parse_args(argv)
    if options.queries < 1:
        parser.error("--queries must be at least 1")
    return options


def _peers(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in peers.MODULES]:
        known = ", ".join(peers.MODULES)
        raise argparse.ArgumentTypeError(f"no engine is called {', '.join(unknown)}; there are {known}")
    return names


def _plot(figures: Path) -> None:
    """Plots in a process of its own: a plot that fails must not lose the figures."""
    subprocess.run([sys.executable, "-m", "benchmarks.plot", str(figures)], check=False, cwd=environment.ROOT)


if __name__ == "__main__":
    sys.exit(main())
