"""Dates as people, feeds and databases write them, turned into one kind of value: a `datetime` with a time zone."""

from __future__ import annotations

import re
import reprlib
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from dateutil import parser

from indexer.base.errors import ArticleError

_MONTHS_BY_LANGUAGE = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jan feb mär apr mai jun jul aug sep okt nov dez",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "januar februar mars april mai juni juli august september oktober november desember",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου"
    " δεκεμβρίου",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta"
    " marraskuuta joulukuuta",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
)
MONTHS = {name: number for language in _MONTHS_BY_LANGUAGE for number, name in enumerate(language.split(), start=1)}
"""Month names as dates have them, lower case and without full stop, in eighteen languages; shortened in six."""

# Names whose offset depends on who says them (IST, AST, ...) are left out: such a date gets the default time zone.
_ZONE_HOURS = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "JST": 9, "AEST": 10, "AEDT": 11, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_ZONES = {name: timezone(timedelta(hours=hours)) for name, hours in _ZONE_HOURS.items()} | {"UTC": UTC, "Z": UTC}

# "26-FEB-1987 15:01:01.79", "Mon, 18 Mar 2024 10:00:00 +0000", "3 mars 2024": too common to send through dateutil.
_DAY_MONTH_YEAR = re.compile(
    r"(?:[^\W\d_]{2,13}(?:-feira)?\.?,?\s+){0,2}"  # a weekday, and a word before it
    r"(\d{1,2})(?:\.?[º°ª]|\.|er|re|st|nd|rd|th)?(?:-|\s+(?:de\s+|of\s+)?)([^\W\d_]{3,14})\.?(?:-|,?\s+(?:de\s+)?)(\d{4})"
    r"(?:\s+[гrр]\.)?(?:\s+(?:Pazartesi|Salı|Çarşamba|Perşembe|Cuma|Cumartesi|Pazar))?"
    r"(?:,?\s+(?:(?:à|às|a las|alle|alle ore|ore|um|om|kl\.?|klo|o|в|о|at|[-–|])\s+)?"
    r"(\d{1,2})(?::|\s?h\s?|(?<=\b\d\d)\.(?=\d\d\b))(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:\s*(?:Uhr|uur|hrs?|h)\b)?)?"
    r"\s*(.*)"
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)(?:\s*\([A-Za-z ]*\))?\Z")
# Reuters' transmission codes run into the time of its tapes ("00:02:59.13RM", "02:17:09.88T C"), and so do comments.
_DESK_CODES = re.compile(r"(?:(?:RM|[A-Y])(?:\s+(?:RM|[A-Y]))*|#.*)\Z")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2}")  # day first wherever dates are written with dots
_CJK_DATE = re.compile(
    r"(令和|平成|昭和)?\s*(\d{1,4}|元)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]"
    r"(?:\s*[(（][^()（）]*[)）]|\s*(?:星期|周|週|礼拜).|\s*[月火水木金土日]曜日?|,?\s*[월화수목금토일]요일)?"
    r"(?:\s*(上午|下午|午前|午後|오전|오후|凌晨|早上|晚上|中午)?\s*(\d{1,2})\s*[:：時时点點시]\s*(\d{1,2})(?:[:：分분]\s*(\d{1,2})[秒초]?)?[分분]?)?"
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}  # the years before their first ones
_AFTERNOON = ("下午", "午後", "오후", "晚上")
_MORNING = ("上午", "午前", "오전", "凌晨", "早上")
# Date.toString() of JavaScript: "Thu Aug 15 2019 09:00:00 GMT-0700 (PDT)"
_JAVASCRIPT = re.compile(
    r"(?:[A-Za-z]{3},?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4}),?\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?"
    r"\s*(?:GMT|UTC)?([+-]\d\d):?(\d\d)(?:\s*\([^()]*\))?"
)
_SIGNED_ZONE = re.compile(r"\b(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d\d))?(?:\s*\([^()]*\))?\Z")
_WEEK_DATE = re.compile(r"\d{4}-?W")
_LONGEST = 100  # characters; longer is prose
# Two dates that agree in no part: whatever a text leaves out is filled from them and comes out different.
_FILLERS = (datetime(2000, 1, 1), datetime(2004, 6, 15))
# Seconds since 1970 count from 1973, so that a bare year or a counter is not taken for one.
_EPOCH_SECONDS = range(10**8, 10**11)
_EPOCH_MILLISECONDS = range(10**11, 10**14)


def parse_date(value: object, default_timezone: tzinfo = UTC) -> datetime:
    """The moment that `value` names, always with a time zone: its own, or else `default_timezone`.

    `value` is text, a `date` or `datetime`, or a number: seconds or milliseconds since 1970, or YYYYMMDD. A date
    without a time is its midnight. ``03/04/2024`` is read month first, as in the United States, unless only the
    other order makes a date (``18/03/2024``); with dots, ``03.04.2024``, the day is first.

    Raises
    ------
    ArticleError
        for what is not a date, has no year, month or day, or is a database's stand-in for "no date" (year 1
        or 9999).
    """
    if isinstance(value, str):
        found = _from_text(value.strip())
    elif isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found = _from_number(value)
    else:
        found = None
    if found is None or not 1 < found.year < 9999:
        raise ArticleError(f"date {_shown(value)} is not a date")
    return found if found.tzinfo is not None else found.replace(tzinfo=default_timezone)


def _shown(value: object) -> str:
    if isinstance(value, int) and abs(value) > 10**30:
        return "of more than 30 digits"  # which Python may refuse to print at all
    text = " ".join((value if isinstance(value, str) else reprlib.repr(value)).split())
    return f"'{text[:57]}...'" if len(text) > 60 else f"'{text}'"


def _from_text(text: str) -> datetime | None:
    """The date in `text`, without a time zone if it has none; None if there is no date."""
    if text[4:5] == "-" and not _WEEK_DATE.match(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # dateutil takes more: single-digit hours, "-4" as an offset
    if text.isascii() and text.isdigit():
        return _from_digits(text)
    if len(text) > _LONGEST:
        return None
    for pattern, read in _PATTERNS:
        if (found := pattern.fullmatch(text)) and (date_read := read(found)):
            return date_read
    # dateutil takes "GMT-7" the way POSIX does, which is the other way round.
    return _by_dateutil(_SIGNED_ZONE.sub(lambda zone: f"{zone[1]}{zone[2]:0>2}{zone[3] or '00'}", text))


def _from_javascript(found: re.Match[str]) -> datetime | None:
    """The date that `_JAVASCRIPT` matched."""
    month, day, year, hour, minute, second, fraction, zone_hours, zone_minutes = found.groups()
    if (number := MONTHS.get(month.lower())) is None:
        return None
    zone = _offset(f"{zone_hours}{zone_minutes}")
    micro = int(fraction.ljust(6, "0")) if fraction else 0
    try:
        return datetime(int(year), number, int(day), int(hour), int(minute), int(second or 0), micro, tzinfo=zone)
    except ValueError:
        return None


def _from_cjk(found: re.Match[str]) -> datetime | None:
    """The date that `_CJK_DATE` matched."""
    era, in_era, month, day, half, *time = found.groups()
    year = 1 if in_era == "元" else int(in_era)
    if bool(era) == (len(in_era) == 4):  # 6年 of no era, 令和2024年
        return None
    hour, minute, second = (int(part or 0) for part in time)
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    try:
        return datetime(year + _ERAS.get(era, 0), int(month), int(day), hour, minute, second)
    except ValueError:
        return None


def _from_match(found: re.Match[str]) -> datetime | None:
    """The date that `_DAY_MONTH_YEAR` matched; None where month or time zone are not known here."""
    day, name, year, hour, minute, second, fraction, rest = found.groups()
    month = MONTHS.get(name.lower())
    zone: tzinfo | None = None
    if rest and hour:
        zone = _ZONES.get(rest) or _offset(rest)
    if month is None or (rest and zone is None and not _DESK_CODES.match(rest)):
        return None
    try:
        micro = int(fraction.ljust(6, "0")) if fraction else 0
        time = (int(hour or 0), int(minute or 0), int(second or 0), micro)
        return datetime(int(year), month, int(day), *time, tzinfo=zone)
    except ValueError:
        return None


_PATTERNS = ((_DAY_MONTH_YEAR, _from_match), (_JAVASCRIPT, _from_javascript), (_CJK_DATE, _from_cjk))


def _offset(text: str) -> tzinfo | None:
    found = _OFFSET.match(text)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    return _fixed(int(f"{sign}1") * (int(hours) * 3600 + int(minutes) * 60))


def _fixed(seconds: int) -> tzinfo | None:
    """A fixed offset, None if it is a day or more."""
    if seconds == 0:
        return UTC
    return timezone(timedelta(seconds=seconds)) if abs(seconds) < 86400 else None


def _from_digits(text: str) -> datetime | None:
    if len(text) == 14:
        try:
            return datetime.strptime(text, "%Y%m%d%H%M%S")
        except ValueError:
            return None
    return _from_number(int(text)) if len(text) < 14 else None


def _from_number(number: float) -> datetime | None:
    """YYYYMMDD where that is a date of 1900 to 2100, else seconds or milliseconds since 1970."""
    if not abs(number) < _EPOCH_MILLISECONDS.stop:  # not a number, infinite, or too large
        return None
    whole = int(number)
    if 1900_00_00 < whole < 2101_00_00:
        try:
            return datetime(whole // 10000, whole // 100 % 100, whole % 100)
        except ValueError:
            return None
    if abs(whole) in _EPOCH_MILLISECONDS:
        number /= 1000
    elif abs(whole) not in _EPOCH_SECONDS:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    except OverflowError:  # before year 1
        return None


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """For dateutil: a zone it found. An unknown name gives None, where dateutil itself would emit a warning."""
    return _fixed(offset) if offset is not None else _ZONES.get(name or "")


@lru_cache(maxsize=4096)  # 50 to 100 µs a date, and many articles share one
def _by_dateutil(text: str) -> datetime | None:
    day_first = _DOTTED.match(text) is not None
    try:
        first, second = (parser.parse(text, default=filler, dayfirst=day_first, tzinfos=_zone) for filler in _FILLERS)
    except Exception:  # on odd text it raises half a dozen types, by accident more than by contract
        return None
    return first if first.replace(tzinfo=None) == second.replace(tzinfo=None) else None
