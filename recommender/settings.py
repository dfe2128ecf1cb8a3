"""What people and the learner have decided about recommending in an archive: files in its folder."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.base.archive_folder import ArchiveFolder
from indexer.base.file_stamp import stamp
from indexer.settings import SettingsError, load_settings
from recommender.editors import exposure_penalty
from recommender.editors.exposure_penalty import Evenness
from recommender.feedback import cutoff, learned_weights
from recommender.presentation import fallback
from recommender.request.block_rules import DEFAULT_RULES, BlockRules
from search.curation import rules_file
from search.curation.rules import NO_RULES, EditorRules
from search.usage import event_log

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings as they were at one time; those of an archive that nobody has set anything for, if not given."""

    rules: EditorRules = NO_RULES
    weights: Mapping[str, float] | None = None  # of the features, where they were learned and are in use
    exposure_penalty: Evenness | None = None
    blocks: BlockRules = DEFAULT_RULES
    block_deviations: float | None = None  # see `cutoff`; None where no grades have said how many
    most_read: tuple[str, ...] = ()  # ids of the articles that readers chose most often, most read first


NOTHING_SET = Settings()


class SettingsReader:
    """Reads the settings of the archive in a folder; those of an archive in no folder are `NOTHING_SET`."""

    def __init__(self, folder: ArchiveFolder | None) -> None:
        self._folder = folder
        self._watched: list[tuple[str, str]] = []  # folders and names of files
        if folder is not None:
            names = (
                folder.rules,
                folder.related_weights,
                folder.exposure_penalty,
                folder.related_cutoff,
                folder.settings,
            )
            self._watched = [(str(folder.path), file.name) for file in names]

    def version(self) -> tuple[object, ...]:
        """Something else whenever `read` may return something else. Cheap: it looks at the files and reads none."""
        if self._folder is None:
            return ()
        return *(stamp(path, name) for path, name in self._watched), event_log.phase(self._folder, time.time())

    def read(self, before: Settings = NOTHING_SET) -> Settings:
        """The settings as of now. Rules that cannot be read are those of `before`, other settings that cannot be read
        are not set; what is wrong is logged."""
        if self._folder is None:
            return NOTHING_SET
        return Settings(
            rules_file.read_or_keep(self._folder, before.rules),
            learned_weights.load(self._folder),
            exposure_penalty.read_or_none(self._folder),
            blocks=self._block_rules(before),
            block_deviations=cutoff.load(self._folder),
            most_read=tuple(event_log.read_most_read(self._folder, fallback.POPULAR, fallback.MIN_READ)),
        )

    def _block_rules(self, before: Settings) -> BlockRules:
        assert self._folder is not None
        try:
            return BlockRules(**load_settings(self._folder.settings).blocks)  # type: ignore[arg-type]
        except SettingsError as error:
            _log.warning("%s; blocks stay as they were", error)
            return before.blocks
