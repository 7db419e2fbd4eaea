"""Runs in Presidio's environment: reads texts as JSON, writes what its detector sees in each.

A connection anywhere is an error, and so is a look-up of a name: nothing may be fetched.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Any


def _refuse(*_: Any, **__: Any) -> None:  # noqa: ANN401 - stands for any function
    message = "a detector reaches for the network"
    raise AssertionError(message)


def _without_network() -> None:
    socket.socket.connect = _refuse  # type: ignore[method-assign]
    socket.socket.connect_ex = _refuse  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = _refuse  # type: ignore[assignment]


def _with_pipeline(folder: str) -> str:
    """A spaCy pipeline that knows one name, as an organisation might train its own."""
    import spacy  # noqa: PLC0415 - only there

    pipeline = spacy.blank("en")
    ruler: Any = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Zebulon Quist"}])
    pipeline.to_disk(folder)
    return folder


def main() -> None:
    """Read `{pipelines, texts}`; a pipeline that is `made:FOLDER` is made there first."""
    asked = json.load(sys.stdin)
    pipelines = {
        code: _with_pipeline(name[5:]) if name and name.startswith("made:") else name
        for code, name in asked["pipelines"].items()
    }
    _without_network()
    from policy_router.detect.presidio import Presidio  # noqa: PLC0415 - after the guard

    try:
        detector = Presidio(pipelines)
    except OSError as error:
        json.dump({"error": str(error)}, sys.stdout)
        return
    json.dump([sorted(detector.categories(text)) for text in asked["texts"]], sys.stdout)


if __name__ == "__main__":
    main()
