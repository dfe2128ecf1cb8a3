"""Which articles are copies of which, by their ids: what is said when they come in, and when one is shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from indexer.archive import Archive
from indexer.copies.copies import dates_of


def copied(archive: Archive, since: int = 0) -> Mapping[str, str]:
    """For each article that is a copy the one it is a copy of; of those only where either came in with a sequence
    number above `since`."""
    copies = archive.copies()
    articles = archive.store.versions(np.unique(copies.pairs).tolist())
    groups = copies.groups(dates_of(articles.items()))
    return {
        articles[seq].id: articles[of].id
        for seq, of in sorted(groups.items())
        if seq != of and max(seq, of) > since and seq in articles and of in articles
    }
