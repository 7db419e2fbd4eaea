"""Every operation of the published API is classified, and one is governed."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from policy_router.wire import openai_operations
from policy_router.wire.openai_operations import check_operation
from policy_router.wire.refusal import RefusalCode, Refused


def _published() -> list[str]:
    """Every path that the installed SDK of OpenAI can ask for."""
    spec = find_spec("openai")
    assert spec is not None
    assert spec.origin is not None
    resources = Path(spec.origin).parent / "resources"
    found: set[str] = set()
    for file in resources.rglob("*.py"):
        found |= set(re.findall(r'"(/[a-z_]+(?:/[^"\s]*)?)"', file.read_text("utf-8")))
    return sorted(found)


def test_every_published_operation_is_classified() -> None:
    published = _published()
    assert len(published) > 100
    families = {path.split("/")[1] for path in published}
    assert families - set(openai_operations._FAMILIES) == set()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_only_one_operation_is_governed(method: str) -> None:
    for path in _published():
        if (method, path) == ("POST", "/chat/completions"):
            check_operation(method, path, "")
            continue
        with pytest.raises(Refused) as caught:
            check_operation(method, path, "")
        assert caught.value.status == 403
        assert caught.value.code in {RefusalCode.KEEPS_STATE, RefusalCode.UNKNOWN_OPERATION}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "chat/completions",
        "/chat/completions/",
        "//chat/completions",
        "/chat//completions",
        "/Chat/Completions",
        "/chat%2Fcompletions",
        "/./chat/completions",
        "/x/../chat/completions",
        "/chat/completions;x",
        "/chat/completions?model=b",
        "/openai/deployments/gpt/chat/completions",
        "/v1/chat/completions",
        "/unheard-of",
        None,
    ],
)
def test_nothing_is_normalised_into_the_governed_path(path: str | None) -> None:
    with pytest.raises(Refused) as caught:
        check_operation("POST", path, "")
    assert caught.value.status == 403


@pytest.mark.parametrize("method", ["post", "Post", "PUT", "PATCH", "HEAD", "OPTIONS", "QUERY"])
def test_other_verbs_are_refused(method: str) -> None:
    with pytest.raises(Refused):
        check_operation(method, "/chat/completions", "")


def test_a_model_in_the_query_is_a_second_model() -> None:
    for query, code in (
        ("model=b", RefusalCode.SECOND_MODEL),
        ("MODEL=b", RefusalCode.SECOND_MODEL),
        ("api-version=1", RefusalCode.NOT_CLASSIFIED),
    ):
        with pytest.raises(Refused) as caught:
            check_operation("POST", "/chat/completions", query)
        assert caught.value.code is code
