"""The folders of an archive and of its index: where everything is. No other module joins names to their paths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# Every path of an archive's folder is in one of these two lists; tests/indexer/base/test_archive_folder.py holds that.
BACKED_UP = (
    "articles",
    "settings",
    "rules",
    "rules_history",
    "assertions",
    "readers",
    "old_clicks",
    "old_searches",
    "old_events",
    "keys",
    "webhooks",
    "members",
    "fusion_weights",
    "related_weights",
    "related_weights_before",
    "related_cutoff",
    "grades",
    "exposure_penalty",
    "exposure_counts",
    "vectors",  # derivable, at the price of encoding every article again
)
DERIVED = ("index", "related", "crawled", "related_report")
REPLACED = "before-restore"  # the folder of what a restore took the place of
_PASSING = (".lock", "-wal", "-shm", "-journal", ".tmp")  # how the names end of what is there for a while


def _is_passing(name: str) -> bool:
    return name.endswith(_PASSING)


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """The folder of one index, which need not exist: segments and vector spaces under one manifest."""

    path: Path

    @property
    def manifest(self) -> Path:
        """Which segments and spaces make up the current generation."""
        return self.path / "manifest.json"

    @property
    def segments(self) -> Path:
        """The folder of the segments' folders."""
        return self.path / "segments"

    @property
    def spaces(self) -> Path:
        """The folder of the vector spaces' folders."""
        return self.path / "spaces"

    def segment(self, name: str) -> Path:
        """The folder of the segment called `name`."""
        return self.path / "segments" / name

    def space(self, folder: str) -> Path:
        """The folder of a vector space, which the manifest calls `folder`."""
        return self.path / "spaces" / folder


@dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """The folder of one archive, which need not exist. docs/format.md tells what each file holds."""

    path: Path

    @property
    def articles(self) -> Path:
        """The database of the stored articles, the truth from which the rest is derived."""
        return self.path / "articles.db"

    @property
    def index(self) -> IndexFolder:
        """The index, which is derived from the articles."""
        return IndexFolder(self.path / "index")

    @property
    def vectors(self) -> Path:
        """The folder of what neural models made of articles, kept over a rebuild of the index."""
        return self.path / "embeddings"

    @property
    def related(self) -> Path:
        """The folder of what is derived for recommending."""
        return self.path / "related"

    @property
    def settings(self) -> Path:
        """What the publisher has set, in a file that people edit."""
        return self.path / "readmore.toml"

    @property
    def rules(self) -> Path:
        """What editors decided, in a file that people edit."""
        return self.path / "rules.yaml"

    @property
    def rules_history(self) -> Path:
        """The database of who changed the rules, when and how."""
        return self.path / "rules-history.db"

    @property
    def assertions(self) -> Path:
        """What must be true of related articles, in a file that people edit."""
        return self.path / "assertions.yaml"

    @property
    def readers(self) -> Path:
        """The database of what readers searched for, read and chose, as sums."""
        return self.path / "readers.db"

    @property
    def old_clicks(self) -> Path:
        """Where earlier versions counted what readers chose."""
        return self.path / "clicks.db"

    @property
    def old_searches(self) -> Path:
        """Where earlier versions counted what readers searched for."""
        return self.path / "searches.db"

    @property
    def old_events(self) -> Path:
        """Where earlier versions counted what readers searched for and read."""
        return self.path / "events.db"

    def old_readers(self) -> tuple[Path, ...]:
        """What `readers` is made of where an earlier version counted."""
        return self.old_clicks, self.old_searches, self.old_events

    @property
    def keys(self) -> Path:
        """Who may do what through the service, as hashes."""
        return self.path / "keys.json"

    @property
    def webhooks(self) -> Path:
        """The database of the webhooks that were carried out lately, so that none is twice."""
        return self.path / "webhooks.db"

    @property
    def related_report(self) -> Path:
        """The report on related articles, where `readmore report` was asked to keep it."""
        return self.path / "related-report.json"

    @property
    def members(self) -> Path:
        """The database of which articles came from which source."""
        return self.path / "sources.db"

    @property
    def crawled(self) -> Path:
        """The database of what pages on the web were answered with last; without it all are fetched again."""
        return self.path / "crawled.db"

    @property
    def fusion_weights(self) -> Path:
        """How words and vectors are weighed, where that was tuned."""
        return self.path / "fusion-weights.json"

    @property
    def related_weights(self) -> Path:
        """How related articles are weighed, where that was learned."""
        return self.path / "related-weights.json"

    @property
    def related_weights_before(self) -> Path:
        """What `related_weights` was before it was learned last."""
        return self.path / "related-weights-before.json"

    @property
    def grades(self) -> Path:
        """What editors made of what was offered, a line for each grade."""
        return self.path / "grades.jsonl"

    @property
    def related_cutoff(self) -> Path:
        """How near articles must be to be in a block, where that was calibrated by grades."""
        return self.path / "related-cutoff.json"

    @property
    def exposure_penalty(self) -> Path:
        """The re-ranking that offers articles more evenly, where that was set."""
        return self.path / "evenness.json"

    @property
    def exposure_counts(self) -> Path:
        """How often each article was offered when that was set."""
        return self.path / "evenness.npy"

    def to_back_up(self) -> list[Path]:
        """The files that cannot be derived from others, as far as they are there: what belongs to a backup."""
        kept = [getattr(self, name) for name in BACKED_UP]
        files = [path for path in kept if path.is_file()]
        return files + sorted(path for folder in kept if folder.is_dir() for path in folder.glob("*.db"))

    def unknown(self) -> list[Path]:
        """What else lies in the folder: no file of an archive, nor what one needs for a while."""
        known = {getattr(self, name).name for name in BACKED_UP}
        derived = (self.index.path, self.related, self.crawled, self.related_report)
        known |= {path.name for path in (*derived, self.replaced, self.unfinished_restore)}
        there = self.path.iterdir() if self.path.is_dir() else ()
        return sorted(path for path in there if path.name not in known and not _is_passing(path.name))

    @property
    def replaced(self) -> Path:
        """The folder of what the last restore or repair took the place of."""
        return self.path / REPLACED

    @property
    def unfinished_restore(self) -> Path:
        """Which backup is being put back, while its files take their places."""
        return self.path / "restore.unfinished"

    def lock(self, name: str) -> Path:
        """The file that a process locks while it does `name`: write, turn, maintenance, embed, rules, grades, keys,
        webhooks."""
        return self.path / f"{name}.lock"
