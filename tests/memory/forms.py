"""The words of articles in memory as they are written, see `search.reader.forms`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from indexer.text.analyzer import analyzer_for
from indexer.text.words import folded
from search.reader.forms import Form, Vocabulary
from tests.memory.document import Document


class MemoryForms:
    """The forms of some documents, all of them live."""

    complete = True

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    @cached_property
    def _forms(self) -> list[Form]:
        counts: Counter[tuple[str, str]] = Counter()
        for document in self._documents:
            for written, count in document.forms.items():
                counts[written, document.language] += count
        forms = [
            Form(written, folded(written), analyzer_for(language).terms_of_words([written])[0], language, count)
            for (written, language), count in counts.items()
        ]
        return sorted(forms, key=lambda form: (form.key, form.written, form.language))

    def with_prefix(self, prefix: str) -> Iterator[Form]:
        return (form for form in self._forms if form.key.startswith(folded(prefix)))

    def spelled(self, word: str) -> Sequence[Form]:
        return [form for form in self._forms if form.key == folded(word)]

    def of_term(self, term: str) -> Sequence[Form]:
        return sorted((form for form in self._forms if term and form.term == term), key=lambda form: -form.count)

    def vocabulary(self) -> Vocabulary:
        counts: Counter[str] = Counter()
        for form in self._forms:
            counts[form.key] += form.count
        return Vocabulary.of(counts)
