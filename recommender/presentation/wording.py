"""Wording: what the related block says of its own accord, in the language of the article it stands under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The phrases of one language. `{}` stands for what is named."""

    # reasons, which continue a headline
    update: str
    earlier: str
    story: str
    previous: str  # of a series
    next: str
    pinned: str
    about: str
    linked: str
    similar: str
    joined: str  # of two things
    # reasons of the fallback
    latest: str
    latest_in: str  # a section
    latest_on: str  # a site
    most_read: str
    # names of groups
    picked: str

    def list_of(self, texts: list[str]) -> str:
        """One text as it is, two as a list in prose."""
        return self.joined.format(*texts) if len(texts) == 2 else " ".join(texts)


ENGLISH = Wording(
    update="later in this story",
    earlier="earlier in this story",
    story="part of this story",
    previous="previous in this series",
    next="next in this series",
    pinned="picked by the editors",
    about="also about {}",
    linked="linked with this article",
    similar="on a similar subject",
    joined="{} and {}",
    latest="latest",
    latest_in="latest in {}",
    latest_on="latest on {}",
    most_read="most read this week",
    picked="Picked by the editors",
)

_WORDINGS: Mapping[str, Wording] = {
    "en": ENGLISH,
    "de": Wording(
        update="später in dieser Geschichte",
        earlier="früher in dieser Geschichte",
        story="Teil dieser Geschichte",
        previous="voriger Teil dieser Reihe",
        next="nächster Teil dieser Reihe",
        pinned="von der Redaktion ausgewählt",
        about="auch über {}",
        linked="mit diesem Artikel verlinkt",
        similar="zu einem ähnlichen Thema",
        joined="{} und {}",
        latest="das Neueste",
        latest_in="das Neueste in {}",
        latest_on="das Neueste auf {}",
        most_read="meistgelesen diese Woche",
        picked="Von der Redaktion ausgewählt",
    ),
    "fr": Wording(
        update="plus tard dans ce dossier",
        earlier="plus tôt dans ce dossier",
        story="dans le même dossier",
        previous="précédent dans cette série",
        next="suivant dans cette série",
        pinned="choisi par la rédaction",
        about="également sur {}",
        linked="lié à cet article",
        similar="sur un sujet proche",
        joined="{} et {}",
        latest="les plus récents",
        latest_in="les plus récents dans {}",
        latest_on="les plus récents sur {}",
        most_read="les plus lus cette semaine",
        picked="Choisi par la rédaction",
    ),
    "es": Wording(
        update="más tarde en esta historia",
        earlier="antes en esta historia",
        story="parte de esta historia",
        previous="anterior de esta serie",
        next="siguiente de esta serie",
        pinned="elegido por la redacción",
        about="también sobre {}",
        linked="enlazado con este artículo",
        similar="sobre un tema parecido",
        joined="{} y {}",
        latest="lo más reciente",
        latest_in="lo más reciente en {}",
        latest_on="lo más reciente en {}",
        most_read="lo más leído esta semana",
        picked="Elegido por la redacción",
    ),
    "it": Wording(
        update="più tardi in questa storia",
        earlier="prima in questa storia",
        story="parte di questa storia",
        previous="precedente in questa serie",
        next="successivo in questa serie",
        pinned="scelto dalla redazione",
        about="anche su {}",
        linked="collegato a questo articolo",
        similar="su un tema simile",
        joined="{} e {}",
        latest="i più recenti",
        latest_in="i più recenti in {}",
        latest_on="i più recenti su {}",
        most_read="i più letti questa settimana",
        picked="Scelto dalla redazione",
    ),
    "pt": Wording(
        update="mais tarde nesta história",
        earlier="antes nesta história",
        story="parte desta história",
        previous="anterior nesta série",
        next="seguinte nesta série",
        pinned="escolhido pela redação",
        about="também sobre {}",
        linked="ligado a este artigo",
        similar="sobre um tema semelhante",
        joined="{} e {}",
        latest="os mais recentes",
        latest_in="os mais recentes em {}",
        latest_on="os mais recentes em {}",
        most_read="os mais lidos esta semana",
        picked="Escolhido pela redação",
    ),
    "nl": Wording(
        update="later in dit verhaal",
        earlier="eerder in dit verhaal",
        story="deel van dit verhaal",
        previous="vorige in deze reeks",
        next="volgende in deze reeks",
        pinned="gekozen door de redactie",
        about="ook over {}",
        linked="gelinkt met dit artikel",
        similar="over een soortgelijk onderwerp",
        joined="{} en {}",
        latest="het nieuwste",
        latest_in="het nieuwste in {}",
        latest_on="het nieuwste op {}",
        most_read="het meest gelezen deze week",
        picked="Gekozen door de redactie",
    ),
}


def wording(language: str) -> Wording:
    """The phrases for a language given by its code ("de", "de-AT"), English where there are none."""
    return _WORDINGS.get(language.partition("-")[0].lower(), ENGLISH)
