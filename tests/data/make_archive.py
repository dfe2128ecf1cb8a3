"""Makes ``archive-v3.zip``, an archive as this version writes it: ``python -m tests.data.make_archive``.

The file is kept so that later versions are tested on what an earlier one wrote (tests/indexer/test_old_formats.py).
Make a new one beside the old when the version in indexer/segment/manifest.py goes up. It has two segments, one article
that was replaced, one that was removed, columns and declared fields of every kind, and the archive's own vector space.
``archive-v1.zip`` has no declared fields, ``archive-v2.zip`` no article whose time is still to come.
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
SETTINGS = """\
[fields]
standfirst = {kind = "text", weight = 1.5}
series = {kind = "keyword"}
rating = {kind = "number", from = "stars"}
updated = {kind = "date"}
original = {kind = "url"}
sponsored = {kind = "yes/no"}
"""


TO_COME = Article(id="to-come", title="Of tomorrow", body="Not yet.", date=datetime(2999, 1, 1, 12, tzinfo=UTC))


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
            fields={
                "standfirst": f"A telescope note, {('first', 'second', 'third', 'fourth', 'fifth')[number]} of five",
                "series": (f"{subject} week", "All weeks"),
                "stars": number + 0.5,
                "updated": f"2024-06-{1 + number:02}",
                "original": f"https://example.com/{subject}-{verb}",
                "sponsored": verb == "launch",
                "undeclared": number,
            },
        )
        for place, subject in enumerate(_SUBJECTS)
        for number, verb in enumerate(_VERBS)
    ]


def main() -> None:
    """Writes the file."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "readmore.toml").write_text(SETTINGS)
        with Archive.create(root) as archive:
            archive.add(articles()[:17])
            archive.maintain()
            archive.add([*articles()[17:], TO_COME, Article(id="moon-landing", title="The moon landing, corrected")])
            archive.remove(["mars-crater"])
        with zipfile.ZipFile(FILE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
            for path in sorted(root.rglob("*")):
                if path.is_file() and path.suffix != ".lock":
                    packed.write(path, path.relative_to(root))


if __name__ == "__main__":
    main()
