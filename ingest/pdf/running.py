"""What stands on page after page at the edge: page numbers and running heads."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document import Omission, normalize
from ingest.pdf.printed import PrintedLine, PrintedPage

EDGE = 0.1  # of the page's height, at the top and at the bottom
PAGE_NUMBER = re.compile(r"(\D{0,20}?)(\d{1,4})(?:/\d{1,4})?(\D{0,20})")
BARE_NUMBER = re.compile(r"[-–—‐ー−(]?(\d{1,4})[-–—‐ー−)]?")
SEVERAL = 3  # pages; what stands on two may be a coincidence
DENSE = 0.5  # of the pages from the first to the last: left and right pages may differ; what stands here and there says something of its page
LARGE = 1.2  # of the page's body size: a heading, which may well stand on several pages


@dataclass(frozen=True, slots=True)
class Kept:
    """A page without its number and its repeated running heads, and these with what nobody sees."""

    page: PrintedPage
    left_out: tuple[Omission, ...]


def without_running(pages: Sequence[PrintedPage]) -> list[Kept]:
    """The pages without page numbers, and without running heads but for the first page where each stands."""
    numbers = _page_numbers(pages)
    heads = _repeated_heads(pages)
    made = []
    for page in pages:
        reasons = {i: "page_number" if (page.number, i) in numbers else "running_head" for i in range(len(page.lines)) if (page.number, i) in numbers | heads}
        left_out = (*(Omission(page.lines[i].text, reason) for i, reason in reasons.items()), *(Omission(text, "unseen") for text in page.unseen))
        made.append(Kept(replace(page, lines=tuple(line for i, line in enumerate(page.lines) if i not in reasons)), left_out))
    return made


def _edges(page: PrintedPage) -> Iterator[tuple[int, PrintedLine]]:
    """The lines at the top and bottom, with their place in the page."""
    for i, line in enumerate(page.lines):
        if not line.table and (line.bottom > (1 - EDGE) * page.height or line.top < EDGE * page.height):
            yield i, line


def _page_numbers(pages: Sequence[PrintedPage]) -> set[tuple[int, int]]:
    """Page and place of lines whose number runs with the pages: the same words, and the same distance to the page's place in the file."""
    found: dict[tuple[str, str, int], list[tuple[int, int]]] = defaultdict(list)
    sure: set[tuple[int, int]] = set()
    for page in pages:
        for i, line in _edges(page):
            text = normalize(line.text)
            match = PAGE_NUMBER.fullmatch(text)
            if match:
                found[match.group(1), match.group(3), int(match.group(2)) - page.number].append((page.number, i))
            bare = BARE_NUMBER.fullmatch(text)
            if bare and int(bare.group(1)) == page.number:
                sure.add((page.number, i))
    return sure.union(*(places for places in found.values() if len({number for number, _ in places}) >= SEVERAL))


def _repeated_heads(pages: Sequence[PrintedPage]) -> set[tuple[int, int]]:
    """Page and place of running heads where they have stood before."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for page in pages:
        for i, line in _edges(page):
            if line.size < LARGE * page.body_size:
                found[normalize(line.text)].append((page.number, i))
    return {place for places in found.values() if _runs([number for number, _ in places]) for place in places[1:]}


def _runs(numbers: Sequence[int]) -> bool:
    """Whether something stands on most of the pages from its first to its last."""
    return len(set(numbers)) >= max(SEVERAL, DENSE * (numbers[-1] - numbers[0] + 1))
