"""What the service answers on the sample archive, as plain data that can be kept and compared.

``python -m tests.golden.answers`` writes the golden file anew. Do that only for a change of ranking that is wanted, and
look at what differs before it is committed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient

from tests.opening import backend_of
from web.app import create_app
from web.commands.demo import index_sample, sample_articles

GOLDEN = Path(__file__).with_name("answers.jsonl.gz")
LIMIT = 10
SYNTAX = """
*
moon*
chang*
lunar
Chang'e-6
chang'e-6 far side
"far side"
"far side of the moon"
"lunar samples"~3
"moon sample"~8
title:moon
body:moon
title:"far side"
moon -mars
moon +landing
+moon +landing -crewed
moon NOT mars
moon AND mars
moon OR mars
(moon OR mars) AND landing
(moon OR mars) -landing
moon ANDNOT mars
moon ANDMAYBE landing
moon REQUIRE landing
-mars
NOT mars
moon^3 landing
(moon mars)^2 landing
title:moon^4 OR body:mars
artemis~
artemsi~2
telescop?
st*ship
*ship
rocket*
section:moon
section:"deep space"
site:perihelion
author:quill
tag:moon
language:fr
language:de lune
place:beijing
agency:hna
date:2024-05-03
date:2024-05
date:>2024-06
date:[2024-01-01 TO 2024-01-31]
date:[2024-01-01 TO]
year:2023
year:>2023 moon
words:>200
words:[100 TO 200]
words:<120 rocket
[moon TO moose]
title:[a TO c]
id:2024-05-03-change-6-launches
the
the of and
the moon
moon moon mars
Mairéad
mairead
fusée lune
Rakete Mond
x-ray
U.S. budget
50% of NASA's budget
what is the far side of the moon?
who launched the first private moon lander and why did it tip over?
starliner astronauts return on crew dragon
space force budget
ariane 6 first flight
satellite internet interference astronomy
nuclear weapon in orbit
debris fine
moon (mars
"unbalanced quote
moon )
AND
+
-
""
moon "
title:
nonsense:moon
https://example.org/a/b
zzzzqqq
moon zzzzqqq
-(moon OR mars)
(-mars) moon
+(moon mars) -landing
moon~1 AND mars*
title:moon section:launch
section:industry OR section:milspace
-section:moon moon
launch "crew dragon" -starliner
""".strip("\n").split("\n")
_WORD = re.compile(r"[^\W\d_]+")


def queries() -> list[str]:
    """Two hundred queries: every part of the query language, and words as readers type them, from headlines and texts
    of the sample."""
    rng = random.Random(20241127)
    articles = sample_articles()
    found = list(dict.fromkeys(SYNTAX))
    while len(found) < 200:
        article = rng.choice(articles)
        source = article.title if rng.random() < 0.6 else article.body
        words = _WORD.findall(source)
        start = rng.randrange(max(1, len(words) - 8))
        query = " ".join(words[start : start + rng.randint(1, 6)])
        if query and query not in found:
            found.append(query)
    return found


def answers(client: FlaskClient) -> Iterator[dict[str, Any]]:
    """The answer to every query, and every article's list and block, as far as a reader sees them."""
    for query in queries():
        answer = _get(client, f"/api/search?q={quote(query)}&limit={LIMIT}")
        yield {
            "search": query,
            "total": answer["total"],
            "notes": answer["notes"],
            "hits": [[hit["id"], round(hit["score"], 4), _digest(_shown(hit))] for hit in answer["hits"]],
        }
    for article in sample_articles():
        listed = _get(client, f"/api/related/{article.id}?limit={LIMIT}")
        yield {"related": article.id, "items": [_item(item) for item in listed["related"]]}
        block = _get(client, f"/api/block/{article.id}")
        yield {
            "block": article.id,
            "lead": _item(block["lead"]) if block["lead"] else None,
            "groups": [[group["name"], [_item(item) for item in group["items"]]] for group in block["groups"]],
        }


def answers_of_sample(folder: Path) -> list[dict[str, Any]]:
    """Indexes the sample archive into an empty folder and asks it everything."""
    index_sample(folder)
    return list(answers(create_app(folder, backend_of(folder)).test_client()))


def read_golden() -> list[dict[str, Any]]:
    """The answers as they are kept."""
    with gzip.open(GOLDEN, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _get(client: FlaskClient, path: str) -> dict[str, Any]:
    response = client.get(path)
    answer: dict[str, Any] = response.get_json()
    if response.status_code == 400:
        return {"total": -1, "notes": [answer["error"]["message"]], "hits": []}
    assert response.status_code == 200, (path, answer)
    return answer


def _item(item: dict[str, Any]) -> list[Any]:
    siblings = [sibling["id"] for sibling in item["siblings"]]
    return [item["id"], round(item["score"], 4), item["relation"], item["reason"], siblings, _digest(item["excerpt"])]


def _shown(hit: dict[str, Any]) -> str:
    return f"{hit['title_html']}\n{hit['excerpt_html']}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _write() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = answers_of_sample(Path(folder))
    lines = "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in found)
    GOLDEN.write_bytes(gzip.compress(lines.encode(), mtime=0))


if __name__ == "__main__":
    _write()
