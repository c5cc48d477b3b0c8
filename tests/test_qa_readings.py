"""What a question may mean where it names a thing by its kind only, over the real corpus."""

import pytest
from test_qa_extractive import ask


@pytest.mark.parametrize(
    "question, names",
    [("センターの入居期間は?", ("ソウルグローバルセンター", "創業センター")), ("説明会はいつ開かれましたか。", ("投資誘致説明会", "投資環境説明会")), ("産業団地の面積は?", ())],
)
def test_each_thing_that_a_question_may_mean_is_offered(question: str, names: tuple[str, ...]) -> None:
    meant = ask(question).readings
    assert len(meant) == len(names) and all(any(name in reading for reading in meant) for name in names), meant


@pytest.mark.parametrize("question", ["ソウルグローバルセンターの入居期間は?", "札幌のIT産業国際交流スペースの広さは?", "市内バスの公共Wi-Fiは何台ですか。", "Which city?"])
def test_a_question_that_names_its_thing_has_one_meaning(question: str) -> None:
    assert ask(question).readings == ()
