"""Options that mean the same are called the same in every command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
import pytest

from policy_router.cli.main import main
from policy_router.cli.values import Past

ONE_NAME = {"--limit": "--most", "--last": "--most", "--rows": "--most", "--from": "--since"}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _options(group: click.Command, name: str = "") -> Iterator[tuple[str, str, click.Parameter]]:
    context = click.Context(group)
    if isinstance(group, click.Group):
        for each in group.list_commands(context):
            found = group.get_command(context, each)
            assert found is not None
            yield from _options(found, f"{name} {each}".strip())
    for parameter in group.params:
        yield from ((name, option, parameter) for option in parameter.opts)


def test_how_many_rows_and_since_when_have_one_name() -> None:
    used = {option for _, option, _ in _options(main)}
    assert {"--most", "--since", "--until"} <= used
    assert not used & ONE_NAME.keys()


def test_every_command_that_takes_an_instant_to_begin_takes_a_span_too() -> None:
    spans = [p.type for _, option, p in _options(main) if option in {"--since", "--until"}]
    assert spans
    assert all(isinstance(kind, Past) for kind in spans)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("0d", NOW),
        ("2026-11-01T00:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_a_span_ends_now(text: str, instant: datetime) -> None:
    assert Past(lambda: NOW).convert(text, None, None) == instant


@pytest.mark.parametrize("text", ["7", "-7d", "d", "99999d", "x"])
def test_what_is_neither_an_instant_nor_a_span_is_misuse(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Past(lambda: NOW).convert(text, None, None)


def test_a_span_before_all_days_is_misuse() -> None:
    with pytest.raises(click.BadParameter):
        Past(lambda: datetime(1, 1, 2, tzinfo=UTC)).convert("5d", None, None)
