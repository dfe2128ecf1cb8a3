"""What is measured on an archive is kept beside it, and used as long as it suits."""

from __future__ import annotations

from pathlib import Path

import pytest

import readmore
from indexer.base.archive_folder import ArchiveFolder
from recommender.ranking import kept_calibration
from recommender.ranking.calibration import calibrate
from tests.recommender.archives import SUBJECTS, article


def archive_of(folder: Path, count: int) -> Path:
    with readmore.open(folder) as archive:
        archive.add([article(subject, number) for number in range(count) for subject in SUBJECTS])
    return folder


@pytest.fixture
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_calibration, "LEAST_DOCS", 20)


def test_a_process_reads_what_another_measured(
    few_are_enough: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = archive_of(tmp_path / "archive", 8)
    with readmore.open_recommender(data) as recommender:
        measured = calibrate(recommender.corpus())
    monkeypatch.setattr(kept_calibration, "calibrate", lambda corpus: pytest.fail("measured again"))
    with readmore.open_recommender(data) as recommender:
        assert recommender.calibration() == measured


def test_what_no_longer_suits_is_measured_again(
    few_are_enough: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = archive_of(tmp_path / "archive", 8)
    before = (ArchiveFolder(data).related / kept_calibration.FILE).read_bytes()
    with readmore.open(data) as archive:
        archive.add([article(subject, 9) for subject in list(SUBJECTS)[:1]])
        assert (ArchiveFolder(data).related / kept_calibration.FILE).read_bytes() == before
        archive.add([article(subject, number) for number in range(20, 24) for subject in SUBJECTS])
    assert (ArchiveFolder(data).related / kept_calibration.FILE).read_bytes() != before


def test_a_damaged_file_is_measured_over(few_are_enough: None, tmp_path: Path) -> None:
    data = archive_of(tmp_path / "archive", 8)
    file = ArchiveFolder(data).related / kept_calibration.FILE
    file.write_text(file.read_text().replace("middle", "muddle"))
    with readmore.open_recommender(data) as recommender:
        assert recommender.calibration() == calibrate(recommender.corpus())


def test_small_archives_keep_none(tmp_path: Path) -> None:
    data = archive_of(tmp_path / "archive", 8)
    assert not (ArchiveFolder(data).related / kept_calibration.FILE).exists()


def test_articles_are_added_whatever_is_wrong_with_the_settings(few_are_enough: None, tmp_path: Path) -> None:
    data = archive_of(tmp_path / "archive", 8)
    (ArchiveFolder(data).related / kept_calibration.FILE).unlink()
    ArchiveFolder(data).related_weights.write_text("no setting")
    with readmore.open(data) as archive:
        archive.add([article("chess", 90)])
    assert (ArchiveFolder(data).related / kept_calibration.FILE).exists()
