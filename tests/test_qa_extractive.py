"""Answers by quoting and refusals, on the corpus with the real embedder and reader."""

from functools import lru_cache

import pytest
from library_fixtures import real_embedder, real_home, settings_of

from index.wiring import open_searcher
from ingest.document import Cell
from qa.answer import REFUSAL, Answer
from qa.asked import asked
from qa.assistant import Assistant
from qa.cell_words import in_words
from qa.extractive import ExtractiveAnswerer
from qa.selection import Quote
from qa.superlative import asks_extreme
from qa.unshown import unshown


@lru_cache(maxsize=1)
def assistant() -> Assistant:
    searcher = open_searcher(settings_of(real_home()), real_embedder())
    return Assistant(searcher, ExtractiveAnswerer(searcher))


def ask(question: str) -> Answer:
    answer = assistant().ask(question)
    for c in answer.citations:
        assert assistant().searcher.document(c.document_id).text[c.start : c.end] == c.quote
    return answer


@pytest.mark.parametrize(
    "question, expected",
    [
        ("ソウル市のデジタル都市局の2025年度予算はいくらですか。", "179,437"),  # the total of the table that is asked about, not another table's row
        ("ソウル市の公共Wi-Fiは全部で何台ありますか。", "34,363"),
        ("ソウル市の公共Wi-Fiのうち、市内バスには何台ありますか。", "7,380台"),
        ("市内バスの公共Wi-Fi台数を知りたい", "市内バス: 7,380台"),  # the label that is wholly named, though the reader marks another cell of the row
        ("ソウル市の公共Wi-Fiで、バス停に置かれているのは何台?", "バス停留所: 2,672台"),  # 公共 names the table, not 公共機関
        ("地域特化型スマート工場で、全北の事業費は", "全北特別自治道(事業費計 (ウォン)): 88 億ウォン"),
        ("2024年に中区で無人発行機から出された書類の件数は?", "245,608"),  # 件 stands in the label
        ("慶尚北道の人材開発院が韓国知能情報社会振興院とMOUを交わした日は?", "2025.5.21"),  # in the heading
        ("韓国のマイスター高校とはどういう学校ですか。", "特殊目的高校"),
    ],
)
def test_the_value_that_is_asked_for_is_quoted(question: str, expected: str) -> None:
    answer = ask(question)
    assert not answer.refused and expected in answer.answer, answer.answer
    assert all(s.citations and s.supported for s in answer.sentences)


def test_a_list_is_quoted_whole_behind_the_line_that_leads_in() -> None:
    answer = ask("慶尚北道のDX基本計画の4つの推進戦略は何ですか。").answer
    assert all(part in answer for part in ("デジタルインフラの構築", "デジタルエコシステムの形成", "サービスの普及", "ガバナンスの構築")), answer


@pytest.mark.parametrize("question", ["ソウル市の公共Wi-Fiのうち、地下鉄駅には何台ありますか。", "大阪市のデジタル都市局の2025年度予算はいくらですか。", "ぴよぴよ てすと あああ 123", "紫の三角形は昼に何を歌いますか。"])
def test_what_the_documents_do_not_say_is_refused_with_a_reason(question: str) -> None:
    answer = ask(question)
    assert answer.refused and answer.reason and answer.answer.startswith(REFUSAL), answer.answer


@pytest.mark.parametrize(
    "question, reason",
    [
        ("ソウル市中区の無人証明書類発行機の利用率は、2025年の実績で何%でしたか?", "値が示されていません"),  # 「-」, beside the values of other years
        ("2024年度情報化統計調査で、製造業の業務上のパソコン利用率は何%でしたか。", "「製造業」に限った"), ("5人未満の会社におけるリモートワークの導入率は何%でしょうか。", "「5人未満」に限った"),
    ],
)  # fmt: skip
def test_a_value_of_all_or_of_others_does_not_answer(question: str, reason: str) -> None:
    answer = ask(question)
    assert answer.refused and reason in (answer.reason or ""), (answer.answer, answer.reason)


def test_an_ambiguous_word_gets_the_whole_row() -> None:
    answer = ask("バスのWi-Fiは何台").answer
    assert all(value in answer for value in ("バス停留所 2,672台", "市内バス 7,380台", "1,668台")), answer


def test_both_places_of_a_comparison_get_their_own_row() -> None:
    answer = ask("地域特化型スマート工場で、全羅南道と全北では事業費はどちらが大きいですか").answer
    assert "82.5 億ウォン" in answer and "88 億ウォン" in answer, answer


def test_a_refusal_tells_what_the_documents_say_of_another_place() -> None:
    answer = ask("札幌市の雇用カフェは何か所ありますか。")
    assert answer.refused and "ソウルについては、次の記載があります" in answer.answer
    (citation,) = answer.citations
    assert "78か所" in citation.quote and answer.sentences[0].citations == (1,)


@pytest.mark.parametrize(
    "question, expected",
    [
        ("ソウル市の公共Wi-Fiで一番多い設置場所はどこですか。", "市内バス: 7,380台"), ("ソウル市の公共Wi-Fiが最も少ない場所はどこですか。", "伝統市場: 838台"),
        ("ソウル市のモバイル住民苦情申請で一番多い方法は何ですか。", "モバイルアプリ(2024 年): 880,567件"), ("2024年の苦情で一番多い方法は", "モバイルアプリ(2024 年): 880,567件"),
        ("公共Wi-Fiが三番目に多い場所は?", "福祉施設: 4,889台"), ("公共Wi-Fiが2番目に少ない場所はどこ", "マウルバス: 1,668台"),
        ("国の予算で一番多い省庁はどこ", "科学技術情報通信部(2025 年度予算額): 3~4 兆ウォン"),  # ranges that don't overlap
    ],
)  # fmt: skip
def test_the_most_and_the_least_of_a_table(question: str, expected: str) -> None:
    answer = ask(question).answer
    assert expected in answer and answer.count(":") == 1, answer


def test_the_second_of_a_table_with_all_columns_that_agree() -> None:
    assert ask("デジタル都市局で二番目に大きい予算項目").answer.startswith("情報インフラの拡充・運営(金額): 51,285百万ウォン[1]\n情報インフラの拡充・運営(比率): 28.6%")


def test_all_are_given_where_ranges_overlap() -> None:
    answer = ask("国の予算で最も少ない省庁はどこ").answer
    assert "保健福祉部(2025 年度予算額): 約 1,000 億ウォン未満" in answer and "その他の省庁(2025 年度予算額): 約1兆ウォン未満" in answer and "総額" not in answer


def test_the_most_of_a_table_with_all_columns_that_agree() -> None:
    answer = ask("2025年度のソウル市デジタル都市局の予算のうち一番大きい費目と、その構成比を教えてください。").answer
    assert "情報サービスの安定的な運営(金額): 52,355百万ウォン" in answer and "29.2%" in answer and answer.count(":") == 2, answer


@pytest.mark.parametrize(
    "question, expected, unexpected",
    [
        ("モバイルアプリの苦情件数は何件ですか。", ("2022 年 817,264件", "2023 年 902,686件", "2024 年 880,567件"), ()),  # no year is asked: one alone would mislead
        ("モバイルアプリの苦情件数は2023年に何件でしたか。", ("902,686件",), ("817,264件", "880,567件")),
        ("2023年の無人証明書類発行機の利用率は?", ("目標(2023 年): 130%", "実績(2023 年): 104.8%"), ()),  # planned or done is not said
        ("中区役所の無人証明書類発行機、2023年の実績利用率はいくらだったでしょうか。", ("104.8%",), ("130%",)),
        ("中区の無人証明書類発行機の利用率の2023年の目標は何%でしたか。", ("130%",), ("104.8%",)),
    ],
)
def test_years_and_kinds_that_a_question_leaves_open_are_all_given(question: str, expected: tuple[str, ...], unexpected: tuple[str, ...]) -> None:
    answer = ask(question).answer
    assert all(value in answer for value in expected) and not any(value in answer for value in unexpected), answer


@pytest.mark.parametrize(
    "question, expected",
    [
        ("スマート工場の事業費は", ("慶尚北道(事業費計 (ウォン)): 80 億ウォン", "全羅南道(事業費計 (ウォン)): 82.5 億ウォン", "全北特別自治道(事業費計 (ウォン)): 88 億ウォン")),
        ("苦情は何件ありましたか 2023年", ("ホームページ(2023 年): 52,352件", "電話(2023 年): 591,784件", "その他(2023 年): 478,417件")),
        ("デジタル都市局の予算の内訳を教えて", ("情報サービスの安定的な運営: 金額 52,355百万ウォン、比率 29.2%", "合計: 金額 179,437百万ウォン")),
    ],
)
def test_rows_that_a_question_leaves_open_are_all_given(question: str, expected: tuple[str, ...]) -> None:
    answer = ask(question)
    assert not answer.refused and all(part in answer.answer for part in expected), answer.answer
    assert all(s.citations and s.supported for s in answer.sentences)


def test_a_row_that_is_named_is_given_alone() -> None:
    answer = ask("全羅南道のスマート工場は何社")
    assert "スマート工場導入(40 社)" in answer.answer and "全北" not in answer.answer


def test_a_day_of_what_a_place_never_did_is_refused() -> None:
    answer = ask("釜山の開設日はいつ")
    assert answer.refused and "開設日" in (answer.reason or "")
    assert "2004-10-27" in ask("札幌の開設日はいつ").answer


def test_a_row_answers_two_questions_for_its_columns() -> None:
    answer = ask("保健福祉部の2025年度のデジタル予算とその重点配分を教えてください。").answer
    assert "2025 年度予算額 約 1,000 億ウォン未満" in answer and "介護ロボット" in answer, answer


@pytest.mark.parametrize(
    "question, written",
    [
        ("ソウル市のモバイル苦情で、モバイルアプリは2023年から2024年に何件増えましたか。", "2024年 − 2023年 = 880,567件 − 902,686件 = −22,119件"),  # it fell
        ("市内バスとバス停留所の公共Wi-Fiの台数の差はいくつですか。", "市内バス − バス停留所 = 7,380台 − 2,672台 = 4,708台"),
        ("市内バスとマウルバスの公共Wi-Fiを合わせて何台ですか。", "7,380台 + 1,668台 = 9,048台"),
        ("ソウルの中区の無人発行機の利用率の目標は2022年と2023年で何ポイント違いますか。", "2023年 − 2022年 = 130% − 120% = 10ポイント"),
    ],
)
def test_differences_and_sums_that_are_asked_for_are_written_out(question: str, written: str) -> None:
    answer = ask(question)
    line = next((s for s in answer.sentences if "=" in s.text), None)
    assert line and written in line.text and line.supported and line.citations, answer.answer


@pytest.mark.parametrize("question", ["ソウル市の公共Wi-Fiは合わせて何台ありますか。", "モバイルアプリの苦情は2023年と2024年でそれぞれ何件ですか。"])
def test_nothing_is_calculated_that_is_not_asked_for(question: str) -> None:
    assert "=" not in ask(question).answer


def test_a_number_that_is_asked_for_is_refused_where_only_words_for_it_stand() -> None:
    assert ask("札幌市の海外企業進出サポートルームのスタートアップ・オフィス、無償で使えるのは何か月間ですか?").refused  # 「無償で一定期間提供する」


@pytest.mark.parametrize(
    "question, quoted, reason",
    [
        ("問い合わせの電話番号を教えてください。", "https://example.kr/article/1", "電話番号の記載が見つかりません"), ("問い合わせの電話番号を教えてください。", "電話:02-2133-5350", None),
        ("担当者のメールアドレスは?", "ホームページ (http://example.kr) で受付", "メールアドレスの記載が見つかりません"), ("What is the phone number?", "☎ 211-2372", None),
    ],
)  # fmt: skip
def test_another_kind_of_contact_does_not_answer(question: str, quoted: str, reason: str | None) -> None:
    searcher = assistant().searcher
    document = searcher.document(next(iter(searcher.infos)))
    assert unshown(asked(question, searcher), [Quote(document, (quoted,), ((0, 1),), ())], likely=0.9) == reason


def test_the_passages_with_the_ordinal_that_is_asked_for_are_read() -> None:
    assert "9社" in ask("2019年第2次の企業投資協約で、実際にもう投資を実行し終えていたのは何社ですか").answer


def test_a_name_in_short_is_found_in_full() -> None:
    assert "青木由直" in ask("札幌のIT産業国際交流スペースの開所式に呼ばれていた北大の先生はどなたですか。").answer


def test_a_total_is_found_by_a_question_in_korean() -> None:
    assert "179,437" in ask("서울시 디지털도시국의 2025년도 예산 총액은 얼마입니까?").answer


def test_a_unit_stands_behind_its_number_and_before_a_bracket() -> None:
    assert "82.5 億ウォン (20/37.5/25)" in ask("韓国の地域特化型スマート工場構築支援事業で、全羅南道の事業費は合計いくらですか。").answer


@pytest.mark.parametrize(
    "question, reason",
    [
        ("釜山市が14社と結んだ投資協約の金額", "「釜山」についての記載が見つかりません"),  # the passage goes on into the section on 釜山
        ("釜山のスマートポールは何か所ありますか", "数の記載が見つかりません"), ("K-デジタル・トレーニングの2025年の養成人数", "2025年の値の記載が見つかりません"),
    ],
)  # fmt: skip
def test_a_value_of_another_place_or_year_is_refused(question: str, reason: str) -> None:
    assert ask(question).reason == reason


@pytest.mark.parametrize(
    "question, expected",
    [
        ("K-デジタル・トレーニングの2024年の養成人数", "5万7,689人"), ("光州グローバルモータースの最初の社長は誰", "初代代表理事にパク・グァンテ"),  # as Korea calls a company's head
        ("NATECの正式な日本語名は", "技術企業・商用化開発局"),  # 日本語 is no place
        ("WeGOの正式名称は?", "世界都市電子政府協議体"),
    ],
)  # fmt: skip
def test_names_and_years_as_people_ask_for_them(question: str, expected: str) -> None:
    assert expected in ask(question).answer


@pytest.mark.parametrize("text, said", [("5", "5台"), ("約5未満", "約5台未満"), ("5台以上", "5台以上"), ("5台", "5台"), ("5(うち3)", "5台(うち3)"), ("5台(3台)", "5台(3台)")])
def test_a_unit_that_stands_there_is_not_said_again(text: str, said: str) -> None:
    cell = Cell(0, 1, 0, len(text), text, ("市内バス",), (), "台", is_label=False)
    assert in_words(cell) == f"市内バス: {said}"


def test_what_asks_for_the_most_of_a_table() -> None:
    assert asks_extreme("一番多い場所はどこですか") and not asks_extreme("最大いくらまで支援されますか") and not asks_extreme("1社あたり最大何万ウォンですか")
