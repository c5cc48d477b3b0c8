"""The table of the evaluation screen: files with every kind of mistake, rows with faults, the sample."""

import json

import pytest
from library_fixtures import SAPPORO, corpus, corpus_documents

from eval.screen.gold_table import LARGEST, MOST, Fault, faults_of, filled, questions_of, read_records, sample
from ingest.errors import InputError

GOOD = '{"id": "a", "question": "何台ですか"}'


def line(**changed: object) -> str:
    """A line of a file with one thing changed."""
    return json.dumps(json.loads(GOOD) | changed, ensure_ascii=False)


def test_a_file_is_read_with_all_that_it_says() -> None:
    records = read_records("\ufeff" + line(note="残す", history=[{"question": "前"}]) + "\r\n\n" + line(id=7, must=["1,234"], question="a\u2028b\x85c") + "\n")
    assert records[0] == {"id": "a", "question": "何台ですか", "note": "残す", "history": [{"question": "前"}]}
    assert records[1]["id"] == "7" and records[1]["question"] == "a\u2028b\x85c"


@pytest.mark.parametrize(
    "wrong, said",
    [
        ("{", "JSON として読めません"),
        ("[1]", "{ } で囲んだ形"),
        ('"text"', "{ } で囲んだ形"),
        ("[" * 100_000, "入れ子が深すぎます"),
        ('{"id": NaN, "question": "a"}', "NaN は使えません"),
        ('{"question": "a"}', "id がありません"),
        ('{"id": "a"}', "question がありません"),
        (line(question=5), "question は文字列"),
        (line(id=None), "id は文字列"),
        (line(id=" "), "id は文字列"),
        (line(kind=3), "kind は文字列"),
        (line(answerable="false"), "answerable は true か false"),
        (line(must="10台"), r"must は \[ \]"),
        (line(must=[1]), "must と any は文字列の配列"),
        (line(evidence=["quote"]), r"evidence と history の中は \{ \}"),
        (line(evidence=[{"quote": "x"}]), "evidence に doc がありません"),
        (line(evidence=[{"doc": "x"}]), "quote"),
        (line(history=[{"question": 1}]), "history の中の値"),
        ('{"id": "a", "question": "\\ud800"}', "文字として使えない符号"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(wrong: str, said: str) -> None:
    with pytest.raises(InputError, match=f"3行目: .*{said}"):
        read_records(f"{GOOD}\n\n{wrong}\n{GOOD}")


def test_all_wrong_lines_are_named_but_not_thousands() -> None:
    with pytest.raises(InputError) as raised:
        read_records("\n".join(["x"] * 900))
    assert [part.split(":")[0] for part in str(raised.value).split("\n")[1:-1]] == [f"{n}行目" for n in range(1, 9)]
    assert str(raised.value).endswith("ほかに892行")


@pytest.mark.parametrize("text, said", [("", "質問がありません"), (" \n ", "質問がありません"), ("\n".join([GOOD] * (MOST + 1)), "多すぎます"), ("x" * (LARGEST + 1), "大きすぎます")])
def test_files_of_no_use_are_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_records(text)


def test_rows_keep_their_numbers_when_empty_ones_are_left_out() -> None:
    empty = {"id": "q1", "question": " ", "must": [], "any": [], "evidence": [], "answerable": True}
    assert list(filled([empty, json.loads(GOOD), empty])) == [2]
    with pytest.raises(InputError, match="質問がありません"):
        filled([empty])
    with pytest.raises(InputError, match="第2問"):
        filled([json.loads(GOOD), "何か"])  # type: ignore[list-item]


@pytest.mark.parametrize("second, said", [({"id": "a", "question": "別"}, "第1問、第2問"), ({"id": "b", "question": "\n"}, "第2問: 質問が空"), ({"id": "b", "question": "長" * 2001}, "第2問: 質問が長すぎます")])
def test_what_no_evaluation_can_do_with_is_refused(second: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        questions_of({1: json.loads(GOOD), 2: second})


def test_faults_are_named_by_row_in_the_words_of_the_table() -> None:
    (document,) = corpus()[SAPPORO]
    quote = document.text[40:80]
    evidence = [{"doc": document.id, "quote": quote}]
    records = {
        1: {"id": "a", "question": "一", "evidence": evidence, "must": [quote[:5]]},
        3: {"id": "b", "question": "二", "evidence": evidence, "must": ["含まれない語"], "any": ["これもない"]},
        4: {"id": "c", "question": "一", "evidence": [{"doc": document.id, "quote": "資料にない文です"}], "kind": "謎"},
        5: {"id": "d", "question": "三", "answerable": False, "evidence": evidence},
    }
    assert faults_of(questions_of(records), corpus_documents()) == [
        Fault(3, "「必ず含む語」が根拠の中にありません: 含まれない語"),
        Fault(3, "「どれかを含む語」のどれも根拠の中にありません"),
        Fault(4, "第1問と同じ質問です"),
        Fault(4, "知らない種別です: 謎"),
        Fault(4, "根拠が資料の本文に見つかりません: 資料にない文です"),
        Fault(5, "「答えがある」なら根拠が要り、「答えがない」なら根拠は付けられません"),
    ]


def test_the_sample_is_a_file_without_faults() -> None:
    questions = questions_of(filled(read_records(sample())))
    assert [q.kind for q in questions.values()] == ["fact", "table", "comparison", "followup", "unanswerable"]
    assert faults_of(questions, corpus_documents()) == []
