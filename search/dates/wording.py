"""What people say for periods beside what `indexer.article.date_words` has: other forms of "last week", "since",
"the last ... days", and seasons, by language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SINCE, BEFORE, AFTER = "since", "before", "after"

# by what they stand for, as `relative_periods` has them
MORE_PERIODS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "en": {"1 week ago": ["past week"], "1 month ago": ["past month"], "1 year ago": ["past year"]},
    "de": {
        "1 week ago": ["letzter woche", "vergangene woche", "vergangener woche", "vorige woche"],
        "1 month ago": ["letzter monat", "letztem monat", "vergangenen monat", "vorigen monat"],
        "1 year ago": ["letzten jahr", "letztem jahr", "vergangenes jahr", "vergangenen jahr", "voriges jahr"],
    },
    "fr": {
        "1 week ago": ["semaine dernière", "semaine passée"],
        "1 month ago": ["mois dernier", "mois passé"],
        "1 year ago": ["l'an dernier", "an dernier", "année dernière", "année passée"],
    },
    "es": {
        "1 week ago": ["semana pasada", "última semana"],
        "1 month ago": ["mes pasado", "último mes"],
        "1 year ago": ["año pasado", "último año"],
    },
    "it": {
        "1 week ago": ["scorsa settimana", "settimana passata"],
        "1 month ago": ["scorso mese", "mese passato"],
        "1 year ago": ["scorso anno", "anno passato"],
    },
    "pt": {"1 week ago": ["última semana"], "1 month ago": ["último mês"], "1 year ago": ["último ano"]},
    "nl": {
        "1 week ago": ["afgelopen week"],
        "1 month ago": ["afgelopen maand"],
        "1 year ago": ["afgelopen jaar"],
    },
    "sv": {"1 week ago": ["senaste veckan"], "1 month ago": ["senaste månaden"], "1 year ago": ["senaste året"]},
    "ru": {
        "1 week ago": ["прошлая неделя", "прошлую неделю", "прошлой неделе", "прошлой недели"],
        "1 month ago": ["прошлый месяц", "прошлом месяце", "прошлого месяца"],
        "1 year ago": ["прошлый год", "прошлом году", "прошлого года"],
    },
    "el": {
        "1 week ago": ["την περασμένη εβδομάδα", "περασμένη εβδομάδα", "προηγούμενης εβδομάδας"],
        "1 month ago": ["τον περασμένο μήνα", "περασμένο μήνα", "περασμένος μήνας", "προηγούμενο μήνα"],
        "1 year ago": ["πέρυσι", "περασμένο χρόνο", "προηγούμενο έτος"],
    },
    "he": {
        "1 week ago": ["בשבוע שעבר", "שבוע שעבר"],
        "1 month ago": ["בחודש שעבר", "חודש שעבר"],
        "1 year ago": ["בשנה שעברה", "שנה שעברה"],
    },
    "ar": {
        "1 week ago": ["الاسبوع الفائت", "الأسبوع المنصرم"],
        "1 month ago": ["الشهر الفائت", "الشهر المنصرم"],
        "1 year ago": ["العام الماضي"],
    },
    "hi": {
        "0 week ago": ["इस हफ़्ते", "इस हफ्ते"],
        "0 month ago": ["इस महीने"],
        "1 week ago": ["पिछले सप्ताह", "पिछले हफ़्ते", "पिछले हफ्ते"],
        "1 month ago": ["पिछले महीने", "पिछले माह"],
        "1 year ago": ["पिछले वर्ष"],
    },
    "th": {
        "1 week ago": ["สัปดาห์ก่อน", "อาทิตย์ที่แล้ว", "สัปดาห์ที่ผ่านมา"],
        "1 month ago": ["เดือนก่อน", "เดือนที่ผ่านมา"],
        "1 year ago": ["ปีก่อน", "ปีที่ผ่านมา"],
    },
    "fa": {"1 week ago": ["هفته گذشته", "هفته پیش"]},
    "zh": {"1 week ago": ["上星期", "上个星期", "上個星期", "上週"], "1 month ago": ["上月", "上個月"]},
    "ko": {"1 week ago": ["지난 주"], "1 month ago": ["지난 달"], "1 year ago": ["지난해"]},
}

# what stands before a date, and in the languages of `BEHIND` behind it
BOUNDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "en": {SINCE: ["since"], BEFORE: ["before"], AFTER: ["after"]},
    "de": {SINCE: ["seit", "ab"], BEFORE: ["vor"], AFTER: ["nach"]},
    "fr": {SINCE: ["depuis"], BEFORE: ["avant"], AFTER: ["après"]},
    "es": {SINCE: ["desde"], BEFORE: ["antes de"], AFTER: ["después de"]},
    "pt": {SINCE: ["desde"], BEFORE: ["antes de"], AFTER: ["depois de", "após"]},
    "it": {SINCE: ["dal"], BEFORE: ["prima del", "prima di"], AFTER: ["dopo il", "dopo"]},
    "nl": {SINCE: ["sinds", "vanaf"], BEFORE: ["voor"], AFTER: ["na"]},
    "sv": {SINCE: ["sedan"], BEFORE: ["före"], AFTER: ["efter"]},
    "da": {SINCE: ["siden"], BEFORE: ["før"], AFTER: ["efter"]},
    "no": {SINCE: ["siden"], BEFORE: ["før"], AFTER: ["etter"]},
    "pl": {SINCE: ["od"], BEFORE: ["przed"], AFTER: ["po"]},
    "cs": {SINCE: ["od"], BEFORE: ["před"], AFTER: ["po"]},
    "ru": {SINCE: ["с"], BEFORE: ["до"], AFTER: ["после"]},
    "uk": {SINCE: ["з"], BEFORE: ["до"], AFTER: ["після"]},
    "el": {SINCE: ["από"], BEFORE: ["πριν από", "πριν"], AFTER: ["μετά"]},
    "ar": {SINCE: ["منذ"], BEFORE: ["قبل"], AFTER: ["بعد"]},
    "he": {SINCE: ["מאז"], BEFORE: ["לפני"], AFTER: ["אחרי"]},
    "id": {SINCE: ["sejak"], BEFORE: ["sebelum"], AFTER: ["setelah"]},
    "zh": {SINCE: ["以来", "以來"], BEFORE: ["以前", "之前"], AFTER: ["以后", "之后", "以後", "之後"]},
    "ja": {SINCE: ["以降", "以来"], BEFORE: ["以前", "より前"], AFTER: ["以後"]},
    "ko": {SINCE: ["부터", "이래"], BEFORE: ["이전", "전"], AFTER: ["이후", "후"]},
    "fi": {SINCE: ["lähtien", "alkaen"], AFTER: ["jälkeen"]},
    "hi": {SINCE: ["से"], BEFORE: ["से पहले"], AFTER: ["के बाद"]},
}
BEHIND = frozenset(["zh", "ja", "ko", "fi", "hi"])

# "the last 30 days": the word beside a number and a unit, in any order
LAST: Mapping[str, Sequence[str]] = {
    "en": ["last", "past", "previous"],
    "de": ["letzten", "letzte", "vergangenen"],
    "fr": ["derniers", "dernières"],
    "es": ["últimos", "últimas"],
    "pt": ["últimos", "últimas"],
    "it": ["ultimi", "ultime"],
    "nl": ["laatste", "afgelopen"],
    "sv": ["senaste"],
    "da": ["seneste", "sidste"],
    "no": ["siste"],
    "fi": ["viimeisten", "viime"],
    "pl": ["ostatnie", "ostatnich"],
    "cs": ["posledních", "poslední"],
    "ru": ["последние", "последних"],
    "uk": ["останні", "останніх"],
    "el": ["τελευταίες", "τελευταίους", "τελευταία"],
    "tr": ["son"],
    "ar": ["آخر"],
    "hi": ["पिछले"],
    "th": ["ที่ผ่านมา"],
    "id": ["terakhir"],
    "vi": ["qua"],
    "zh": ["最近", "过去", "過去", "近"],
    "ja": ["過去", "ここ"],
    "ko": ["지난", "최근"],
}

# spring, summer, autumn and winter of the northern half of the earth, where these languages are mostly spoken
SEASONS: Mapping[str, Sequence[Sequence[str]]] = {
    "en": [["spring"], ["summer"], ["autumn", "fall"], ["winter"]],
    "de": [["frühling", "frühjahr"], ["sommer"], ["herbst"], ["winter"]],
    "fr": [["printemps"], ["été"], ["automne"], ["hiver"]],
    "it": [["primavera"], ["estate"], ["autunno"], ["inverno"]],
    "nl": [["lente", "voorjaar"], ["zomer"], ["herfst", "najaar"], ["winter"]],
    "sv": [["våren"], ["sommaren"], ["hösten"], ["vintern"]],
    "pl": [["wiosna"], ["lato"], ["jesień"], ["zima"]],
    "ru": [["весна"], ["лето"], ["осень"], ["зима"]],
    "uk": [["весна"], ["літо"], ["осінь"], ["зима"]],
}
