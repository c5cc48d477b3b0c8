"""What a briefing asks of the documents: questions planned from the topic, which also serve as searches."""

import re
from dataclasses import dataclass

from qa.briefing.briefing import Length
from qa.briefing.topic import Topic

TAIL = re.compile(r"(?:の|における|に関する|について)?(?:最新)?(?:動向|現状|状況|概要|比較|まとめ|取組|取り組み|主要数値|数値|と主要数値|について|に関して|とは)+$")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a paper of a length holds: sentences, rows of figures, characters of the body."""

    points: int
    background: int
    themes: int
    each: int
    figures: int
    characters: int


LIMITS: dict[Length, Limits] = {"1page": Limits(4, 1, 4, 2, 8, 1000), "3pages": Limits(5, 3, 8, 4, 18, 3000)}


def subject_phrase(text: str) -> str:
    """The topic without what every topic ends in: 韓国自治体のデジタル人材育成の動向 → 韓国自治体のデジタル人材育成."""
    short = text.strip("。?!\uff1f\uff01 \n")
    while (cut := TAIL.sub("", short)) != short and cut:
        short = cut.rstrip("のと・、")
    return short or text


def questions_of(topic: Topic) -> tuple[str, ...]:
    """The questions that a paper on the topic answers, in the order of its parts."""
    about = subject_phrase(topic.text)
    if len(topic.places) >= 2:
        does = [f"{place.name}は、{_without_places(about, topic)}についてどのような取組を行っているか" for place in topic.places]
    else:
        does = [f"{about}として、どのような取組が行われているか"]
    return (f"{about}の背景と目的は何か", *does, f"{about}の対象、規模、予算額はどのくらいか", f"{about}の実績と成果は何か", f"{about}の今後の計画と予定は何か")


def _without_places(about: str, topic: Topic) -> str:
    for place in topic.places:
        for form in sorted({place.name, *place.forms}, key=len, reverse=True):
            about = re.sub(rf"{re.escape(form)}(特別市|広域市|市|道|都|府|県)?(と|の|・|、|及び)?", "", about)
    return about.strip("のと・、") or "主な施策"
