"""The FAISS store against plain numpy: the same neighbours, whatever was added, deleted, filtered, saved and read."""

import hashlib
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_fixtures import bigram_vector
from llama_index.core import StorageContext, VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters, VectorStoreQuery

from index.vectors import FaissStore

DIMENSION = 16


def unit_vectors(n: int, seed: int = 0, dimension: int = DIMENSION) -> np.ndarray:
    """``(n, dimension)`` float32 of length one."""
    made = np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def filled(n: int = 200, seed: int = 0) -> tuple[FaissStore, np.ndarray]:
    """A store of ``n`` vectors in documents d0-d9, with ids from 1000, and the vectors themselves."""
    store, vectors = FaissStore(DIMENSION), unit_vectors(n, seed)
    store.put(range(1000, 1000 + n), vectors, [f"d{i % 10}" for i in range(n)], [{"year": 2000 + i % 20, "issuer": ("札幌市", "ソウル特別市", "光州広域市")[i % 3]} for i in range(n)])
    return store, vectors


def ask(store: FaissStore, vector: np.ndarray, k: int = 10, **conditions: Any) -> list[tuple[int, float]]:
    """Ids and similarities, best first."""
    found = store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k, **conditions))
    return [(int(i), s) for i, s in zip(found.ids or [], found.similarities or [], strict=True)]


def brute_force(vectors: dict[int, np.ndarray], vector: np.ndarray, k: int) -> list[int]:
    """The ids of the greatest inner products."""
    return sorted(vectors, key=lambda i: -float(vectors[i] @ vector))[:k]


def assert_like_brute_force(store: FaissStore, vectors: dict[int, np.ndarray], seed: int = 99, k: int = 10, **conditions: Any) -> None:
    """The same ids in the same order with the same cosines."""
    for vector in unit_vectors(5, seed):
        found = ask(store, vector, k, **conditions)
        assert [i for i, _ in found] == brute_force(vectors, vector, k)
        np.testing.assert_allclose([s for _, s in found], [vectors[i] @ vector for i, _ in found], atol=1e-5)


def kept(vectors: np.ndarray, keep: Any) -> dict[int, np.ndarray]:
    """The vectors by id, of those positions that ``keep`` says."""
    return {1000 + n: v for n, v in enumerate(vectors) if keep(n)}


def test_neighbours_are_those_of_brute_force() -> None:
    store, vectors = filled()
    assert_like_brute_force(store, kept(vectors, lambda n: True))
    assert_like_brute_force(store, kept(vectors, lambda n: True), k=500)


def test_a_vector_finds_itself_with_cosine_one() -> None:
    store, vectors = filled()
    assert [ask(store, v, 1)[0][0] for v in vectors[:20]] == list(range(1000, 1020))
    assert ask(store, vectors[0], 1)[0][1] == pytest.approx(1.0, abs=1e-5)


def test_delete_takes_a_whole_document_and_nothing_else() -> None:
    store, vectors = filled()
    store.delete("d3")
    assert_like_brute_force(store, kept(vectors, lambda n: n % 10 != 3), k=200)
    assert len(store.ids) == 180
    store.delete("unknown")
    assert len(store.ids) == 180


def test_delete_nodes_takes_those_named() -> None:
    store, vectors = filled()
    store.delete_nodes(["1000", "1005", "nothing"])
    assert_like_brute_force(store, kept(vectors, lambda n: n not in (0, 5)), k=200)
    store.delete_nodes()
    assert len(store.ids) == 198


def test_delete_nodes_by_filter_and_by_both() -> None:
    store, vectors = filled()
    korea = MetadataFilters(filters=[MetadataFilter(key="issuer", value="光州広域市")])
    store.delete_nodes(["1002", "1003"], korea)  # 1002 is Gwangju's, 1003 Sapporo's
    assert_like_brute_force(store, kept(vectors, lambda n: n != 2), k=200)
    store.delete_nodes(filters=korea)
    assert_like_brute_force(store, kept(vectors, lambda n: n % 3 != 2), k=200)


def test_ids_keep_their_vectors_after_delete_and_add() -> None:
    """LlamaIndex's own FAISS stores give the wrong node back here."""
    store, vectors = filled()
    store.drop([1000, 1050, 1199])
    more = unit_vectors(3, seed=5)
    store.put([2000, 1050, 3], more, ["new"] * 3)
    expected = kept(vectors, lambda n: n not in (0, 50, 199)) | {2000: more[0], 1050: more[1], 3: more[2]}
    assert_like_brute_force(store, expected, k=300)
    np.testing.assert_array_equal(store.vectors([2000, 1050, 3, 1001]), [*more, vectors[1]])
    assert sorted(store.ids.tolist()) == sorted(expected)
    assert 1050 in store and 1000 not in store


def test_put_replaces_vectors_with_the_same_ids() -> None:
    store, vectors = filled(20)
    store.put([1004], unit_vectors(1, seed=8), ["d9"])
    assert len(store.ids) == 20
    np.testing.assert_array_equal(store.vectors([1004])[0], unit_vectors(1, seed=8)[0])
    assert [i for i, _ in ask(store, vectors[0], 20, doc_ids=["d4"])] == [1014]


def test_unknown_ids_raise() -> None:
    store, _ = filled(5)
    with pytest.raises(KeyError):
        store.vectors([1000, 77])
    assert store.vectors([]).shape == (0, DIMENSION)
    store.drop([77])
    assert len(store.ids) == 5


OPERATIONS = st.lists(st.tuples(st.sampled_from(["put", "drop", "delete"]), st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True), st.integers(0, 10_000)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(OPERATIONS)
def test_any_operations_leave_what_a_dictionary_would(operations: list[tuple[str, list[int], int]]) -> None:
    store, model, documents = FaissStore(DIMENSION), {}, {}
    for n, (kind, ids, seed) in enumerate(operations):
        if kind == "put":
            vectors = unit_vectors(len(ids), 100 * seed + n)  # no two alike, so that the order is one
            store.put(ids, vectors, [f"d{i % 4}" for i in ids])
            model |= dict(zip(ids, vectors, strict=True))
            documents |= {i: f"d{i % 4}" for i in ids}
        elif kind == "drop":
            store.drop(ids)
            model = {i: v for i, v in model.items() if i not in ids}
        else:
            store.delete(f"d{seed % 4}")
            model = {i: v for i, v in model.items() if documents[i] != f"d{seed % 4}"}
    assert sorted(store.ids.tolist()) == sorted(model)
    if model:
        np.testing.assert_array_equal(store.vectors(list(model)), list(model.values()))
    assert_like_brute_force(store, model, k=40)


def f(key: str, value: Any, operator: FilterOperator = FilterOperator.EQ) -> MetadataFilter:
    """One condition."""
    return MetadataFilter(key=key, value=value, operator=operator)


Op, Condition = FilterOperator, FilterCondition
FILTERS = [  # filters, and what they say in plain words of the year and the issuer
    ([f("issuer", "札幌市")], Condition.AND, lambda y, i: i == "札幌市"),
    ([f("issuer", "札幌市", Op.NE)], Condition.AND, lambda y, i: i != "札幌市"),
    ([f("issuer", ["札幌市", "光州広域市"], Op.IN)], Condition.AND, lambda y, i: i in ("札幌市", "光州広域市")),
    ([f("issuer", ["札幌市"], Op.NIN)], Condition.AND, lambda y, i: i != "札幌市"),
    ([f("year", 2010, Op.GTE)], Condition.AND, lambda y, i: y >= 2010),
    ([f("year", 2010, Op.GT), f("year", 2015, Op.LTE)], Condition.AND, lambda y, i: 2010 < y <= 2015),
    ([f("year", 2005, Op.LT), f("issuer", "札幌市")], Condition.OR, lambda y, i: y < 2005 or i == "札幌市"),
    ([f("year", 2005, Op.LT), f("issuer", "札幌市")], Condition.NOT, lambda y, i: not (y < 2005 or i == "札幌市")),
    ([f("issuer", "特別市", Op.CONTAINS)], Condition.AND, lambda y, i: "特別市" in i),
    ([f("missing", "x")], Condition.AND, lambda y, i: False),
]


@pytest.mark.parametrize("case", range(len(FILTERS)))
def test_filters_leave_what_their_words_say(case: int) -> None:
    store, vectors = filled()
    filters, condition, said = FILTERS[case]
    expected = kept(vectors, lambda n: said(2000 + n % 20, ("札幌市", "ソウル特別市", "光州広域市")[n % 3]))
    assert_like_brute_force(store, expected, k=200, filters=MetadataFilters(filters=filters, condition=condition))


def test_filters_nest() -> None:
    store, vectors = filled()
    late = MetadataFilters(filters=[f("year", 2018, Op.GTE), f("year", 2001, Op.LTE)], condition=Condition.OR)
    both = MetadataFilters(filters=[late, f("issuer", "札幌市")])
    assert_like_brute_force(store, kept(vectors, lambda n: (n % 20 >= 18 or n % 20 <= 1) and n % 3 == 0), k=200, filters=both)


def test_documents_nodes_and_filters_hold_together() -> None:
    store, vectors = filled()
    expected = kept(vectors, lambda n: n % 10 in (1, 2) and n < 100 and n % 3 == 0)
    filters = MetadataFilters(filters=[f("issuer", "札幌市")])
    assert_like_brute_force(store, expected, k=200, doc_ids=["d1", "d2"], node_ids=[str(1000 + n) for n in range(100)], filters=filters)


def test_an_operator_that_the_store_lacks_is_refused() -> None:
    store, vectors = filled(5)
    with pytest.raises(ValueError, match="no operator"):
        ask(store, vectors[0], filters=MetadataFilters(filters=[f("issuer", "札", Op.TEXT_MATCH)]))


def test_an_empty_store_and_an_empty_choice_find_nothing() -> None:
    assert ask(FaissStore(DIMENSION), unit_vectors(1)[0]) == []
    store, vectors = filled(5)
    assert ask(store, vectors[0], doc_ids=[]) == [] and ask(store, vectors[0], node_ids=[]) == []
    store.clear()
    assert len(store.ids) == 0 and ask(store, vectors[0]) == []
    with pytest.raises(ValueError, match="query embedding"):
        store.query(VectorStoreQuery(query_str="x"))


def test_what_was_saved_is_read_back(tmp_path: Path) -> None:
    store, vectors = filled()
    store.drop([1001])
    store.generation = 42
    store.persist(str(tmp_path / "new" / "vectors.faiss"))
    read = FaissStore.load(tmp_path / "new" / "vectors.faiss")
    assert (read.generation, read.dimension) == (42, DIMENSION)
    assert_like_brute_force(read, kept(vectors, lambda n: n != 1), k=200)
    assert_like_brute_force(read, kept(vectors, lambda n: n % 10 == 4), k=200, doc_ids=["d4"])
    assert_like_brute_force(read, kept(vectors, lambda n: n % 20 >= 10 and n != 1), k=200, filters=MetadataFilters(filters=[f("year", 2010, Op.GTE)]))
    read.delete("d4")
    assert len(read.ids) == 179
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["vectors.faiss"]


def test_an_empty_store_is_saved_too(tmp_path: Path) -> None:
    FaissStore(DIMENSION, generation=3).persist(str(tmp_path / "v"))
    read = FaissStore.load(tmp_path / "v")
    assert (read.generation, len(read.ids)) == (3, 0)
    read.put([1], unit_vectors(1), ["d"])
    assert len(read.ids) == 1


def test_a_cut_file_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    filled(30)[0].persist(str(tmp_path / "v"))
    data = (tmp_path / "v").read_bytes()
    for size in [*range(0, 60), *range(60, len(data), 97), len(data) - 1]:
        (tmp_path / "v").write_bytes(data[:size])
        with pytest.raises(ValueError):  # noqa: PT011 - any ValueError: the caller makes the store anew
            FaissStore.load(tmp_path / "v")


def test_a_file_with_a_flipped_bit_is_refused_wherever_it_is(tmp_path: Path) -> None:
    filled(30)[0].persist(str(tmp_path / "v"))
    data = (tmp_path / "v").read_bytes()
    for at, bit in product([*range(0, 48), *range(48, len(data), 131), len(data) - 1], (0, 7)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << bit
        (tmp_path / "v").write_bytes(damaged)
        with pytest.raises(ValueError):  # noqa: PT011
            FaissStore.load(tmp_path / "v")


class BigramEmbedding(BaseEmbedding):
    """LlamaIndex's interface over vectors that can be computed by hand."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return bigram_vector(text).tolist()

    def _get_query_embedding(self, query: str) -> list[float]:
        return bigram_vector(query).tolist()

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


TEXTS = {"a-1": "札幌市は交流施設を開設した。", "a-2": "公共 Wi-Fi は市内バスにある。", "b-1": "光州市は人工知能の企業を誘致した。", "b-2": "ソウル市は創業保育空間を支援する。"}


def nodes() -> list[TextNode]:
    """Four nodes of two documents."""
    return [TextNode(id_=i, text=t, metadata={"document": i[0], "size": len(t)}, relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=i[0])}, excluded_embed_metadata_keys=["document", "size"]) for i, t in TEXTS.items()]


def test_it_takes_the_place_of_llamaindex_own_store() -> None:
    store = FaissStore(64)
    index = VectorStoreIndex(nodes(), storage_context=StorageContext.from_defaults(vector_store=store), embed_model=BigramEmbedding())
    for id_, text in TEXTS.items():
        best, *_ = index.as_retriever(similarity_top_k=2).retrieve(text)
        assert (best.node.node_id, best.node.get_content()) == (id_, text)
        assert best.score == pytest.approx(1.0, abs=1e-5)
    index.delete_ref_doc("a", delete_from_docstore=True)
    assert {n.node.node_id for n in index.as_retriever(similarity_top_k=4).retrieve("札幌市は交流施設を開設した。")} == {"b-1", "b-2"}
    index.insert_nodes(nodes()[:1])
    assert index.as_retriever(similarity_top_k=1).retrieve("札幌市の交流施設")[0].node.node_id == "a-1"
    only_b = MetadataFilters(filters=[f("document", "b")])
    assert {n.node.node_id for n in index.as_retriever(similarity_top_k=4, filters=only_b).retrieve("札幌市の交流施設")} == {"b-1", "b-2"}


def test_nodes_with_embeddings_are_added_queried_and_saved(tmp_path: Path) -> None:
    store = FaissStore(64)
    made = nodes()
    for node in made:
        node.embedding = bigram_vector(node.text).tolist()
    assert store.add(made) == list(TEXTS)
    store.persist(str(tmp_path / "v"))
    read = FaissStore.load(tmp_path / "v")
    found = read.query(VectorStoreQuery(query_embedding=bigram_vector(TEXTS["b-1"]).tolist(), similarity_top_k=1))
    assert found.ids == ["b-1"]
    read.delete_nodes(["b-1"])
    assert read.query(VectorStoreQuery(query_embedding=bigram_vector(TEXTS["b-1"]).tolist(), similarity_top_k=4)).ids != ["b-1"]
    assert read.add([]) == []


def test_a_node_id_has_the_same_number_in_every_process() -> None:
    """Worked out once: the first 8 bytes of BLAKE2b of the id, without the sign bit."""
    store = FaissStore(64)
    node = nodes()[0]
    node.embedding = bigram_vector(node.text).tolist()
    store.add([node])
    assert store.ids.tolist() == [int.from_bytes(hashlib.blake2b(b"a-1", digest_size=8).digest(), "big") >> 1]
