"""The sample archive that ships with the package: three invented space-news sites over 2023 and 2024."""

from __future__ import annotations

from pathlib import Path

SAMPLE = Path(__file__).parent / "sample"  # a folder per site, a Markdown file per article
