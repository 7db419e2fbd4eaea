"""Shapes: each kind of them has its check, which notes what it lets pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from policy_router.wire import checks, shapes
from policy_router.wire.checks import Noted, check_of
from policy_router.wire.inert import CONTENT_TYPE, IMAGE, LABEL, PARSED, PROMPT, UNSAID
from policy_router.wire.operations import SUPPORTED
from policy_router.wire.refusal import Refused
from policy_router.wire.shapes import Either, Left, Many, Number, Record, Shape, Tagged


def _noted(shape: Shape, value: Any) -> Noted:  # noqa: ANN401 - any JSON
    noted = Noted()
    check_of(shape)(value, "", noted)
    return noted


def test_every_kind_of_shape_is_checked() -> None:
    assert set(get_args(shapes.Shape)) == set(checks._MAKES)


@pytest.mark.parametrize("shape", [PROMPT, Either(PROMPT, Many(LABEL))], ids=["text", "either"])
@pytest.mark.parametrize("value", [7, True, 0.5, {}, {"a": "b"}, [7], [["a"]]])
def test_where_any_text_may_stand_nothing_else_may(shape: Shape, value: Any) -> None:  # noqa: ANN401 - any JSON
    inside: list[tuple[Shape, Any]] = [
        (shape, value),
        (Many(shape), [value]),
        (Record({"a": shape}), {"a": value}),
    ]
    for outer, said in inside:
        with pytest.raises(Refused):
            _noted(outer, said)


def test_what_is_no_text_is_noted() -> None:
    shape = Record({"kind": CONTENT_TYPE, "data": IMAGE, "ids": Many(Number(token=True))})
    assert _noted(shape, {"kind": "audio/wav"}).held == {"audio"}
    assert _noted(shape, {"data": "AAAA", "ids": [1]}).held == {"image", "tokens"}
    assert not _noted(shape, {"data": None, "kind": None, "ids": []}).held


TOKEN = Number(whole=True, least=0, most=9, token=True)


@pytest.mark.parametrize("shape", [Many(TOKEN), Many(Either(PROMPT, Many(TOKEN), TOKEN))])
@pytest.mark.parametrize("odd", [-1, 10, 2**80, True, False, 0.5, 7.0, None, [[1]], {}])
@pytest.mark.parametrize("at", range(3))
def test_of_many_numbers_none_is_passed_over(shape: Shape, odd: Any, at: int) -> None:  # noqa: ANN401 - any JSON
    numbers: list[Any] = [0, 9, 4]
    assert _noted(shape, numbers).held == {"tokens"}
    numbers[at] = odd
    with pytest.raises(Refused):
        _noted(shape, numbers)


@pytest.mark.parametrize("said", [None, "text", {"a": [1]}])
def test_what_is_left_out_goes_from_every_record_null_or_not(said: Any) -> None:  # noqa: ANN401 - any JSON
    inner = Record({"type": LABEL, "parsed": PARSED, "unsaid": UNSAID})
    shape = Record({"one": inner, "all": Many(Tagged("type", {"a": inner}))})
    part = {"type": "a", "parsed": said, "unsaid": None}
    body = {"one": {**part}, "all": [{**part}, {"type": "a"}, {**part}]}
    noted = _noted(shape, body)
    assert body["one"] == part  # nothing goes before all of it is known to be harmless
    noted.leave_out()
    assert body == {"one": {"type": "a"}, "all": [{"type": "a"}] * 3}


def test_only_records_have_what_is_left_out() -> None:
    """Or else nothing would take it out."""
    for operation in SUPPORTED:
        for shape in _inner(operation.body):
            members = {Many: "item", shapes.Table: "value"}.get(type(shape))
            assert members is None or not isinstance(getattr(shape, members), Left)


def _inner(shape: Shape) -> Iterator[Shape]:
    yield shape
    match shape:
        case Many(item):
            yield from _inner(item)
        case shapes.Table(_, value):
            yield from _inner(value)
        case Record(fields):
            for inner in fields.values():
                yield from _inner(inner)
        case Tagged(_, variants):
            for inner in variants.values():
                yield from _inner(inner)
        case Either(text, nested):
            yield from (*_inner(text), *_inner(nested))
