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
    pinned: str
    about: str
    by: str
    similar: str
    joined: str  # of two things
    # reasons of the fallback
    latest: str
    latest_in: str  # a section
    latest_on: str  # a site
    most_read: str
    # names of groups
    picked: str
    latest_in_story: str
    earlier_in_story: str
    background: str
    elsewhere: str

    def list_of(self, texts: list[str]) -> str:
        """One text as it is, two as a list in prose."""
        return self.joined.format(*texts) if len(texts) == 2 else " ".join(texts)


ENGLISH = Wording(
    update="later in this story",
    earlier="earlier in this story",
    story="part of this story",
    pinned="picked by the editors",
    about="also about {}",
    by="also by {}",
    similar="on a similar subject",
    joined="{} and {}",
    latest="latest",
    latest_in="latest in {}",
    latest_on="latest on {}",
    most_read="most read this week",
    picked="Picked by the editors",
    latest_in_story="Latest in this story",
    earlier_in_story="Earlier in this story",
    background="Background",
    elsewhere="Elsewhere in the network",
)

_WORDINGS: Mapping[str, Wording] = {
    "en": ENGLISH,
    "de": Wording(
        update="später in dieser Geschichte",
        earlier="früher in dieser Geschichte",
        story="Teil dieser Geschichte",
        pinned="von der Redaktion ausgewählt",
        about="auch über {}",
        by="auch von {}",
        similar="zu einem ähnlichen Thema",
        joined="{} und {}",
        latest="das Neueste",
        latest_in="das Neueste in {}",
        latest_on="das Neueste auf {}",
        most_read="meistgelesen diese Woche",
        picked="Von der Redaktion ausgewählt",
        latest_in_story="Das Neueste in dieser Geschichte",
        earlier_in_story="Früher in dieser Geschichte",
        background="Hintergrund",
        elsewhere="Anderswo im Netzwerk",
    ),
    "fr": Wording(
        update="plus tard dans ce dossier",
        earlier="plus tôt dans ce dossier",
        story="dans le même dossier",
        pinned="choisi par la rédaction",
        about="également sur {}",
        by="également de {}",
        similar="sur un sujet proche",
        joined="{} et {}",
        latest="les plus récents",
        latest_in="les plus récents dans {}",
        latest_on="les plus récents sur {}",
        most_read="les plus lus cette semaine",
        picked="Choisi par la rédaction",
        latest_in_story="Du nouveau dans ce dossier",
        earlier_in_story="Plus tôt dans ce dossier",
        background="Contexte",
        elsewhere="Ailleurs dans le réseau",
    ),
    "es": Wording(
        update="más tarde en esta historia",
        earlier="antes en esta historia",
        story="parte de esta historia",
        pinned="elegido por la redacción",
        about="también sobre {}",
        by="también de {}",
        similar="sobre un tema parecido",
        joined="{} y {}",
        latest="lo más reciente",
        latest_in="lo más reciente en {}",
        latest_on="lo más reciente en {}",
        most_read="lo más leído esta semana",
        picked="Elegido por la redacción",
        latest_in_story="Lo último de esta historia",
        earlier_in_story="Antes en esta historia",
        background="Contexto",
        elsewhere="En otros sitios de la red",
    ),
    "it": Wording(
        update="più tardi in questa storia",
        earlier="prima in questa storia",
        story="parte di questa storia",
        pinned="scelto dalla redazione",
        about="anche su {}",
        by="anche di {}",
        similar="su un tema simile",
        joined="{} e {}",
        latest="i più recenti",
        latest_in="i più recenti in {}",
        latest_on="i più recenti su {}",
        most_read="i più letti questa settimana",
        picked="Scelto dalla redazione",
        latest_in_story="Novità in questa storia",
        earlier_in_story="Prima in questa storia",
        background="Contesto",
        elsewhere="Altrove nella rete",
    ),
    "pt": Wording(
        update="mais tarde nesta história",
        earlier="antes nesta história",
        story="parte desta história",
        pinned="escolhido pela redação",
        about="também sobre {}",
        by="também de {}",
        similar="sobre um tema semelhante",
        joined="{} e {}",
        latest="os mais recentes",
        latest_in="os mais recentes em {}",
        latest_on="os mais recentes em {}",
        most_read="os mais lidos esta semana",
        picked="Escolhido pela redação",
        latest_in_story="Novidades nesta história",
        earlier_in_story="Antes nesta história",
        background="Contexto",
        elsewhere="Noutros sites da rede",
    ),
    "nl": Wording(
        update="later in dit verhaal",
        earlier="eerder in dit verhaal",
        story="deel van dit verhaal",
        pinned="gekozen door de redactie",
        about="ook over {}",
        by="ook van {}",
        similar="over een soortgelijk onderwerp",
        joined="{} en {}",
        latest="het nieuwste",
        latest_in="het nieuwste in {}",
        latest_on="het nieuwste op {}",
        most_read="het meest gelezen deze week",
        picked="Gekozen door de redactie",
        latest_in_story="Het nieuwste in dit verhaal",
        earlier_in_story="Eerder in dit verhaal",
        background="Achtergrond",
        elsewhere="Elders in het netwerk",
    ),
}


def wording(language: str) -> Wording:
    """The phrases for a language given by its code ("de", "de-AT"), English where there are none."""
    return _WORDINGS.get(language.partition("-")[0].lower(), ENGLISH)
