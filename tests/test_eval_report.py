"""The report: figures as measured, verdicts as tested, every failure there, and nothing that runs or comes from elsewhere."""

import copy
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from eval import ablation, perturbation
from eval.measures import Paired
from eval.perturbation import Case, Outcome
from eval.report.figures import by_kind, drawings, share
from eval.report.report import answer_happened, failed, in_japan, points, records, render, write_report
from eval.report.tables import ablations, comparisons, gold_runs, peers, perturbations, public, speed, summaries, verdict

HOSTILE = "</blockquote><script>alert(1)</script><img src=x onerror=alert(2)>"
EVIDENCE = {"a": 1.0, "b": 1.0, "c": 0.0, "d": 1.0}


def retrieval_run(set_: str = "report", **values: float) -> dict[str, Any]:
    """A run of four questions, three of one kind, of which three have their evidence first."""
    values = values or EVIDENCE
    mean = sum(values.values()) / len(values)
    rows = [{"id": id_, "kind": "fact" if id_ != "d" else "table", "measures": {"evidence@1": value, "ms": 9.0}} for id_, value in values.items()]
    return {
        "task": "retrieval", "set": set_, "questions": len(values),
        "scores": {"all": {"questions": len(values), "evidence@1": mean, "evidence@5": 1.0, "ms_p50": 9.0}}, "intervals": {"evidence@1": [0.25, 1.0], "evidence@5": [1.0, 1.0]},
        "context": {"250": 0.5, "1000": 1.0}, "variants": {name: {"evidence@1": mean} for name in ("both", "dense", "words")}, "rows": rows,
        "failures": [{"id": id_, "kind": "fact", "question": HOSTILE, "expected": [HOSTILE], "got": HOSTILE, "rank": 3, "refused": False, "reason": None} for id_, value in values.items() if not value],
    }  # fmt: skip


def answers_run() -> dict[str, Any]:
    """Three failures: a wrong answer, a wrong refusal, an answer where there is none."""
    measures = {"right": [1.0, 0.0, 0.0, None], "right_and_cited": [1.0, 0.0, 0.0, None], "unanswerable_refused": [None, None, None, 0.0], "answerable_refused": [0.0, 0.0, 1.0, None]}
    rows = [{"id": id_, "kind": "fact", "measures": {name: values[n] for name, values in measures.items()}} for n, id_ in enumerate("abcd")]
    failure = {"kind": "fact", "question": "何台?", "expected": ["7,380台"], "must": ["7,380"], "any": [], "got": "12台です", "rank": None, "refused": False, "reason": None, "right": False}
    failures = [failure | {"id": "b"}, failure | {"id": "c", "refused": True, "reason": "数の記載が見つかりません"}, failure | {"id": "d", "expected": [], "must": []}]
    scores = {"questions": 4, "right": 0.3333, "right_and_cited": 0.3333, "unanswerable_refused": 0.0, "answerable_refused": 0.3333}
    return {"task": "answers", "set": "report", "questions": 4, "scores": {"all": scores}, "intervals": {}, "rows": rows, "failures": failures}


def result_of(**runs: dict[str, Any]) -> dict[str, Any]:
    """A result file's content."""
    settings = {"dense_weight": 0.6}
    return {"commit": "abc1234567", "made": "2026-11-23T21:04:00Z", "settings": settings, "versions": {"torch": "2.13.0"}, "machine": {"cores": 2}, "runs": runs}


@pytest.fixture
def result() -> dict[str, Any]:
    found = result_of()
    found["runs"] = {"retrieval-report": retrieval_run(), "retrieval-tune": retrieval_run("tune"), "answers-report": answers_run()}
    return found


class Elements(HTMLParser):
    """The elements of a page with their attributes; raises AssertionError for one that isn't closed in order."""

    VOID = frozenset({"meta", "link", "br", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closes out of order"


def test_the_page_needs_nothing_else_and_nothing_of_a_document_runs(result: dict, tmp_path: Path) -> None:
    before = {"retrieval-report": retrieval_run(a=0.0, b=0.0, c=0.0, d=0.0) | {"commit": HOSTILE}}
    page = write_report(result, before, tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    found = Elements(page).found
    tags = {tag for tag, _ in found}
    assert not tags & {"script", "img", "iframe", "object", "form"} and "svg" in tags
    assert not any(name.startswith("on") for _, attributes in found for name in attributes)
    links = [a[name] for _, a in found for name in ("href", "src", "xlink:href") if name in a]
    assert links and all(link == "data:," or link.startswith("#") for link in links)
    assert "&lt;script&gt;alert(1)" in page and "default-src &#39;none&#39;" not in page and "default-src 'none'" in page
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["report.html"]


def test_ids_are_unique_and_every_plot_has_a_name(result: dict) -> None:
    page = render(result, {})
    found = Elements(page).found
    ids = [a["id"] for _, a in found if "id" in a]
    assert len(ids) == len(set(ids))
    plots = [a for tag, a in found if tag == "svg"]
    assert len(plots) == len(drawings(result["runs"])) == 5 and all(a["role"] == "img" for a in plots)
    assert page.count("<desc>") == len(plots)
    assert render(result, {}) == page


def test_the_main_figures_stand_in_sentences(result: dict) -> None:
    assert points(result["runs"]) == [
        "根拠のある4問のうち75.0%(25.0〜100.0%)で、根拠が検索結果の最初の一節に入っていました。最初の5節までなら100.0%(全問で同じ値)です。",
        "答えのある質問の33.3%に正しく答えました。正答で、根拠の箇所も示せたのは33.3%です。",
        "答えのない質問の0.0%を正しく断り、答えのある質問の33.3%を誤って断りました。",
    ]


def test_report_stands_before_tune_and_public_sets_apart(result: dict) -> None:
    runs = dict(reversed(result["runs"].items())) | {"squad-jsquad": retrieval_run("jsquad")}
    assert list(gold_runs(runs, "retrieval")) == ["report", "tune"]
    first, second = summaries(runs)
    assert first.columns == ("report(4問)", "tune(4問)") and second.columns == ("report(4問)",)
    line = first.lines[0]
    assert (line.name, line.cells[0].text, line.cells[0].detail) == ("根拠が最初の一節にある", "75.0%", "25.0〜100.0%")
    found = public(runs)
    assert found is not None and [line.name for line in found.lines] == ["SQuAD(jsquad)", "└ 意味のみ", "└ 語のみ"]
    assert public(result["runs"]) is None


def test_the_comparison_is_over_the_questions_that_a_measure_concerns_in_both() -> None:
    """Of ten questions eight came to be right: two signs of 2^8 are as extreme, p = 2/256. An eleventh, only in one, doesn't count."""
    before = retrieval_run(**{str(n): float(n > 8) for n in range(1, 11)})
    after = retrieval_run(**{str(n): 1.0 for n in range(12)})
    (table,) = comparisons({"x": after}, {"x": before | {"commit": "old"}})
    (line,) = table.lines
    assert (line.explained, line.cells[0].text, line.cells[1].text, line.cells[2].text) == ("10問", "20.0%", "100.0%", "+80.0ポイント")
    assert (line.cells[3].text, line.cells[3].detail, line.cells[3].tone) == ("良くなりました", "p = 0.008", "good")
    assert list(comparisons({"x": after}, {})) == []


def test_runs_of_several_files_are_named_with_their_commits_and_days(result: dict) -> None:
    alone = render(result, {})
    assert "測ったものごとに最も新しい結果" not in alone and "記録(コミット)されていない変更" not in alone
    result["runs"]["retrieval-tune"] |= {"commit": "old-dirty", "made": "2026-11-20T00:00:00Z", "machine": {"cores": 64}}
    page = render(result, {})
    assert "検索(tune) 4問(<code>old-dirty</code>)" in page and "<td>2026年11月20日 9時00分</td><td><code>old-dirty</code></td>" in page
    assert "測ったものごとに最も新しい結果" in page and "記録(コミット)されていない変更" in page
    assert records(result)["検索(tune)だけの測った機械"] == {"cores": 64}


def test_what_has_a_part_switched_off_is_told_apart_from_the_whole(result: dict) -> None:
    result["runs"]["answers-report-unread"] = answers_run() | {"questions": 99}
    assert gold_runs(result["runs"], "answers")["report"]["questions"] == 4
    assert "回答(report、両方(読解なし))" in render(result, {})


def test_a_verdict_knows_which_way_is_good() -> None:
    down = Paired(-0.1, -0.2, -0.05, 0.0004)
    assert (verdict("right", down).tone, verdict("answerable_refused", down).tone) == ("bad", "good")
    assert verdict("right", down).detail == "p < 0.001"
    assert verdict("right", Paired(0.1, -0.1, 0.2, 0.05)).text == "差があるとは言えません"
    assert verdict("right", Paired(0.0, 0.0, 0.0, 1.0)).text == "変わりません"


def test_settings_that_differ_are_said(result: dict) -> None:
    run = result["runs"]["retrieval-report"] | {"settings": {"dense_weight": 0.6}}
    (table,) = comparisons({"x": run}, {"x": run | {"settings": {"dense_weight": 0.5}}})
    assert table.note == "設定の違い: dense_weight: 0.5 → 0.6"
    result["runs"]["retrieval-report"]["settings"] = {"dense_weight": 0.1}
    assert records(result)["検索(report)だけの設定"] == {"dense_weight": 0.1}


def test_kinds_are_counted_and_a_handful_of_right_answers_is_no_certainty() -> None:
    """Wilson's interval for 3 of 4, by its formula with z = 1.95996: 0.3006 to 0.9544."""
    assert by_kind(retrieval_run(), "evidence@1") == {"fact": (2, 3), "table": (1, 1)}
    found = share(3, 4)
    assert (found.value, found.low, found.high) == (0.75, pytest.approx(0.3006, abs=1e-4), pytest.approx(0.9544, abs=1e-4))
    assert share(5, 5).low == pytest.approx(5 / (5 + 1.959964**2))


def test_what_happened_is_said_in_words() -> None:
    wrong, refused, answered = answers_run()["failures"]
    assert answer_happened(wrong) == "回答に必要な語がない"
    assert answer_happened(refused) == "答えがあるのに断った(数の記載が見つかりません)"
    assert answer_happened(answered) == "断るべき質問に答えた"
    assert answer_happened(wrong | {"right": True}) == "正答だが、用意した根拠の一部を出典に示していない"
    assert failed(wrong | {"any": ["七千", "7千"]}, "answers").wanted == ("すべて必要: 7,380", "どれか一つが必要: 七千、7千")


def test_every_failure_is_there_and_those_that_were_right_are_marked(result: dict) -> None:
    before = {"answers-report": copy.deepcopy(result["runs"]["answers-report"])}
    before["answers-report"]["rows"][1]["measures"]["right_and_cited"] = 1.0
    page = render(result, before)
    assert page.count("<article>") == 5 and page.count("前回は正解") == 1
    marked = next(part for part in page.split("<article>") if "前回は正解" in part)
    assert '<span class="id">b</span>' in marked and "資料に答えがないと伝えること" in page


def test_parts_that_some_runs_hold(result: dict) -> None:
    run = result["runs"]["retrieval-report"]
    run["calibration"] = [{"low": 0, "high": 0.5, "mean_score": 0.2, "share_right": 0.1, "count": 3}, {"low": 0.5, "high": 1, "mean_score": None, "share_right": None, "count": 0}]
    result["runs"]["ablation-report"] = ablation.run_of("report", [({str(n): {"evidence@1": 1.0, "answerable_refused": 1.0} for n in range(8)}, {str(n): {"evidence@1": 0.0, "answerable_refused": 0.0} for n in range(8)})])
    result["runs"]["perturbation-corpus"] = perturbation.run_of(Outcome({"unit": (3, 4)}, 5, 0, (Case("unit", "<i>35人", "35か所", ()),)), "corpus", 1)
    result["runs"]["bench"] = {"task": "bench", "set": "report", "questions": 9, "scores": {"build": {"seconds": 10.2, "ratio": 1.17, "texts": 124}, "search": {"ms_p50": 36.4, "ratio": 1.16}, "answer": {"ms_p50": 69.5, "ms_p95": 119.5}}}
    system = {"name": "<b>索引</b>", "scores": {"evidence@1": 0.5, "mrr@10": 0.6}, "intervals": {"evidence@1": [0.4, 0.6]}, "p": {"evidence@1": 0.0001}, "index_seconds": 12.3, "search_ms_p50": 35.0}
    result["runs"]["peers-report"] = {"task": "peers", "set": "report", "questions": 4, "systems": [system]}
    page = render(result, {})
    (cell,) = peers(result["runs"]["peers-report"]).lines[0].cells
    assert (cell.text, cell.detail) == ("50.0%", "40.0〜60.0% p < 0.001") and "索引づくり12秒、検索35ミリ秒" in page
    (worth,) = ablations(result["runs"])
    assert [[cell.text for cell in line.cells] for line in worth.lines] == [["100.0%", "0.0%", "+100.0ポイント", "効いています"], ["100.0%", "0.0%", "+100.0ポイント", "悪くしています"]]
    assert [line.cells[3].detail for line in worth.lines] == ["p = 0.008", "p = 0.008"]
    (checked,) = perturbations(result["runs"])
    assert [(line.name, line.explained, line.cells[0].text) for line in checked.lines] == [("偽の文を見つけた", "4文", "75.0%"), ("正しい文を疑った", "5文", "0.0%"), ("単位", "4文", "75.0%")]
    assert "単位: &lt;i&gt;35人<br><small>資料: 35か所</small>" in page and "偽の文の検査" in page
    assert [line.cells[0].text for line in speed(result["runs"]["bench"]).lines] == ["10.2秒", "36ミリ秒", "70ミリ秒"]
    assert "確信度と正しさ" in page and "<b>索引" not in page


def test_a_result_with_hardly_anything_makes_a_page() -> None:
    page = render(result_of(), {})
    assert "評価用の質問での結果は、この版にはありません" in page and "<svg" not in page
    dirty = render(result_of() | {"commit": "abc-dirty"}, {})
    assert "記録(コミット)されていない変更" in dirty and "記録(コミット)されていない変更" not in page


def test_the_hour_is_japans() -> None:
    assert in_japan("2026-11-23T21:04:00Z") == "2026年11月24日 6時04分"


@pytest.mark.slow
def test_it_reads_on_a_telephone_and_runs_nothing(result: dict, tmp_path: Path, browser: Any) -> None:
    result["runs"]["answers-report"]["failures"][0]["got"] = "https://example.org/" + "x" * 300
    path = write_report(result, {"retrieval-report": retrieval_run(a=0.0) | {"commit": "old"}}, tmp_path / "report.html")
    page = browser.new_page(viewport={"width": 400, "height": 800}, java_script_enabled=True)
    page.set_default_timeout(240_000)
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append("dialog"), dialog.dismiss()))
    page.on("request", lambda request: seen.append(request.url) if not re.match("file:|data:", request.url) else None)
    page.on("console", lambda message: seen.append(message.text))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth)")
    assert page.evaluate("[...document.querySelectorAll('svg text')].every(t => t.getBoundingClientRect().left >= 0 && t.getBoundingClientRect().right <= 400)")
    assert seen == []
    page.close()
