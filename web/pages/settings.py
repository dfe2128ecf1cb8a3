"""How the pages look and what they offer: ``[pages]`` in readmore.toml, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from indexer.base.archive_folder import ArchiveFolder
from indexer.schema import Schema
from indexer.settings import Settings, load_settings
from web.config.colours import ink_on, lightened
from web.config.page_options import COPIES, FACETS, HERE, OFF
from web.config.sources import DEFAULT, Config, ConfigError
from web.pages.languages import LANGUAGES, CatalogueError, Localised

PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}


@dataclass(frozen=True)
class PageSettings:
    """What is set of the pages. Without arguments what holds where nothing is."""

    name: str = ""  # of the site; empty: readmore's own
    logo: Path | None = None
    home: str = ""  # the address of the site's front page, empty: that of readmore
    localised: Localised = field(default_factory=lambda: Localised("en"))
    links_lead_here: bool = False  # whether links lead to the page of an article here, even where it has an address
    pictures: bool = True  # whether articles are shown with theirs
    colours: tuple[tuple[str, str], ...] = ()  # of the light scheme: names of the style sheet, and values
    colours_dark: tuple[tuple[str, str], ...] = ()
    templates: Path | None = None
    facets: tuple[str, ...] = FACETS
    fold: str = COPIES  # empty: nothing is folded
    recency: str = OFF

    @property
    def style(self) -> str:
        """The style sheet of the colours that are set, empty where none are."""
        if not self.colours:
            return ""
        light, dark = (
            " ".join(f"--{name}: {value};" for name, value in of) for of in (self.colours, self.colours_dark)
        )
        return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def page_settings(config: Config, data: Path) -> PageSettings:
    """What `config` sets of the pages of the archive in the folder `data`. Raises ConfigError, and SettingsError for a
    readmore.toml that cannot be read."""
    settings = load_settings(ArchiveFolder(data).settings)
    templates = _there(config, "templates", data)
    if templates is not None and not templates.is_dir():
        raise _error(config, "templates", f"'{config['pages.templates']}' is not there, or is no folder")
    light, dark = _colours(config)
    fold = config["pages.fold"]
    return PageSettings(
        name=config["pages.name"],
        logo=_logo(config, data),
        home=config["pages.home"],
        localised=_localised(config, settings, templates),
        links_lead_here=config["pages.links"] == HERE,
        pictures=config["pages.pictures"],
        colours=light,
        colours_dark=dark,
        templates=templates,
        facets=_facets(config, settings.schema),
        fold="" if fold == OFF else fold,
        recency=config["pages.recency"],
    )


def _localised(config: Config, settings: Settings, templates: Path | None) -> Localised:
    """The language that is set for the pages, else that of the archive where the pages speak it."""
    language = config["pages.language"]
    if not language:
        language = settings.language if settings.language in LANGUAGES else LANGUAGES[0]
    try:
        return Localised(language, templates)
    except CatalogueError as error:
        raise _error(config, "language", f"cannot be used: {error}") from None


def _logo(config: Config, data: Path) -> Path | None:
    logo = _there(config, "logo", data)
    if logo is not None and not logo.is_file():
        raise _error(config, "logo", f"'{config['pages.logo']}' is not there, or is no file")
    if logo is not None and logo.suffix.lower() not in PICTURES:
        raise _error(config, "logo", f"must be a file ending in {', '.join(PICTURES)}")
    return logo


def _colours(config: Config) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """The colours of both schemes. One that is set for light ground only is made lighter for dark ground; buttons have
    the colour of links, and the text on them black or white."""
    schemes: list[dict[str, str]] = []
    for suffix in ("", "_dark"):
        given = {name: config[f"pages.{name}{suffix}"] for name in ("accent", "link")}
        if suffix:
            given |= {name: lightened(of) for name, of in schemes[0].items() if name in given and not given[name]}
        scheme = {name: value for name, value in given.items() if value}
        if link := scheme.get("link"):
            scheme |= {"button": link, "button-ink": ink_on(link)}
        schemes.append(scheme)
    return tuple(schemes[0].items()), tuple(schemes[1].items())


def _facets(config: Config, schema: Schema) -> tuple[str, ...]:
    possible = schema.facets
    for name in config["pages.facets"]:
        if name not in possible:
            raise _error(config, "facets", f"names '{name}', which has no facet; possible are {', '.join(possible)}")
    return tuple(config["pages.facets"])


def _there(config: Config, name: str, data: Path) -> Path | None:
    """The file or folder that a setting names, from the archive's folder on."""
    given = config[f"pages.{name}"]
    return (data / Path(given).expanduser()).absolute() if given else None


def _error(config: Config, name: str, problem: str) -> ConfigError:
    source = config.source(f"pages.{name}")
    where = f"pages.{name}" if source == DEFAULT else f"{source}: pages.{name}"
    return ConfigError(f"{where} {problem}")
