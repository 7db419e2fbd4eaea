"""Several detectors over the texts of a call: what is seen, and what was not read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from policy_router.detect.detector import detect
from policy_router.domain.detection import NOTHING_DETECTED, Detected


@dataclass(frozen=True)
class _Word:
    """Sees `category` where `word` stands."""

    name: str
    word: str
    category: str

    def categories(self, text: str) -> frozenset[str]:
        return frozenset({self.category} if self.word in text else ())


@dataclass(frozen=True)
class _Broken:
    name: str = "broken"

    def categories(self, text: str) -> frozenset[str]:
        raise ValueError(text)


MOST = 1000
HEALTH, SECRET = _Word("ward", "fever", "health"), _Word("vault", "secret", "trade_secret")


def test_what_any_detector_sees_in_any_text_counts() -> None:
    seen = detect([HEALTH, SECRET], ["a fever", "nothing", "a secret fever"], MOST)
    assert seen == Detected(frozenset({"health", "trade_secret"}), ("vault", "ward"), whole=True)


def test_what_is_seen_in_one_passage_counts_beside_what_is_seen_in_another() -> None:
    fever, secret = detect([HEALTH], ["a fever"], MOST), detect([SECRET], ["a secret"], MOST)
    both = Detected(frozenset({"health", "trade_secret"}), ("vault", "ward"), whole=True)
    assert fever.and_also(secret) == secret.and_also(fever) == both
    assert fever.and_also(fever) == fever.and_also(NOTHING_DETECTED) == fever


def test_a_passage_that_is_not_read_to_its_end_leaves_all_in_doubt() -> None:
    cut = detect([HEALTH], ["xx", "fever"], most=4)
    assert not cut.and_also(NOTHING_DETECTED).whole
    assert not NOTHING_DETECTED.and_also(cut).whole


def test_nothing_seen_is_nothing_said() -> None:
    assert detect([HEALTH], ["x"], MOST) == Detected(frozenset(), (), whole=True)
    assert detect([], ["fever"], MOST) == Detected(frozenset(), (), whole=True)


def test_what_is_beyond_the_bound_is_not_read_and_said_so() -> None:
    assert detect([HEALTH], ["xx", "fever"], most=4) == Detected(frozenset(), (), whole=False)
    assert detect([HEALTH], ["xx", "fever"], most=7).categories == {"health"}
    assert detect([HEALTH], ["x" * MOST], MOST).whole
    assert not detect([HEALTH], ["x" * MOST, "y"], MOST).whole
    assert detect([HEALTH], ["x" * MOST, ""], MOST).whole


def test_a_detector_that_fails_has_not_read_its_text(caplog: pytest.LogCaptureFixture) -> None:
    seen = detect([_Broken(), HEALTH], ["a fever, Anna Svensson"], MOST)
    assert seen == Detected(frozenset({"health"}), ("ward",), whole=False)
    assert "`broken` failed: ValueError" in caplog.text
    assert "Svensson" not in caplog.text
