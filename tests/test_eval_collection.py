"""Collections: BEIR, SQuAD and pages are read, indexed as documents are, ranked, and measured."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from eval_fixtures import LabellingEmbedder
from library_fixtures import settings_of

from eval.public import collection
from eval.public.beir import read_beir, read_qrels, write_trec
from eval.public.collection import Collection, QueriesEncodedAhead, evaluate, opened, plain_document, rank, run_of
from eval.public.pages import pages_of, read_pages
from eval.public.squad import read_squad
from index.search import Hit
from ingest.chunking import Chunk
from ingest.document import Document
from ingest.errors import InputError
from ingest.library.library import Library
from ingest.settings import Settings

TEXTS = {
    "tokyo": ("ごみの出し方", "燃やすごみは月曜日と木曜日の朝8時までに出してください。"),
    "osaka": ("粗大ごみ", "粗大ごみは電話で申し込み、手数料券を貼って出します。"),
    "kobe": ("住民票", "住民票の写しは区役所の窓口で1通300円です。"),
    "nara": ("", "図書館は毎週火曜日が休館日です。\n年末年始も休みます。"),
}
QUERIES = {"q1": "燃やすごみは何曜日の朝に出すか", "q2": "粗大ごみの手数料券", "q3": "住民票の写しは1通いくらか", "q4": "図書館の休館日", "unjudged": "何か"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A BEIR folder. q2 has two graded documents, q4 a wrong one."""
    made = tmp_path / "faq"
    (made / "qrels").mkdir(parents=True)
    rows = [{"_id": id_, "title": title, "text": text} for id_, (title, text) in TEXTS.items()] + [{"_id": "empty", "text": " \n "}]
    (made / "corpus.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    (made / "queries.jsonl").write_text("\n".join(json.dumps({"_id": q, "text": t}, ensure_ascii=False) for q, t in QUERIES.items()), encoding="utf-8")
    (made / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ttokyo\t1\nq2\tosaka\t2\nq2\ttokyo\t1\nq3\tkobe\t1\nq4\tkobe\t1\n", encoding="utf-8")
    return made


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> LabellingEmbedder:
    """The cheap embedder; tokens are counted without the model's tokenizer."""
    monkeypatch.setattr(collection, "load_tokenizer", lambda _: None)
    monkeypatch.setattr(collection, "token_counter", lambda _: lambda texts: [len(t) for t in texts])
    return LabellingEmbedder()


def settings(tmp_path: Path) -> Settings:
    """Settings with another home than the collection's, and without the reader."""
    return settings_of(tmp_path / "elsewhere", read_passages=0)


def test_a_beir_folder_is_ranked_and_measured(folder: Path, cheap: LabellingEmbedder, tmp_path: Path) -> None:
    beir = read_beir(folder)
    assert beir.name == "faq" and set(beir.queries) == {"q1", "q2", "q3", "q4"}
    seen: list[tuple[int, int]] = []
    with opened(beir, settings(tmp_path), cheap) as searcher:
        assert set(searcher.infos) == set(TEXTS)
        run, rankings = evaluate(beir, searcher, lambda done, total: seen.append((done, total)), variants=True)
    assert [next(iter(rankings[q])) for q in ("q1", "q2", "q3", "q4")] == ["tokyo", "osaka", "kobe", "nara"]
    assert run["scores"]["all"]["hit@1"] == 0.75 and run["questions"] == 4 and "rows" not in run
    assert list(run["scores"]) == ["all"] and set(run["variants"]) == {"both", "dense", "words"}
    (failure,) = run["failures"]
    assert failure["id"] == "q4" and failure["expected"][0].startswith("住民票の写し") and failure["got"].startswith("図書館") and failure["rank"] > 1
    assert seen == [(n, 12) for n in range(1, 13)]


def test_a_trec_run_has_six_columns_and_scores_that_fall(folder: Path, cheap: LabellingEmbedder, tmp_path: Path) -> None:
    beir = read_beir(folder)
    with opened(beir, settings(tmp_path), cheap) as searcher:
        _, rankings = evaluate(beir, searcher)
    write_trec(rankings, tmp_path / "out.trec")
    rows = [line.split(" ") for line in (tmp_path / "out.trec").read_text().splitlines()]
    assert all(len(row) == 6 and row[1] == "Q0" and row[5] == "shirabe" for row in rows)
    for query in beir.queries:
        own = [row for row in rows if row[0] == query]
        scores = [float(row[4]) for row in own]
        assert [int(row[3]) for row in own] == list(range(1, len(own) + 1))
        assert scores == sorted(set(scores), reverse=True)
    with pytest.raises(InputError, match="書けません"):
        write_trec(rankings, tmp_path / "none" / "out.trec")


class Ranked:
    """A searcher that gives set hits."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = hits

    def search(self, _: str, k: int) -> Sequence[Hit]:
        """The hits, whatever is asked."""
        return self.hits[:k]


def hit(document: str, score: float) -> Hit:
    """A hit of a document."""
    return Hit(Chunk(document, 0, 1, "x", (), None, ""), "", score, 0.0, 0.0, (), (), (1,))


def test_a_ranking_keeps_the_order_of_the_search_whatever_the_scores() -> None:
    """Equal scores, and a reranker's that don't fall, must not be put in another order by who reads the run."""
    found = rank("?", Ranked([hit("b", 0.5), hit("a", 0.5), hit("b", 0.5), hit("c", 0.9)]))  # type: ignore[arg-type]
    assert list(found) == ["b", "a", "c"]
    assert sorted(found, key=lambda item: -round(found[item], 6)) == ["b", "a", "c"]


def test_a_kept_home_encodes_nothing_twice_and_forgets_what_is_gone(folder: Path, cheap: LabellingEmbedder, tmp_path: Path) -> None:
    with opened(read_beir(folder), settings(tmp_path), cheap, tmp_path / "home"):
        assert len(cheap.encoded) == 4
    (folder / "corpus.jsonl").write_text(json.dumps({"_id": "kobe", "title": "住民票", "text": TEXTS["kobe"][1]}, ensure_ascii=False), encoding="utf-8")
    with opened(read_beir(folder), settings(tmp_path), cheap, tmp_path / "home") as searcher:
        assert set(searcher.infos) == {"kobe"} and len(cheap.encoded) == 4
    assert (tmp_path / "home" / "collections" / "faq" / "vectors.faiss").is_file()
    assert not (tmp_path / "elsewhere").exists()


def test_a_collection_without_documents_is_told_and_not_filled_from_the_corpus(folder: Path, cheap: LabellingEmbedder, tmp_path: Path) -> None:
    (folder / "corpus.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="文書がありません"), opened(read_beir(folder), settings(tmp_path), cheap):
        pass


@pytest.mark.parametrize("name, content", [("queries.jsonl", "{"), ("queries.jsonl", '{"_id": 1}'), ("queries.jsonl", "[]"), ("qrels/test.tsv", "a\tb\tc\nq\td\n"), ("qrels/test.tsv", "a\tb\tc\nq\td\tx\n")])
def test_what_isnt_beir_is_named(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=Path(name).name):
        read_beir(folder)
    (folder / name).unlink()
    with pytest.raises(InputError, match=Path(name).name):
        read_beir(folder)


def test_a_line_separator_inside_a_text_ends_no_row(folder: Path, cheap: LabellingEmbedder, tmp_path: Path) -> None:
    (folder / "corpus.jsonl").write_text('{"_id": "kobe", "text": "住民票の\u2028写し。"}\n', encoding="utf-8")
    with opened(read_beir(folder), settings(tmp_path), cheap) as searcher:
        assert set(searcher.infos) == {"kobe"}


def test_ids_with_quotation_marks_are_read_as_they_stand(folder: Path) -> None:
    (folder / "qrels" / "test.tsv").write_text('a\tb\tc\n"q\td"1\t1\n', encoding="utf-8")
    assert read_qrels(folder / "qrels" / "test.tsv") == {'"q': {'d"1': 1}}


def squad(tmp_path: Path, data: object) -> Path:
    """A SQuAD-format file."""
    path = tmp_path / "valid.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_squads_paragraphs_are_the_documents(tmp_path: Path, cheap: LabellingEmbedder) -> None:
    paragraphs = [{"context": f"市の案内 [SEP] {text}", "qas": [{"id": id_, "question": QUERIES[id_]}]} for (_, text), id_ in zip(list(TEXTS.values())[:3], ("q1", "q2", "q3"), strict=True)]
    paragraphs[0]["qas"].append({"id": "q9", "question": "?", "is_impossible": True})  # type: ignore[attr-defined]
    read = read_squad(squad(tmp_path, {"data": [{"title": "市の案内", "paragraphs": paragraphs}, {"title": "空", "paragraphs": []}]}))
    assert read.name == tmp_path.name and set(read.queries) == {"q1", "q2", "q3"} and read.qrels["q2"] == {"0-1": 1}
    with opened(read, settings(tmp_path), cheap) as searcher:
        assert searcher.infos["0-0"].title == "市の案内" and searcher.document("0-0").text == TEXTS["tokyo"][1] + "\n"
        run, _ = evaluate(read, searcher)
    assert run["scores"]["all"]["hit@1"] == 1.0 and run["failures"] == []


@pytest.mark.parametrize("data", [[], {"data": [{}]}, {"data": [{"paragraphs": [{"qas": []}]}]}])
def test_what_isnt_squad_is_named(tmp_path: Path, data: object) -> None:
    with pytest.raises(InputError, match=r"valid\.json"):
        read_squad(squad(tmp_path, data))
    with pytest.raises(InputError, match=r"none\.json"):
        read_squad(tmp_path / "none.json")


def test_at_most_fifty_failures_the_worst_first(tmp_path: Path) -> None:
    """Half of the queries find their document second, half not at all."""
    queries = {f"q{n}": "?" for n in range(80)}
    made = Collection("c", queries, {q: {"d": 1} for q in queries}, lambda *_: None)
    searcher = type("None", (), {"infos": {}})()
    run = run_of(made, {q: {"x": 1.0, "d": 0.5} if int(q[1:]) % 2 else {} for q in queries}, searcher)
    assert [f["rank"] for f in run["failures"]] == [None] * 40 + [2] * 10
    assert run["failures"][0]["got"] == "" and run["failures"][-1]["got"] == "x"


def test_queries_are_encoded_ahead_and_others_when_they_come(cheap: LabellingEmbedder) -> None:
    ahead = QueriesEncodedAhead(cheap, ["ごみ"])
    for text in ("ごみ", "住民票"):
        assert (ahead.encode_query(text) == cheap.encode_query(text)).all()
    assert (ahead.name, ahead.dimension) == (cheap.name, cheap.dimension) and QueriesEncodedAhead(cheap, []).encode_labels(["x"]).shape == (1, 64)


def files(tmp_path: Path) -> Path:
    """A folder with two files of PDFs' names; they are not read until a home is filled."""
    for name in ("finance/a.pdf", "b.PDF", "note.txt"):
        path = tmp_path / "pdfs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path / "pdfs"


def test_page_questions_are_read_from_tabs_and_from_gold(tmp_path: Path) -> None:
    tsv, gold = tmp_path / "q.tsv", tmp_path / "q.jsonl"
    tsv.write_text('q1\tfinance/a.pdf\t3\ttable\t何"が?\nq2\ttraffic/b.PDF\t1\timage\tどこ?\n', encoding="utf-8")
    rows = [{"id": "q1", "question": '何"が?', "kind": "table", "evidence": [{"doc": "finance/a.pdf", "page": 3}]}, {"id": "q2", "question": "どこ?", "kind": "image", "evidence": [{"doc": "b.PDF", "page": 1}]}]
    gold.write_text("\n".join(json.dumps(r) for r in [*rows, {"id": "q3", "question": "?", "answerable": False}]), encoding="utf-8")
    for path in (tsv, gold):
        read = read_pages(path, files(tmp_path))
        assert read.name == tmp_path.name and read.queries == {"q1": '何"が?', "q2": "どこ?"}
        assert read.qrels == {"q1": {"finance/a.pdf#3": 1}, "q2": {"b.PDF#1": 1}}
        assert read.kinds == {"q1": "table", "q2": "image"}


@pytest.mark.parametrize("line", ["q1\tother.pdf\t3\ttable\t何?", "q1\ta.pdf\tx\ttable\t何?", "q1\ta.pdf\t3"])
def test_page_questions_that_cant_be_judged_are_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.tsv"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match=r"q1: other\.pdf|q\.tsv"):
        read_pages(path, files(tmp_path))


def test_a_folder_without_pdfs_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PDF がありません"):
        read_pages(tmp_path / "q.tsv", tmp_path)


def test_a_hit_stands_for_the_pages_of_its_chunks_the_best_first(tmp_path: Path) -> None:
    library = Library(tmp_path)
    document: Document = plain_document("d", "題", "一。\n二。\n三。", "finance/a.pdf")
    chunks = [Chunk("d", start, start + 2, document.text[start : start + 2], (), page, "") for start, page in ((0, 1), (3, 2), (6, 2))]
    library.replace_source(collection.Source(Path("a.pdf"), "finance/a.pdf"), "x", [(document, chunks)])
    searcher = type("Held", (), {"library": library, "infos": {i.id: i for i in library.infos()}})()
    ids = list(library.chunk_ids())
    found = Hit(chunks[1], "題", 1.0, 0.0, 0.0, (), (), (ids[2], ids[1], ids[0], 999))
    assert pages_of(found, searcher) == ["finance/a.pdf#2", "finance/a.pdf#1"]
