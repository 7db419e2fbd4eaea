"""Days in rows of catalogues: the whole text is read, and of an instant its UTC day."""

from __future__ import annotations

from datetime import date

import pytest

from policy_router.registry.importers.fields import day


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-22", date(2026, 11, 22)),
        ("2026-11-22T00:00:00Z", date(2026, 11, 22)),
        ("2026-11-22 23:59", date(2026, 11, 22)),
        ("2026-11-22T23:30:00-05:00", date(2026, 11, 23)),
        ("2026-11-22T00:30:00.123456789+02:00", date(2026, 11, 21)),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_that_of_utc(text: str | None, meant: date | None) -> None:
    assert day({"retired_at": text}, "retired_at") == meant
