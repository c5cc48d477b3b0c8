"""Calculations written out in a sentence (2,000件 − 1,500件 = 500件): the result holds if it is the result."""

import re
from collections.abc import Sequence
from decimal import Decimal

from qa.checks.quantities import Quantity, fold

OPERATOR = re.compile(r"^[^\d=]*?([+\-×÷*/])[^\d=]*$")
EQUALS = re.compile(r"^[^\d=]*=[^\d=]*$")
PLACES = Decimal("0.1")  # a quotient may be rounded to one place


def results(sentence: str, said: Sequence[Quantity]) -> set[int]:
    """The starts of the quantities that are right results of a calculation in the sentence."""
    folded = fold(sentence).replace("−", "-")
    found: set[int] = set()
    for k in range(2, len(said)):
        if not EQUALS.match(folded[said[k - 1].end : said[k].start]):
            continue
        operands, i = [said[k - 1].low], k - 1
        operators: list[str] = []
        while i > 0 and (match := OPERATOR.match(folded[said[i - 1].end : said[i].start])):
            operators.insert(0, match[1])
            operands.insert(0, said[i - 1].low)
            i -= 1
        if operators and _matches(_result(operands, operators), said[k].low):
            found.add(said[k].start)
    return found


def _result(operands: Sequence[Decimal], operators: Sequence[str]) -> Decimal | None:
    """The value from left to right; None for a division by zero."""
    value = operands[0]
    for operator, operand in zip(operators, operands[1:], strict=True):
        if operator in "÷/" and not operand:
            return None
        value = {"+": value + operand, "-": value - operand, "×": value * operand, "*": value * operand}.get(operator) if operator not in "÷/" else value / operand  # type: ignore[assignment]
    return value


def _matches(value: Decimal | None, said: Decimal) -> bool:
    return value is not None and (value == said or value.quantize(PLACES) == said or (value * 100).quantize(PLACES) == said)
