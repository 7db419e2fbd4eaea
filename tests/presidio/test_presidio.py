"""Presidio itself, as the detector has it: what it sees, and that it fetches nothing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests import pinned
from tests.house.tree import ROOT

pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("presidio")]

_PLACE: Final = ROOT / ".presidio-venv"
_HERE: Final = Path(__file__).parent
_PATIENCE: Final = 300

SEEN: Final[Mapping[str, Sequence[str]]] = {
    "Write to erika.mustermann@web.de today.": ["personal"],
    "Pay with 4111 1111 1111 1111, please.": ["cardholder"],
    "Send it to DE89 3704 0044 0532 0130 00.": ["personal"],
    "The weather in June was fair.": [],
    "See https://www.example.com on 12 May.": [],
    "file.not_a_domain@localhost is no address": [],
    "": [],
}


def _asked(pipelines: Mapping[str, str | None], texts: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
    python = pinned.made(_PLACE, _HERE / "requirements.lock") / "python"
    done = subprocess.run(
        [python, str(_HERE / "reader.py")],
        input=json.dumps({"pipelines": pipelines, "texts": texts}),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "router")},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_patterns_are_seen_without_a_pipeline_and_without_a_network() -> None:
    assert _asked({"en": None}, list(SEEN)) == list(SEEN.values())


def test_a_text_is_read_in_every_language() -> None:
    texts = ["My tax id is 86095742719.", "Nothing is in this one."]
    assert _asked({"en": None, "de": None}, texts)[1] == []
    assert _asked({"en": None, "de": None}, list(SEEN)) == list(SEEN.values())


def test_an_installed_pipeline_sees_names(tmp_path: Path) -> None:
    texts = ["Zebulon Quist is not well.", "Nobody is not well."]
    assert _asked({"en": f"made:{tmp_path}/own"}, texts) == [["personal"], []]
    assert _asked({"en": None}, texts) == [[], []]


def test_a_pipeline_that_is_missing_is_an_error_and_not_fetched() -> None:
    found = _asked({"en": "en_core_web_nowhere"}, ["text"])
    assert "en_core_web_nowhere" in found["error"]
