"""Records of one run stand in one log: documents that name another are not put in force."""

from __future__ import annotations

import pytest

from policy_router.domain.diagnostic import DocumentErrors
from tests.pep.keeping import Keeping
from tests.pep.keeping import keeping as keeping  # noqa: PLC0414 - a fixture


@pytest.mark.parametrize(
    ("field", "log"),
    [
        ("folder", "log: {folder: var/other}"),
        ("key", "log: {folder: var/log, key: log.pem}"),
        ("anchor", "log: {folder: var/log, anchor: elsewhere/checkpoints}"),
        ("anchor_git", "log: {folder: var/log, anchor_git: elsewhere.git}"),
        ("otel", "log: {folder: var/log, otel: records}"),
        ("subjects", "log: {folder: var/log, subjects: keys/subjects}"),
        ("folder", ""),
    ],
)
def test_another_log_is_not_taken_up_while_it_runs(
    keeping: Keeping, field: str, log: str, caplog: pytest.LogCaptureFixture
) -> None:
    """All or nothing: the rules that come with it do not count either."""
    kept = keeping()
    before = kept.pdp.snapshot
    for name, old, new in (
        ("policy-router.yaml", "log: {folder: var/log}", log),
        ("documents.yaml", "within: EEA", "within: US"),
    ):
        file = kept.folder / name
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    kept.reloading.look()
    assert kept.pdp.snapshot is before
    assert f"PRJ423: `log.{field}` is " in caplog.text
    with pytest.raises(DocumentErrors) as refused:
        kept.pdp.reload()
    assert [d.code for d in refused.value.diagnostics] == ["PRJ423"]
    assert "restart" in (refused.value.diagnostics[0].help or "")
    assert kept.told[0]["codes"] == ["PRJ423"]


def test_the_same_log_in_other_words_and_place_is_the_same(keeping: Keeping) -> None:
    kept = keeping()
    file = kept.folder / "policy-router.yaml"
    text = file.read_text("utf-8").replace("log: {folder: var/log}", "log:\n  folder: ./var/log")
    file.write_text(f"# moved down\n{text}", "utf-8")
    kept.pdp.reload()
    assert kept.pdp.until is None
