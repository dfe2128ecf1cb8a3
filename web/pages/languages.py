"""The words of the pages in the language of a site, and how it writes dates and numbers.

The catalogues are gettext's, ``web/locale/de.po``, so that translators can work with the programs they know. They are
read as they are, and need no compiling. What they do not have is said in English.
"""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from indexer.base.errors import ReadmoreError

CATALOGUES = Path(__file__).resolve().parents[1] / "locale"
LANGUAGES = ("en", *sorted(path.stem for path in CATALOGUES.glob("*.po")))
MAX_BYTES = 1_000_000


class CatalogueError(ReadmoreError):
    """A language that the pages cannot speak."""


class Localised:
    """One language. `theme` is a folder that may have a catalogue of its own, which goes before that of readmore."""

    def __init__(self, language: str, theme: Path | None = None) -> None:
        """Raises CatalogueError for a language without a catalogue, and for one that cannot be read."""
        own = theme / f"{language}.po" if theme else None
        has_own = own is not None and own.is_file()
        if language not in LANGUAGES and not has_own:
            raise CatalogueError(
                f"the pages do not speak '{language}': choose one of {', '.join(LANGUAGES)}, or put a catalogue "
                f"{language}.po into the folder of templates"
            )
        try:
            self.locale = Locale.parse(language)
        except (UnknownLocaleError, ValueError):
            raise CatalogueError(f"'{language}' is no language: write two letters, such as fr") from None
        self.language, self._theme = language, theme
        self.direction = self.locale.text_direction
        self.translations: NullTranslations = NullTranslations()
        if language in LANGUAGES[1:]:
            self.translations = _catalogue(CATALOGUES / f"{language}.po", self.locale)
        if own is not None and has_own:
            theirs = _catalogue(own, self.locale)
            theirs.add_fallback(self.translations)
            self.translations = theirs

    def __reduce__(self) -> tuple[type[Localised], tuple[str, Path | None]]:
        return Localised, (self.language, self._theme)  # catalogues have functions in them, which no process can send

    def __repr__(self) -> str:
        return f"Localised({self.language!r})"

    def day(self, moment: datetime) -> str:
        """``Mar 18, 2024``, in the moment's own time zone."""
        return format_date(moment, "medium", locale=self.locale)

    def number(self, number: int) -> str:
        """``12,345``."""
        return format_decimal(number, locale=self.locale)

    def period(self, name: str) -> str:
        """A year, month or day as filters name it, as people do: ``2024-05`` as ``May 2024``; anything else as it
        is."""
        parts = name.split("-")
        if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
            return name
        year, month, day, *_ = *map(int, parts), 1, 1
        try:
            first = date(year, month, day)
        except ValueError:
            return name
        if len(parts) == 1:
            return str(year)
        return self.day_of(first) if len(parts) == 3 else format_skeleton("yMMMM", first, locale=self.locale)

    def day_of(self, of: date) -> str:
        """A day of no time zone."""
        return format_date(of, "medium", locale=self.locale)

    def name_of_language(self, code: str) -> str:
        """``French`` for ``fr``; the code itself where there is no name."""
        return str(self.locale.languages.get(code.partition("-")[0].lower(), code))


def _catalogue(path: Path, locale: Locale) -> Translations:
    compiled = BytesIO()
    try:
        with path.open("rb") as file:
            if path.stat().st_size > MAX_BYTES:
                raise CatalogueError(f"{path}: has more than {MAX_BYTES:,} bytes: no catalogue")
            write_mo(compiled, read_po(file, locale=locale, abort_invalid=True))
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read: {error.strerror}") from None
    except (PoFileError, ValueError) as error:
        raise CatalogueError(f"{path}: is no catalogue of gettext: {error}") from None
    compiled.seek(0)
    return Translations(compiled)
