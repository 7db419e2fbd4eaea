"""What is changed in a program, and what is left alone."""

from __future__ import annotations

import ast

import pytest

from tests.mutation.mutants import mutants
from tests.mutation.run import targets
from tests.mutation.tally import accepted


@pytest.mark.parametrize(
    ("program", "changes"),
    [
        ("x = a < b", ["a < b -> a <= b"]),
        ("x = a and b", ["a and b -> a or b"]),
        ("x = a | b", ["a | b -> a & b"]),
        ("x = not a", ["not a -> a"]),
        ("x = 1", ["1 -> 2"]),
        ("x = all(a)", ["all -> any"]),
        ("x = b if a else c", ["b if a else c -> c if a else b"]),
        ("x += y", ["x += y -> pass", "x += y -> x -= y"]),
        ("x[y] = z", ["x[y] = z -> pass"]),
        ("f(x)", ["f(x) -> pass"]),
        ("def f():\n    return a", ["return a -> return None"]),
        ("if a:\n    b = c", ["if a: b = c -> if not a: b = c"]),
        (
            "x = [a for a in b if a]",
            [
                "[a for a in b if a] -> [a for a in b]",
                "[a for a in b if a] -> [a for a in b if not a]",
            ],
        ),
    ],
)
def test_a_program_is_changed_in_one_place(program: str, changes: list[str]) -> None:
    found = list(mutants(program))
    assert [m.change for m in found] == changes
    for mutant in found:
        assert mutant.program != ast.unparse(ast.parse(program))
        assert mutant.line == program.splitlines()[mutant.number - 1].strip()


@pytest.mark.parametrize(
    "program",
    [
        '"""Words."""',
        "import a.b",
        "x: int | None = y",
        "def f(a: int | None) -> int | None: ...",
        "Shape = Circle | Square",
        "assert_never(x)",
        "raise ValueError(1)",
    ],
)
def test_what_does_nothing_is_left_alone(program: str) -> None:
    assert [m.change for m in mutants(program)] == []


def test_every_accepted_survivor_is_a_mutant_there_is() -> None:
    reasons = accepted()
    modules = {module for module, _, _ in reasons}
    assert modules
    assert set(reasons) <= {target.key for target in targets(modules)}
    assert all(reasons.values())
