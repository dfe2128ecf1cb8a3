"""The names of people in a byline, freed of what else stands there: "By", job titles, agencies, dates, handles."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NAME = 60
LONGEST_BYLINE = 300

# What a byline opens with, in the languages that news sites are often in. A colon or blank must follow.
_BY_WORDS = (
    "(?:(?:written|posted|post author|author|published|submitted|reported|words|text|story|article|created|"
    "reviewed|edited|authored|photos?|contributed) +)?by"
    "|by[- ]?line|authors?|written by|words|reporter|column by|analysis by|opinion by"
    "|(?:geschrieben|gespeichert|eingestellt|eingetragen|verfasst|verfaßt|veröffentlicht|erstellt|ein (?:beitrag|"
    "artikel|gastbeitrag|kommentar|essay)|eine (?:analyse|kolumne)|text|beitrag|artikel|interview|gastbeitrag|"
    "kommentar|protokoll|bericht) von|von"
    "|autor(?:/in|:in|in|en|innen)?|verfasser(?:in)?|redakteur(?:in)?|text(?: und (?:fotos?|bild(?:er)?))?|"
    "interview|protokoll"
    "|(?:écrit|publié|posté|rédigé|proposé|propos recueillis|article|texte) par|par|auteure?s?"
    "|(?:escrito|publicado|redactado|texto) por|por|autor(?:a|es)?|redacción de"
    r"|(?:scritto|pubblicato|di cura|a cura) d[ia]|di(?=\s*[:：|]|\s+\S+\s+\S)|autor[ei]|testo di"
    "|(?:geschreven|gepubliceerd) door|door|auteur|av|skriven av|skrevet av|af|tekst|kirjoittanut|teksti"
    "|(?:autor(?:ka)?|napisał(?:a)?|tekst|przez|autoři|napsal(?:a)?)|yazar|penulis|oleh|автор(?:ы)?|текст|"
    "συγγραφέας|γράφει"
)
_OPENING = re.compile(rf"\s*(?:©\s*)?(?:{_BY_WORDS})(?:\s*[:：|]\s*|\s+)", re.I)
OPENING_OF_BYLINE = re.compile(rf"(?:{_BY_WORDS})\s*[:：]?\s+(?-i:(?=[^\W\d_a-zà-öø-ÿ]))", re.I)
"""What a line that is a byline begins with, and a capital after it."""

# Where the names end and something else begins: a date, a bar, a job title behind a dash.
_CUT = re.compile(
    r"\s*(?:[|•·▪■●→»>]|\s[-–—]{1,2}\s|\bon\s+(?=\w+\s\d)|\bam\s+(?=\d)|\s(?:mon?|tue?|wed|thu|fri?|sat?|sun|di|mi|"
    r"do|sa|so)[,.]?\s+(?=\d)|\ble\s+(?=\d)|\bel\s+(?=\d)|@\w|https?://|\b\d{1,2}[./:]\d|\b(?:19|20)\d\d\b|"
    r"\bon\s+(?=(?:mon|tues?|wed|thu|fri|sat|sun))|\b(?:stand|updated|aktualisiert|erstellt)\s*[:：]|\berstellt\b|"
    r"\b(?:all|more|other|weitere|alle|mehr|tous|todos|altri|view) (?:posts|articles|stories|beiträge|artikel|all|"
    r"les articles|los artículos|articoli)\b|\b(?:translated|übersetzt|traduit|traducido|tradotto)\b|"
    r"\bupdated\b|\bpublished\b|\bveröffentlicht\b|\baktualisiert\b|\bpublié\b|\bfoto(?:s|graf\w*)?\s*:|"
    r"\bphotos?\b(?: by|:)|\bbild(?:er)?\s*:|\bposted\b|\bin\s+\w+\s*$|\bfor\s+|\bvia\s+|\bfür\s+die\b|"
    r"\bof\s+the\b|\(|\[)",
    re.I,
)
_JOB = re.compile(
    r"\b(?:\w*editor|\w*reporter|correspondents?|\w*writer|columnist|journalist(?:e|in|a)?|contributors?|staff|"
    r"producer|author|analyst|"
    r"photographer|director|bureau|fellow|chief|intern|blogger|redakteur(?:in)?|redaktor(?:in)?|"
    r"chefredakteur(?:in)?|volontär(?:in)?|"
    r"korrespondent(?:in)?|reporterin|ressortleiter(?:in)?|geschäftsführer(?:in)?|pressesprecher\w*|autor(?:in)?|"
    r"journaliste?|rédact\w+|correspondant\w*|"
    r"envoyé\w*|chroniqueu\w+|periodista|redactor\w*|corresponsal|redattore|giornalista|inviat[oa]|repórter|"
    r"jornalista|verslaggever|"
    r"professor|senior|managing|assistant|deputy|associate|freelance\w*|experte?n?|expertin|specialist|manager|ceo|"
    r"founder|gründer(?:in)?|leiter(?:in)?)\b",
    re.I,
)
_JOB_BEHIND = re.compile(
    r"\s(?=\w*(?:editor|reporter|correspondent|writer|columnist|journalist|redakteur|redaktor|redaktion|volontär|"
    r"korrespondent|periodista|redactor|giornalista|redazione|rédact|producer|contributor|freelance|photographer)\w*\b)",
    re.I,
)
_NOBODY = re.compile(
    r"(?:(?:the\s+)?(?:web)?admin(?:istrator)?\w*|wordpress ?admin|root|user|webmaster|staff(?: (?:writers?|"
    r"reporters?|report))?|"
    r"anonym(?:ous|e|us)?|unknown|unbekannt|none|null|undefined|n/a|author|autor(?:in)?|name|gast(?:autor(?:in)?)?|"
    r"guest|team|press release|pressemitteilung|sponsored|advertorial|"
    r"all posts|view all posts|more|mehr|share|print|comments?|kommentare?|follow|profile?|contact|kontakt|"
    r"published|updated|text|interview|foto|by|von|par|por|di)",
    re.I,
)
_DESK = re.compile(
    r"(?:\S+[ -])?(?:redaktion(?:steam)?|r[ée]daction|redacci[oó]n|redazione|redação|redactie|redaksi|redakcja|"
    r"redakce|redaktionen|"
    r"(?:news ?|\w+ )desk|news ?(?:room|team|staff)|editors?|editorial(?: (?:team|staff|board|office))?)",
    re.I,
)
_AGENCY = re.compile(
    r"(?:the )?associated press|reuters|agence france[- ]presse|bloomberg(?: news)?|press association|"
    r"tribune news service|"
    r"ap|afp|dpa(?:[-/]\w+)*|upi|epa|apa|sda|kna|epd|sid|ansa|efe|ap news|deutsche presse-agentur|europa press|"
    r"xinhua|ians|ani|pti|"
    r"pa media|keystone(?:-sda)?|interfax|ria novosti|tass|(?:\w+ )?news services?(?: reports)?|news agency|"
    r"agencies|agencias?|agenturen?|with agencies|wire services?|wires?|lusa|ntb|tt|ritzau|anp|belga",
    re.I,
)
_REPORTS = re.compile(
    r"(?:from )?(?:staff|wires?|agency|news(?: services?)?)(?:(?:,|/| and| &)+ (?:staff|wires?|agency|"
    r"news(?: services?)?))* (?:reports?|writers?|services?)",
    re.I,
)
"""Desks and agencies in one, whose "and" does not join two names."""
_SEPARATOR = re.compile(
    r"\s*(?:[;/\n]|\s&\s|(?:,\s*)?\b(?:and|und|et|och|og|with|mit|avec|sowie)\b\s|\s(?:y|e|en|i|ja|"
    r"и)\s(?-i:(?=[^\W\d_a-zà-öø-ÿ])))\s*",
    re.I,
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|m\.?d|ph\.?d|dr|md|mba|b\.?a|m\.?a|esq|r\.?n|llm|msc|bsc)\.?", re.I)
_HANDLE = re.compile(r"\(?@[\w.]+\)?|[\w.+-]+@[\w-]+\.[\w.-]+|https?://\S+|\bwww\.\S+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060]")  # hyphens and joints that only show where a line breaks
_RUN_TOGETHER = re.compile(r"(?<=\bAuthor)(?=[A-Z])|(?<=\bBy)(?=[A-Z][a-z])")
_IS_NAME = re.compile(r"(?!\d|.*\s\d)[^?!=<>{}]*[^\W\d_][^?!=<>{}]*")
_FULL_NAME = re.compile(
    r"(?:(?:von|van|de|der|den|di|da|du|la|le|el|al|bin|ten|ter|zu|zur|dos|das|"
    r"y) )?[^\W\d_a-zà-öø-ÿ][^\W\d_]*[.’'-]?(?:[^\W\d_]+)?"
    r"(?: (?:(?:von|van|de|der|den|di|da|du|la|le|el|al|bin|ten|ter|zu|zur|dos|das|"
    r"y) )*[^\W\d_a-zà-öø-ÿ][^\W\d_]*[.’'-]?(?:[^\W\d_]+)?)+"
)
_DATE_PARTS = re.compile(
    r"(?:\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\b|\b(?:mon|diens|donners|frei|sams|sonn)tag\b|"
    r"\bmittwoch\b)?[,.]?\s*"
    r"(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}\.?\s+[^\W\d_]{3,10}\.?,?\s+\d{4}|"
    r"[^\W\d_]{3,10}\.?\s+\d{1,2},?\s+\d{4})"
    r"|\b\d{1,2}:\d\d(?::\d\d)?(?:\s*(?:uhr|am|pm|h))?\b",
    re.I,
)
_EDGES = " \t,.:;|-–—•·*_/\\<>«»\"“”„'‘’()[]©"


def names_in(byline: str) -> list[str]:
    """The people that a byline names, as it writes them, in order; agencies only where it names nobody else."""
    line = _HANDLE.sub(" ", _UNSEEN.sub("", byline[:LONGEST_BYLINE]))
    line = " ".join(_RUN_TOGETHER.sub(" ", line).split())
    for _ in range(2):  # "Text: By Jane Doe"
        line = _OPENING.sub("", line, count=1) if _OPENING.match(line) else line
    cut = _CUT.search(line)
    if cut and cut.start() >= 2:
        line = line[: cut.start()]
    if _REPORTS.fullmatch(line):
        return people([line])
    return people(part for piece in _SEPARATOR.split(line) for part in _split_commas(piece))


def people(names: Iterable[str]) -> list[str]:
    """`names` without what names nobody, and without agencies and desks beside people; each once."""
    kept: dict[str, str] = {}
    others: dict[str, str] = {}
    for name in names:
        name = _trimmed(name)
        if not name or len(name) > LONGEST_NAME or _NOBODY.fullmatch(name) or not _IS_NAME.fullmatch(name):
            continue
        (others if is_desk(name) else kept).setdefault(name.casefold(), name)
    return list((kept or others).values())


def is_desk(name: str) -> bool:
    """Whether a name is that of an agency or of a part of a newsroom."""
    return bool(_AGENCY.fullmatch(name) or _DESK.fullmatch(name) or _REPORTS.fullmatch(name))


def name_beside_date(line: str) -> str:
    """The name in a line that holds nothing else but a date: "11.12.2019 - Jane Doe"; empty if it holds more."""
    opening = _OPENING.match(line)
    line = line[opening.end() :] if opening else line
    rest = _DATE_PARTS.sub(" ", line)
    parts = [part.strip(_EDGES) for part in re.split(r"[|/–—•·,]|\s-\s", rest)]
    names = [part for part in parts if part]
    return names[0] if rest != line and len(names) == 1 and is_full_name(names[0]) else ""


def is_full_name(text: str) -> bool:
    """Whether a text can be nothing but a person's name: two to four words, all but particles with capitals."""
    words = text.split()
    return (
        2 <= len(words) <= 4
        and len(text) <= 40
        and _FULL_NAME.fullmatch(text) is not None
        and not (_JOB.search(text) or _NOBODY.fullmatch(text) or _AGENCY.fullmatch(text) or text.isupper())
    )


def _trimmed(name: str) -> str:
    name = " ".join(_HANDLE.sub(" ", name).split())
    half = len(name) // 2
    if len(name) > 7 and name[:half] == name[half + 1 :]:  # a link and a label that show the same
        name = name[:half]
    opening = _OPENING.match(name)
    if opening:
        name = name[opening.end() :]
    job = _JOB_BEHIND.search(name)
    if job and name[: job.start()].count(" ") == 1 and is_full_name(name[: job.start()]):
        name = name[: job.start()]
    return " ".join(name.strip(_EDGES).split())


def _split_commas(piece: str) -> list[str]:
    """A piece of a byline between its "and"s: names with commas between them, or a name and what its bearer does."""
    parts = [part.strip() for part in piece.split(",") if part.strip()]
    if len(parts) == 2 and all(" " not in part for part in parts):
        return (
            [piece]
            if not _NOBODY.fullmatch(parts[1]) and not _JOB.search(parts[1]) and not _AGENCY.fullmatch(parts[1])
            else parts[:1]
        )
    names: list[str] = []
    for part in parts:
        if _SUFFIX.fullmatch(part) and names:
            names[-1] += f", {part}"
        elif not (names and (_JOB.search(part) or not _like_a_name(part))):
            names.append(part)
    return names


def _like_a_name(text: str) -> bool:
    """Whether every word but a particle begins with a capital, and there are two to five of them."""
    words = text.split()
    return 1 <= len(words) <= 5 and words[0][:1].isupper() and sum(not w[:1].islower() for w in words) >= 2
