"""Lines that pages put beside and into their articles, by how they begin, in the languages that sites are often in."""

from __future__ import annotations

import re

_POINTERS = (
    "read (?:more|also|next|on|the full)|also read|more (?:on|from|about|stories|news|articles|in)\\b|see also|"
    "related(?:\\s+\\w+)?\\s*:?$|related (?:articles?|stories|content|posts?|topics?|links?|news)|"
    "you (?:may|might) (?:also )?(?:like|be interested)|recommended(?: for you|:|$)|don'?t miss|most (?:read|"
    "popular)|up next|trending|continue reading|watch(?: also|:)|keep reading|further reading|"
    "lesen sie (?:auch|mehr|hier|dazu)|lies (?:auch|hier|mehr)|lest (?:auch|hier)|mehr (?:zum thema|themen|dazu|"
    "zu(?:r|m)?\\b|infos?|lesen|aus|von|über)|auch (?:interessant|lesenswert|spannend)|(?:das|dies|diese \\w+|"
    "das thema) (?:könnte|dürfte)[nt]? (?:sie|dich|euch|ihnen) |"
    "weitere (?:artikel|beiträge|themen|meldungen|nachrichten|informationen|infos|links|berichte|news)|"
    "ähnliche (?:artikel|beiträge)|verwandte|passend dazu|zum thema\\s*:?$|meistgelesen|kommentierte artikel|"
    "empfehlungen|"
    "lire (?:aussi|également|la suite)|à lire (?:aussi|également)|sur le même (?:sujet|thème)|voir aussi|(?:nos|"
    "les) articles|"
    "más (?:sobre|información|noticias)|l(?:ee|ea) (?:también|más)|también (?:te )?(?:puede|podría)|te (?:puede|"
    "podría) interesar|(?:noticias|artículos|contenido) relacionad|"
    "lei?a (?:também|mais)|veja (?:também|mais)|saiba mais|leggi (?:anche|di più)|potrebbe interessarti|lees ook|"
    "lees meer|læs også|läs (?:också|mer)|les også|lue myös|"
    "czytaj (?:też|także|więcej)|zobacz (?:też|także)|читайте также|читать далее|по теме|baca juga|ayrıca|"
    "ilgili haberler"
)
POINTER = re.compile(rf"[\W\d_]*(?:{_POINTERS})", re.I)
"""A line that points to other pages."""

CALL = re.compile(
    r"\b(?:subscribe (?:now|today|to)|sign up (?:for|to|here|now)|signup|log ?in to|newsletter|follow (?:us|me|@|"
    r"\w+ on)|like us on|join (?:us|our|the conversation)|download (?:the|our) .{0,30}app|"
    r"share (?:this|on|with)|click here|leave a (?:comment|reply)|post a comment|write to (?:us|letters)|"
    r"send (?:us )?(?:an )?e-?mail|contact us|support (?:us|our)|donate|become a (?:member|subscriber)|"
    r"we want to hear (?:from you|what you)|submit a letter|all rights reserved|copyright|©|terms of (?:use|"
    r"service)|privacy policy|advertisement|sponsored|skip to|print this|"
    r"abonnier(?:en|e|t)|jetzt (?:anmelden|registrieren|abonnieren|lesen|testen|spenden|bestellen)|hier (?:klicken|"
    r"anmelden|bestellen|abonnieren)|folg(?:en sie|e|t) (?:uns|mir)|teile(?:n sie)? (?:diesen|den|die|das)|"
    r"beitrag teilen|artikel (?:teilen|drucken|merken|versenden)|"
    r"nicht eingeloggt|angemeldet sein|kommentar (?:schreiben|verfassen|hinterlassen|abgeben)|kommentare? \(?\d|"
    r"ohne gewähr|alle rechte vorbehalten|spenden|unterstütze[n]? (?:uns|sie)|quelle:\s*\S+$|"
    r"abonnez[- ]vous|inscrivez[- ]vous|suivez[- ]nous|partag(?:er|ez)|tous droits réservés|suscr[ií]b\w+|"
    r"s[ií]guenos|compart(?:ir|e)|derechos reservados|iscriviti|seguici|condividi|assine|inscreva-se|siga-nos|"
    r"compartilh\w+|abonneer|deel dit)",
    re.I,
)
"""A line that asks for something, or is about the page."""

CREDIT = re.compile(
    r"[\W_]*(?:photos?|image|picture|credit|foto(?:s|grafie)?|bild(?:quelle|er)?|grafik|titelbild|symbolbild|"
    r"photo(?:graphie)?|crédits?|imagen|foto(?:grafía)?|illustration|quelle|source|fuente|fonte|video|getty|"
    r"copyright)\b\s*(?:by\b|credit|[:©/(]|$)|©|\(?c\)\s",
    re.I,
)
"""A line under a picture."""

DATE_OR_BYLINE = re.compile(
    r"[\W_]*(?:(?:published|updated|posted|last (?:updated|modified)|veröffentlicht|aktualisiert|erstellt|stand|"
    r"publié|mis à jour|publicado|actualizado|pubblicato|gepubliceerd|geplaatst|date|datum|fecha)\b.{0,60}\d"
    r"|(?:by|von|par|por|di|text|autor|author)\b:?\s+\S+(?:\s+\S+){0,5}$"
    r"|(?:\w+,?\s+)?\d{1,2}[./]\s?(?:\d{1,2}[./]|\w{3,12})\s?\d{2,4}\b.{0,30}$"
    r"|\d{1,2}:\d\d(?: uhr)?\W*$"
    r"|\d+\s*(?:min(?:uten?|utes?)?\b.{0,20}|comments?|kommentare?|shares?|views?)$)",
    re.I,
)
"""A line that says when the page was made, by whom, how long it takes to read."""
