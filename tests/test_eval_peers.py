"""Stock pipelines beside Shirabe: offsets, fusion and the table always; the pipelines themselves where their packages are."""

import re
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from eval.gold import Question, Span
from eval.peers.peers import PIPELINES, System, all_peers, ask, run_peers, told
from eval.peers.pipeline import DEPTH, Index, chunk_at, fuse_ranks, known_of, locate
from eval.peers.table import COLUMNS, table, width
from index.embedder import load_embedder, unit
from ingest.chunking import Chunk
from ingest.document import Document, DocumentDate
from ingest.errors import ShirabeError
from ingest.settings import Settings

HAVE = all(find_spec(name) for name in ("langchain_classic", "langchain_community", "txtai", "bm25s", "llama_index.retrievers"))
needs_peers = pytest.mark.skipif(not HAVE, reason="the packages of the dependency group `peers` aren't installed (`make peers` makes an environment with them)")
TEXT = "第1 電気自動車\n\n補助金は  1台あたり1,200万ウォンである。申請は3月2日から受け付ける。\n\n第2 公園\n\n公園は5月に開く。"


def document(id_: str = "d1", text: str = TEXT) -> Document:
    return Document(id_, "補助金のお知らせ", "ソウル市", "press_release", "ja", DocumentDate("2018-03", "stated"), "f.txt", text, (), (), ())


def names(lines: list[str]) -> set[str]:
    found = [re.match(r"[\w.-]+", line) for line in lines if not line.startswith(("#", " "))]
    return {match.group().lower().replace("_", "-") for match in found if match}


def test_a_chunk_is_the_span_that_it_says_it_is() -> None:
    chunk = chunk_at(document(), 3, "電気自動車", "題名")
    assert (chunk.start, chunk.end, chunk.text, chunk.context) == (3, 8, "電気自動車", "題名")
    assert TEXT[chunk.start : chunk.end] == chunk.text


@pytest.mark.parametrize("start", [-1, 5, 10_000])
def test_a_chunk_that_stands_elsewhere_is_refused(start: int) -> None:
    with pytest.raises(ValueError, match="doesn't stand"):
        chunk_at(document(), start, "電気自動車")


def test_pieces_are_located_in_order_though_blanks_were_made_one() -> None:
    pieces = ["第1 電気自動車", "補助金は 1台あたり1,200万ウォンである。申請は3月2日から受け付ける。", "公園", "公園は5月に開く。"]
    chunks = list(locate(document(), pieces))
    assert [TEXT[c.start : c.end] for c in chunks] == [c.text for c in chunks]
    assert chunks[1].text.startswith("補助金は  1台")
    assert chunks[2].end <= chunks[3].start


def test_a_piece_that_is_not_in_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="isn't in the text"):
        list(locate(document(), ["公園", "電気自動車"]))


def test_reciprocal_ranks_by_hand() -> None:
    # 1: 1/61 + 1/62 = .03252; 2: 1/62 + 1/61 = the same, later; 3: 1/63 = .01587; 4: 1/63 in the other
    assert fuse_ranks([[1, 2, 3], [2, 1, 4]]) == [1, 2, 3, 4]
    assert fuse_ranks([[7], [8, 7]]) == [7, 8]  # 1/61 + 1/62 against 1/61
    assert fuse_ranks([[], []]) == []


def test_only_what_is_known_is_metadata() -> None:
    assert known_of(document()) == {"title": "補助金のお知らせ", "issuer": "ソウル市", "date": "2018-03"}


def found_at(ranks: list[int | None]) -> System:
    """A system that finds the evidence of each question at these ranks, in chunks of 100 characters."""
    places = [[Span("d", 0, 10)]]
    asked = [(Question(str(n), "質問"), places) for n in range(len(ranks))]
    queue = iter(ranks)

    def search(_: str) -> list[Chunk]:
        rank = next(queue)
        return [Chunk("d", 0 if n == rank else 1000, 100 if n == rank else 1100, "", (), None, "") for n in range(1, 11)]

    return System("仕組み", {"chunk_size": 100}, ("numpy",), 1.5, [100, 100, 120], ask("仕組み", search, asked))


def test_what_is_told_of_a_system() -> None:
    said = told(found_at([2, None, 1, 4]), found_at([1, 1, 1, 1]))
    assert said["scores"]["evidence@1"] == pytest.approx(0.25)
    assert said["scores"]["evidence@3"] == pytest.approx(0.5)
    assert said["scores"]["mrr@10"] == pytest.approx((1 / 2 + 0 + 1 + 1 / 4) / 4)
    assert said["ahead"]["evidence@1"] == pytest.approx(0.75)
    assert said["p"]["evidence@1"] == pytest.approx(0.25)  # 3 differences of one sign: 2 of 8 signs are as far from 0
    assert said["settings"]["chunk_characters_p50"] == 100
    assert said["versions"] == {"numpy": np.__version__}
    low, high = said["intervals"]["evidence@1"]
    assert 0 <= low <= 0.25 <= high <= 1


def test_characters_count_from_the_first_passage() -> None:
    said = told(found_at([10, 10]), found_at([1, 1]))
    assert said["scores"]["evidence_in_1000_chars"] == 1.0  # nine passages of 100, and 10 of the tenth
    assert said["scores"]["evidence@5"] == 0.0


def test_follow_ups_are_made_to_stand_alone() -> None:
    heard: list[str] = []
    asked = [(Question("1", "それはいつですか", history=({"question": "公園の工事はどこですか", "answer": "…"},)), [])]
    ask("仕組み", lambda query: heard.append(query) or [], asked)
    assert "公園の工事" in heard[0] and "いつ" in heard[0]


def test_the_table_is_aligned_and_marks_what_is_significant() -> None:
    ours, peer = found_at([1] * 20), found_at([1] + [None] * 19)
    run = {"set": "report", "questions": 20, "systems": [told(ours, ours), told(peer, ours)]}
    lines = table(run).splitlines()
    assert len({width(line) for line in lines[1:4]}) == 1
    assert "1.000 " in lines[2] and "*" not in lines[2]
    assert lines[3].count("*") == len(COLUMNS)


def test_a_missing_package_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.peers.peers.PIPELINES", ("no_such_framework",))
    with pytest.raises(ShirabeError, match=r"no_such_framework.*make peers"):
        all_peers()


def test_the_lock_of_the_peers_leaves_shirabes_versions_alone() -> None:
    ours, theirs = (names(Path(f).read_text("utf-8").splitlines()) for f in ("requirements.lock", "requirements-peers.lock"))
    assert not ours & theirs
    group = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["dependency-groups"]["peers"]
    assert names(group) <= theirs | ours


class CountingModel:
    """Vectors of how often each of 64 characters stands in a text: alike texts are near, and what came is kept."""

    def __init__(self) -> None:
        self.came: list[str] = []

    def encode(self, texts: list[str], **_: object) -> np.ndarray:
        self.came += texts
        return np.array([np.bincount([ord(c) % 64 for c in text], minlength=64) for text in texts], np.float32)


class CountingEmbedder:
    """An embedder in the shape of Shirabe's, by counting characters."""

    name, dimension, query_prefix, passage_prefix = "counting", 64, "query: ", "passage: "

    def __init__(self) -> None:
        self.model = CountingModel()

    def encode_query(self, text: str) -> np.ndarray:
        return unit(self.model.encode([self.query_prefix + text]))[0]

    def encode_passages(self, texts: list[str], spans: list[list[tuple[int, int]]]) -> tuple[np.ndarray, list[np.ndarray]]:
        return unit(self.model.encode([self.passage_prefix + text for text in texts])), [np.empty((0, 64)) for _ in spans]


LONG = "\n\n".join(f"第{n}項 {place}では、{n}月{n}日に{thing}の工事を始める。担当は{place}の{thing}課である。" * 4 for n, (place, thing) in enumerate(zip("東西南北上下", ["道路", "水道", "公園", "橋梁", "学校", "病院"], strict=True), 1))


@needs_peers
@pytest.mark.parametrize("module", PIPELINES)
def test_every_pipeline_ranks_spans_of_the_documents(module: str) -> None:
    documents = [document(), document("d2", LONG)]
    held = {d.id: d.text for d in documents}
    for peer in import_module(module).PEERS:
        embedder = CountingEmbedder()
        index: Index = peer.build(documents, embedder)
        assert all(held[c.document_id][c.start : c.end] == c.text for c in index.chunks), peer.name
        covered = "".join(re.sub(r"\s", "", c.text) for c in index.chunks)
        assert all(part in covered for part in ("1,200万ウォン", "公園は5月に開く", "学校課である")), peer.name
        positions = list(index.rank("電気自動車の補助金"))
        assert positions and len(positions) == len(set(positions)) <= DEPTH, peer.name
        assert all(text.startswith(("query: ", "passage: ")) for text in embedder.model.came), peer.name
        if "意味" in peer.name or "両方" in peer.name:
            assert {text.split(": ")[0] for text in embedder.model.came} == {"query", "passage"}, peer.name


@needs_peers
def test_words_of_mecab_find_what_blanks_hide() -> None:
    documents = [document(), document("d2", LONG)]
    for module in PIPELINES:
        for peer in import_module(module).PEERS:
            if "MeCab" in peer.name:
                index = peer.build(documents, CountingEmbedder())
                assert "橋梁" in "".join(c.text for c in index.search("橋梁課の橋梁の工事")[:3]), peer.name


@needs_peers
def test_llama_indexs_own_bm25_gives_japanese_no_score() -> None:
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    retriever = BM25Retriever.from_defaults(nodes=[TextNode(text=TEXT), TextNode(text=LONG)], similarity_top_k=2)
    assert {node.score for node in retriever.retrieve("補助金の申請")} == {0.0}


@needs_peers
@pytest.mark.slow
def test_all_systems_on_gold_questions(tmp_path: Path) -> None:
    gold = tmp_path / "few.jsonl"
    gold.write_text("".join(Path("eval/gold/tune.jsonl").read_text("utf-8").splitlines(keepends=True)[:6]), "utf-8")
    steps: list[tuple[str, int, int]] = []
    run = run_peers(Settings(home=tmp_path), gold, lambda *step: steps.append(step))
    assert run["task"] == "peers" and run["set"] == "few" and [s["name"] for s in run["systems"][:2]] == ["調べ", "調べ(読解なし)"]
    assert len(run["systems"]) == 2 + len(all_peers())
    assert run["systems"][0]["p"] == {} and all(s["p"].keys() == run["systems"][1]["p"].keys() for s in run["systems"][1:])
    assert len(steps) == run["questions"] * len(run["systems"])
    assert table(run).count("\n") == len(run["systems"]) + 2
    assert not (tmp_path / "library.sqlite").exists()  # the user's own home isn't touched
    assert load_embedder(Settings()).dimension == 384
