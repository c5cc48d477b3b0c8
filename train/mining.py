"""Hard negatives: passages that Shirabe's own word search finds for a question and that don't hold its answer."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from index.word_index import WordIndex
from ingest.chunking import Chunk
from ingest.document import normalize
from ingest.words import terms
from train.examples import Collection

DEPTH = 12


def hard_negatives(collection: Collection, chosen: Sequence[int]) -> dict[int, list[int]]:
    """For each chosen example the passages that share its words, without its own and without any that holds the answer's text.

    Only the word leg mines: the dense leg would cost a quarter of an hour on two cores, and its near
    passages (of the same article) are mostly found by their words too.
    """
    passages = collection.passages
    folded = [normalize(p.text) for p in passages]
    with tempfile.TemporaryDirectory() as folder:
        index = WordIndex(Path(folder) / "words")
        index.update({i: Chunk(str(i), 0, len(p.text), p.text, (), None, p.context) for i, p in enumerate(passages)}, [], 1)
        found = {}
        for n in tqdm(chosen, desc="hard negatives"):
            example = collection.examples[n]
            answer = normalize(passages[example.passage].text[slice(*example.answer)]) if example.answer else None
            near = index.search(terms(example.question), DEPTH)
            found[n] = [i for i in near if i != example.passage and not (answer and answer in folded[i])]
    return found
