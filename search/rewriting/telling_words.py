"""Stop words of another language than that of most articles, which say that an article in it is looked for.

"das" is no stop word of English, and an English article on "Das Kapital" has it as a word, a rare one. In "das Hotel"
it says that an article in German is meant, and is no word to look for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indexer.text.analyzer import query_terms
from indexer.text.words import word_forms
from search.query.leaves import text_terms
from search.query.parser import ParsedQuery
from search.query.tree import And, Node, Or, Term
from search.query.typed_words import word
from search.ranking.writing_languages import languages_of, writing
from search.reader.index import Index
from search.rewriting.named_values import is_anywhere

_MOST_WORDS = 8  # of a query; a longer one says by itself what is looked for


def without_telling_words(index: Index, query: ParsedQuery) -> ParsedQuery:
    """Plain words without the stop words of one language that others only have in quotations: where no article in these
    has them beside the other words, and one in that language has the others. The query itself where there are none."""
    languages = index.languages()
    if len(languages) == 1 or not query.is_plain or not isinstance(query.tree, Or) or not index.forms.complete:
        return query
    forms = list(dict.fromkeys(word_forms(query.text)))
    if not 1 < len(forms) <= _MOST_WORDS:
        return query
    wanted = text_terms(query.tree, query.schema)
    nodes = {form: of[0] for form in forms if (of := word(form, languages)) and of[0].text in wanted}
    telling = [form for form in nodes if _may_tell(index, form)]
    others = tuple([node for form, node in nodes.items() if form not in telling])
    telling = [form for form in telling if others and _tells(index, form, nodes[form], others)]
    if not telling:
        return query
    gone = {term for form in telling for term in query_terms(form, languages)}
    return replace(query, tree=_without(query.tree, gone))


def _may_tell(index: Index, form: str) -> bool:
    of = writing(index, form)
    return bool(of.stop) and of.stop | of.quoting == of.terms.keys()


def _tells(index: Index, form: str, node: Term, others: tuple[Term, ...]) -> bool:
    """Whether a word says which language is meant beside others: where it is no stop word it stands beside none of
    them, and where it is one articles have these."""
    of = writing(index, form)
    if of.quoting and is_anywhere(index, And((node, Or(others)))):
        return False
    meant = [place for place, code in enumerate(index.languages()) if code in of.stop]
    allowed = np.isin(languages_of(index), meant) & index.live()
    tree = And(others) if len(others) > 1 else others[0]
    return len(index.match(ParsedQuery("", tree, True, (), index.schema), allowed, [])) > 0


def _without(tree: Or, gone: set[str]) -> Node:
    """A tree of plain words without those of some terms."""
    parts = tuple(
        [part for part in tree.parts if not (isinstance(part, Term) and gone.issuperset((part.text, *part.also)))]
    )
    return replace(tree, parts=parts) if len(parts) > 1 else parts[0]
