"""Forward index, candidates and features, against slow and obvious computations."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from indexer.article.article import Article
from indexer.segment.columns import NO_DATE
from indexer.text.analyzer import analyzer_for
from indexer.vectors.lsa import unit
from recommender.corpus import terms
from recommender.corpus.terms import REPEATED, hash_terms
from recommender.local import forward_index
from recommender.local.corpus import LocalCorpus
from recommender.ranking import candidates
from recommender.ranking.features import DAY, distance, features, older, overlap, timeliness
from recommender.ranking.mmr import mmr
from recommender.related import Recommender
from recommender.request import profile
from recommender.request.seeds import ArticleSeed
from tests.opening import recommending
from tests.recommender.archives import article, several

Make = Callable[[Iterable[Article]], Recommender]


def corpus_of(recommender: Recommender) -> LocalCorpus:
    return recommender.corpus()


def slow_cosines(articles: list[Article], source: int) -> dict[str, float]:
    """The cosines of whole tf-idf vectors, term by term."""
    analyzer = analyzer_for("en")
    counts = [Counter(analyzer.terms(a.body)) + Counter(analyzer.terms(a.title) * 2) for a in articles]
    df = Counter(term for count in counts for term in count)
    vectors = []
    for count in counts:
        weights = {
            term: (1 + math.log(tf)) * math.log(1 + (len(articles) - df[term] + 0.5) / (df[term] + 0.5))
            for term, tf in count.items()
        }
        length = math.sqrt(sum(w * w for w in weights.values()))
        vectors.append({term: w / length for term, w in weights.items()})
    own = vectors[source]
    return {
        a.id: sum(w * own.get(term, 0) for term, w in vector.items())
        for a, vector in zip(articles, vectors, strict=True)
    }


def test_the_tfidf_cosine_is_that_of_the_formula(recommender_of: Make) -> None:
    articles = several(6)
    corpus = corpus_of(recommender_of(articles))
    found = candidates.find(corpus, profile.of_doc(corpus, 3))
    expected = slow_cosines(articles, 3)
    ids = [corpus.article_id(doc) for doc in found.docs.tolist()]
    assert found.tfidf == pytest.approx([expected[one] for one in ids], abs=2e-3)
    assert articles[3].id not in ids


def test_a_draft_has_the_profile_that_it_would_have_in_the_archive(recommender_of: Make) -> None:
    articles = several()
    corpus = corpus_of(recommender_of(articles))
    stored, draft = profile.of_doc(corpus, 5), profile.of_article(corpus, articles[5])
    order, other = np.argsort(stored.terms.hashes), np.argsort(draft.terms.hashes)
    assert np.array_equal(stored.terms.hashes[order], draft.terms.hashes[other])
    assert draft.terms.weights[other] == pytest.approx(stored.terms.weights[order], abs=1e-3)
    assert np.array_equal(stored.terms.flags[order], draft.terms.flags[other])
    assert draft.date == stored.date
    assert dict(draft.keywords) == dict(stored.keywords)


def test_what_the_archive_does_not_know_of_a_draft_takes_it_away_from_everything(recommender_of: Make) -> None:
    articles = several()
    corpus = corpus_of(recommender_of(articles))
    whole = profile.of_article(corpus, articles[5])
    foreign = " ".join(f"unbekannt{chr(97 + n)}" for n in range(40))
    mixed = profile.of_article(corpus, replace(articles[5], id="mixed", body=f"{articles[5].body} {foreign}"))
    assert np.linalg.norm(whole.vectors["lsa"]) == pytest.approx(1, abs=1e-5)
    assert 0.2 < np.linalg.norm(mixed.vectors["lsa"]) < 0.8
    assert unit(mixed.vectors["lsa"]) == pytest.approx(whole.vectors["lsa"], abs=1e-4)


def test_candidates_picked_by_words_contain_the_best(recommender_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(recommender_of(several(40)))
    own = profile.of_doc(corpus, 7)
    whole = candidates.find(corpus, own)
    monkeypatch.setattr(candidates, "SCORED_WHOLE", 0)
    monkeypatch.setattr(candidates, "CANDIDATES", 20)
    picked = candidates.find(corpus, own)
    assert len(picked.docs) == 20
    assert set(whole.docs[np.argsort(-whole.tfidf)[:10]]) <= set(picked.docs)
    places = np.searchsorted(whole.docs, picked.docs)
    assert picked.tfidf == pytest.approx(whole.tfidf[places], abs=1e-6)
    assert picked.lead == pytest.approx(whole.lead[places], abs=1e-6)


def test_the_forward_index_is_kept_and_read_again(recommender_of: Make) -> None:
    recommender = recommender_of(several())
    recommender.prepare()
    corpus = corpus_of(recommender)
    part = corpus._parts[0]
    kept = forward_index.load(recommender.engine.folder.related, part.segment, corpus.num_docs)
    assert kept is not None
    assert np.array_equal(kept.entries, part.forward.entries)
    grown = forward_index.load(recommender.engine.folder.related, part.segment, corpus.num_docs * 2)
    assert grown is None


@pytest.mark.parametrize("damage", ["[]", "", json.dumps({"version": 0}), "{"])
def test_a_damaged_forward_index_is_made_again(recommender_of: Make, damage: str) -> None:
    recommender = recommender_of(several())
    expected = recommender.related(ArticleSeed("chess-1")).related
    recommender.prepare()
    (about,) = (recommender.engine.folder.related).glob("*/about.json")
    about.write_text(damage)
    assert recommending(recommender.engine).related(ArticleSeed("chess-1")).related == expected


@pytest.mark.parametrize("written_by", ["other multipliers", "a version that kept none"])
def test_a_forward_index_of_other_multipliers_is_made_again(
    recommender_of: Make, monkeypatch: pytest.MonkeyPatch, written_by: str
) -> None:
    """Another version of numpy may draw other multipliers, and hashes made with different ones never meet."""
    recommender = recommender_of(several())
    engine, root = recommender.engine, recommender.engine.folder.related
    expected = recommender.related(ArticleSeed("chess-1")).related
    assert expected
    (segment,) = engine.index().snapshot.segments
    with monkeypatch.context() as patch:
        patch.setattr(terms, "_MULTIPLIERS", terms._MULTIPLIERS[::-1].copy())
        recommending(engine).prepare()
        assert forward_index.load(root, segment, segment.max_doc) is not None
    about = root / segment.entry.name / "about.json"
    if written_by == "a version that kept none":
        record = json.loads(about.read_text())
        record.pop("multipliers", None)
        about.write_text(json.dumps(record))
    assert forward_index.load(root, segment, segment.max_doc) is None
    assert recommending(engine).related(ArticleSeed("chess-1")).related == expected
    recommending(engine).prepare()
    kept = forward_index.load(root, segment, segment.max_doc)
    assert kept is not None
    assert kept.hashes[0] == hash_terms([segment.term(0)])[0]


def test_term_hashes_differ_and_do_not_depend_on_the_company() -> None:
    terms = [f"term{number}".encode() for number in range(5000)] + [b"", "\u6708".encode(), b"x" * 1000]
    hashes = hash_terms(terms)
    assert len(set(hashes.tolist())) == len(terms)
    assert hash_terms(terms[17:18])[0] == hashes[17]


def test_the_archive_is_told_its_background_and_the_day_its_news() -> None:
    day = 1000 * DAY
    others = np.array([day - 400 * DAY, day - 2 * DAY, day + DAY, NO_DATE])
    archived = timeliness(day, others, newest=day + 100 * DAY)
    assert archived.tolist() == [0, 0, archived[2], 0]
    assert -0.05 < archived[2] < 0  # a day's difference hardly counts, a year's in full
    assert timeliness(day, np.array([day + 400 * DAY]), newest=day + 500 * DAY)[0] < -0.99
    today = timeliness(day, others, newest=day + DAY)
    assert today[2] == 0 > today[1] > -0.1 > today[0] > -1.01
    assert today[3] == 0
    assert timeliness(NO_DATE, others, newest=day).tolist() == [0, 0, 0, 0]
    assert older(day, others).tolist() == [1, 1, -1, 0]
    assert np.isfinite(distance(day, others)).all()


def test_overlap_is_the_share_of_all_values_of_the_two(recommender_of: Make) -> None:
    tagged = [article("chess", n, tags=tags) for n, tags in enumerate([("a", "b"), ("B",), ("c",), (), ("a", "b")])]
    corpus = corpus_of(recommender_of(tagged))
    assert overlap(corpus, "tag", ("A", "b"), np.arange(5)).tolist() == [1, 0.5, 0, 0, 1]
    assert overlap(corpus, "tag", (), np.arange(5)).tolist() == [0] * 5


def test_features_are_finite_and_bounded(recommender_of: Make) -> None:
    corpus = corpus_of(recommender_of([*several(), Article(id="bare", title="?", body="")]))
    for doc in range(corpus.max_doc):
        own = profile.of_doc(corpus, doc)
        known = features(corpus, own, candidates.find(corpus, own))
        assert np.isfinite(known.values).all()
        for name in ("tfidf", "title", "lead", "tags", "authors", "section", "site"):
            assert ((known.column(name) >= 0) & (known.column(name) <= 1.001)).all(), name


def test_mmr_puts_what_repeats_the_best_behind_what_adds_to_it() -> None:
    scores = np.array([0.9, 0.85, 0.6], np.float32)
    similarity = np.array([[1, 0.95, 0], [0.95, 1, 0], [0, 0, 1]], np.float32)
    assert mmr(scores, similarity, 0) == [0, 1, 2]
    assert mmr(scores, similarity, 0.5) == [0, 2, 1]


def test_the_rows_of_some_articles_come_one_after_the_other(recommender_of: Make) -> None:
    rows = corpus_of(recommender_of(several()))._parts[0].forward
    for docs in ([5, 2, 9], [7], list(range(len(rows.start) - 1))):
        entries, counts = rows.rows(np.array(docs))
        assert counts.tolist() == [len(rows.row(doc)) for doc in docs]
        assert np.array_equal(entries, np.concatenate([rows.row(doc) for doc in docs]))


def test_terms_are_found_by_their_hashes(recommender_of: Make) -> None:
    corpus = corpus_of(recommender_of(several()))
    own = profile.of_doc(corpus, 5)
    found = corpus.term_strings(own.terms.hashes)
    assert np.array_equal(hash_terms([term.encode() for term in found]), own.terms.hashes)
    assert corpus.term_strings(hash_terms([b"nobodywrites"])) == [""]


def test_a_word_is_marked_as_repeated_if_it_stands_there_twice(recommender_of: Make) -> None:
    articles = [*several(), Article(id="twice", title="Comet", body="The comet shone. A rocket flew past Neptune.")]
    corpus = corpus_of(recommender_of(articles))
    own = profile.of_doc(corpus, corpus.max_doc - 1)
    found = corpus.term_strings(own.terms.hashes)
    repeated = {term for term, flags in zip(found, own.terms.flags, strict=True) if flags & REPEATED}
    assert repeated == {"comet"}


def test_the_languages_of_articles_are_those_that_they_name(recommender_of: Make) -> None:
    articles = [replace(one, language=("", "fr", "de")[n % 3]) for n, one in enumerate(several())]
    corpus = corpus_of(recommender_of(articles))
    languages = corpus.languages_of(np.arange(corpus.max_doc))
    by_id = {one.id: one.language or corpus.language for one in articles}
    assert languages == [by_id[corpus.article_id(doc)] for doc in range(corpus.max_doc)]
