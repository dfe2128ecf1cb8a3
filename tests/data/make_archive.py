"""Makes ``archive-v1.zip``, an archive as this version writes it: ``python -m tests.data.make_archive``.

The file is kept so that later versions are tested on what an earlier one wrote (tests/indexer/test_old_formats.py).
Make a new one beside the old when the version in indexer/segment/manifest.py goes up. It has two segments, one article
that was replaced, one that was removed, columns of every kind, and the archive's own vector space.
"""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.archive import Archive
from indexer.article.article import Article, Dateline
from indexer.segment.manifest import VERSION

FILE = Path(__file__).with_name(f"archive-v{VERSION}.zip")
_SUBJECTS = ("moon", "mars", "comet", "rocket")
_VERBS = ("landing", "orbit", "launch", "crater", "probe")


def articles() -> list[Article]:
    """Twenty short articles, all different."""
    return [
        Article(
            id=f"{subject}-{verb}",
            url=f"https://example.org/{subject}/{verb}",
            title=f"A {subject} {verb}",
            body=f"The {verb} near the {subject} was seen by {_SUBJECTS[place - 1]} watchers.\n\nCafé “{subject}”, 月.",
            authors=("Ann Lee", "Bo Karlsson")[: 1 + place % 2],
            date=datetime(2024, 1 + place, 1 + number, 12, tzinfo=UTC),
            dateline=Dateline("Beijing", "AFP"),
            section=verb,
            site="example",
            tags=(subject, verb),
            language="en",
        )
        for place, subject in enumerate(_SUBJECTS)
        for number, verb in enumerate(_VERBS)
    ]


def main() -> None:
    """Writes the file."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        with Archive.create(root) as archive:
            archive.add(articles()[:17])
            archive.maintain()
            archive.add([*articles()[17:], Article(id="moon-landing", title="The moon landing, corrected")])
            archive.remove(["mars-crater"])
        with zipfile.ZipFile(FILE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
            for path in sorted(root.rglob("*")):
                if path.is_file() and path.suffix != ".lock":
                    packed.write(path, path.relative_to(root))


if __name__ == "__main__":
    main()
