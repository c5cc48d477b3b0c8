"""Files of several releases are split by what the text shows: any releases, in any order, however far apart."""

from functools import lru_cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library_fixtures import GWANGJU, SAPPORO, SEOUL, SMG344, corpus, raw_text, read

from ingest.text.bundles import headline_of, same_headline, split_releases
from ingest.text.cleaning import clean

FEW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@lru_cache(maxsize=2)
def releases(name: str) -> tuple[str, ...]:
    """The raw releases of a bundle: from the first line that is a title to the next one's."""
    raw, starts, at = raw_text(name), [], 0
    for title in (d.title for d in corpus()[name]):
        at = 0 if not starts and raw.startswith(title) else raw.index(f"\n{title}\n", max(0, at - 1)) + 1
        starts.append(at)
        at += len(title)
    return tuple(raw[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True))


@lru_cache(maxsize=64)
def alone(name: str, i: int) -> str:
    """The canonical text of one release, read without its neighbours."""
    (document,) = read(releases(name)[i], kind="press_release")
    return document.text


def joined(parts: list[str], blank_lines: int) -> str:
    """Releases with so many blank lines between them."""
    return ("\n" * (blank_lines + 1)).join(parts) + "\n"


def some_of(n: int) -> st.SearchStrategy[list[int]]:
    """At least two of ``n`` releases, in any order."""
    return st.lists(st.integers(0, n - 1), min_size=2, max_size=n, unique=True)


def assert_split(name: str, picked: list[int], blank_lines: int) -> None:
    """The same releases come back, with the text that each has when it stands alone."""
    found = read(joined([releases(name)[i] for i in picked], blank_lines), kind="press_release")
    assert [d.title for d in found] == [corpus()[name][i].title for i in picked]
    assert [d.text for d in found] == [alone(name, i) for i in picked]


@FEW
@given(some_of(12), st.integers(1, 4))
def test_any_releases_of_seoul_in_any_order_come_back(picked: list[int], blank_lines: int) -> None:
    assert_split(SEOUL, picked, blank_lines)


@FEW
@given(some_of(9), st.integers(1, 4))
def test_any_releases_of_gwangju_in_any_order_come_back(picked: list[int], blank_lines: int) -> None:
    assert_split(GWANGJU, picked, blank_lines)


@FEW
@given(st.lists(st.tuples(st.sampled_from([SEOUL, GWANGJU]), st.integers(0, 8)), min_size=2, max_size=12, unique=True), st.integers(1, 4))
def test_releases_of_two_cities_in_one_file_come_back(picked: list[tuple[str, int]], blank_lines: int) -> None:
    found = read(joined([releases(name)[i] for name, i in picked], blank_lines), kind="press_release")
    assert [d.text for d in found] == [alone(name, i) for name, i in picked]


@pytest.mark.parametrize("name", [SEOUL, GWANGJU])
def test_reversed_bundle_splits_the_same(name: str) -> None:
    assert_split(name, list(range(len(releases(name))))[::-1], 1)


@pytest.mark.parametrize(("name", "missing"), [(SEOUL, i) for i in range(12)] + [(GWANGJU, i) for i in range(9)])
def test_a_bundle_with_one_release_missing_gives_the_others(name: str, missing: int) -> None:
    raw = raw_text(name).replace(releases(name)[missing], "")
    expected = [d.title for i, d in enumerate(corpus()[name]) if i != missing]
    assert [d.title for d in read(raw, kind="press_release")] == expected


@pytest.mark.parametrize(("name", "i"), [(SEOUL, i) for i in range(12)] + [(GWANGJU, i) for i in range(9)])
def test_a_single_release_is_not_split(name: str, i: int) -> None:
    found = read(releases(name)[i], kind="press_release")
    assert [d.title for d in found] == [corpus()[name][i].title]
    assert [d.text for d in found] == [corpus()[name][i].text]


@pytest.mark.parametrize("name", [SMG344, SAPPORO])
def test_files_of_one_release_with_subheadings_are_not_split(name: str) -> None:
    assert len(split_releases(clean(raw_text(name))[0])) == 1


FICTION = {
    "仙台市、七夕まつりの交通規制を発表": "仙台市は2021年8月6日から8日まで開かれる七夕まつりに合わせ、中心部で交通規制を行う。対象は駅前通りなど12か所で、市は公共交通機関の利用を呼びかけている。",
    "仙台市、保育所の入所申し込みを電子化": "仙台市は2021年7月1日、保育所の入所申し込みを電子化すると発表した。これまで窓口で受け付けていた約4,500件の申し込みが、自宅からでもできるようになる。",
    "市民プールの利用料を改定": "仙台市は2021年6月15日、市民プールの利用料を10月から改定すると明らかにした。大人は500円、子どもは250円となり、年間利用券も新しく売り出される。",
}


@pytest.mark.parametrize("blank_lines", [1, 2, 3, 4])
@pytest.mark.parametrize("twice", [True, False])
def test_releases_that_no_rule_was_made_for_split_too(blank_lines: int, twice: bool) -> None:
    made = [f"{title}\n\n{title}\n\n{body}" if twice else f"{title}\n\n{body}" for title, body in FICTION.items()]
    assert [d.title for d in read(joined(made, blank_lines), kind="press_release")] == list(FICTION)


@pytest.mark.parametrize("blank_lines", [3, 4])
def test_a_wide_gap_opens_a_release_whose_headline_shares_no_word_with_its_body(blank_lines: int) -> None:
    (title, body), *_ = FICTION.items()
    slogan = "暮らしの足に新しい選択肢をお届けします"
    lead = "仙台市は2021年9月1日、路面電車の建設に向けた調査を始めると発表した。調査の結果は来年の夏までにまとめ、議会に報告する予定である。"
    assert [d.title for d in read(joined([f"{title}\n\n{body}", f"{slogan}\n\n{lead}"], blank_lines), kind="press_release")] == [title, slogan]


@pytest.mark.parametrize(
    "subheading",
    ["事業の背景と目的", "< 交通規制の対象となる区間 >", "1 開催期間", "(2) 交通規制の対象", "【参考】これまでの経緯", "○ 規制の時間帯", "※ 雨天の場合の取り扱い", "お問い合わせ先"],
)
def test_subheadings_in_the_body_do_not_split(subheading: str) -> None:
    (title, body), *_ = FICTION.items()
    more = "規制の区間では、路線バスも一部の停留所に止まらない。くわしくは市の交通局が別に知らせる。"
    assert [d.title for d in read(f"{title}\n\n{body}\n\n{subheading}\n\n{more}\n", kind="press_release")] == [title]


def test_a_caption_that_repeats_the_headline_belongs_to_its_release() -> None:
    (title, body), *_ = FICTION.items()
    (found,) = read(f"{title}\n\n{body}\n\n{title}\n\n{body.replace('七夕', '光のページェント')}\n", kind="press_release")
    assert found.text.count(title) == 1
    assert title in [o.text for o in found.omissions if o.reason == "repeated"]


def test_headline_is_the_first_line_that_can_be_one() -> None:
    lines, _ = clean("報道発表\n\n2021年7月1日\n\n・仙台市、保育所の入所申し込みを電子化\n\n本文である。\n")
    assert headline_of(lines) == "仙台市、保育所の入所申し込みを電子化"


def test_same_headline_forgives_small_differences_only() -> None:
    assert same_headline("光州市、韓国初のエネルギー融複合団地造成、新産業拠点都市として跳躍", "光州市、韓国初のエネルギー融複合団地造成、エネルギー新産業拠点都市として跳躍")
    assert not same_headline("ソウル市、インドで初の投資誘致説明会を開催", "ソウル市外国人就職博覧会を開催")
    assert not same_headline("概要", "概況")
