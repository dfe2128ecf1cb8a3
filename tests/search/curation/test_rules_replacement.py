"""The rules as a whole, as strangers and the desk send them: no more of them than a service can keep."""

from __future__ import annotations

import pytest

from search.curation import rules_replacement
from search.curation.rules_replacement import RulesRefusedError, checked


@pytest.mark.parametrize("entry", ["- hide: n{}\n", "- n{}\n", "- {{hide: n{}}}\n", "- [n{}]\n"])
def test_a_text_has_a_bounded_number_of_entries(monkeypatch: pytest.MonkeyPatch, entry: str) -> None:
    monkeypatch.setattr(rules_replacement, "MAX_ENTRIES", 1000)
    with pytest.raises(RulesRefusedError, match="more than 1,000 rules, the most there may be"):
        checked("".join(entry.format(number) for number in range(1001)))


def test_a_text_and_objects_may_have_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_replacement, "MAX_ENTRIES", 3)
    for most in (3, 4):
        objects = [{"hide": f"n{number}", "query": "moon"} for number in range(most)]
        text = "".join(f"- hide: n{number}\n  query: moon\n" for number in range(most))
        for entries in (objects, text):
            if most == 3:
                assert len(checked(entries)[1].rules) == 3
            else:
                with pytest.raises(RulesRefusedError, match="more than 3 rules"):
                    checked(entries)
