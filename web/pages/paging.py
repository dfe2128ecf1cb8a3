"""Pages of results: which there are and which of them to offer."""

from __future__ import annotations

from web.http.params import MAX_OFFSET

PAGE_SIZE = 10
MAX_PAGES = MAX_OFFSET // PAGE_SIZE + 1


def page_count(total: int) -> int:
    """The number of pages that `total` results fill and that may be asked for."""
    return min(-(-total // PAGE_SIZE), MAX_PAGES)


def page_links(page: int, pages: int) -> list[int | None]:
    """The pages to link to: the first, the last and those around `page`, with None for a gap.

    >>> page_links(6, 20)
    [1, None, 5, 6, 7, None, 20]
    """
    numbers = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    links: list[int | None] = []
    for number in numbers:
        before = links[-1] if links else None
        if before is not None and number - before == 2:
            links.append(number - 1)  # a gap of one page takes no less room than the page
        elif before is not None and number - before > 2:
            links.append(None)
        links.append(number)
    return links
