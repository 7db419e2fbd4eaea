"""Shapes: each kind of them has its check."""

from __future__ import annotations

from typing import get_args

from policy_router.wire import shapes


def test_every_kind_of_shape_is_checked() -> None:
    assert set(get_args(shapes.Shape)) == set(shapes._CHECKS)
