"""What is shipped says the same from the cache as from its documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from policy_router.domain.registry import Registry
from policy_router.language.catalogue import NOTHING_KNOWN
from policy_router.language.document import read_documents
from policy_router.store import making
from policy_router.store import project as project_module
from policy_router.store import shipped_facts as subject
from policy_router.store.cache import Cache
from policy_router.store.files import Place, SourceText, read
from policy_router.store.plain import packed
from policy_router.store.project import Loaded, LoadErrors, load_project
from policy_router.store.shipped import shipped_root
from policy_router.store.shipped_facts import shipped_facts

TODAY = date(2026, 11, 22)
BEFORE = date(2020, 1, 1)
AFTER = date(2026, 11, 23)


@pytest.fixture(scope="module")
def sources() -> list[SourceText]:
    """Read the shipped registry, one folder of routes aside."""
    root = Place(shipped_root(), "")
    folders = ("data/gateways", "data/providers", "data/models", "data/routes")
    return [source for folder in folders for source in read(root.below(folder))[0]]


OF_ONE = ("gateways/direct.yaml", "providers/xai.yaml", "models/xai.yaml", "routes/direct-xai.yaml")


@pytest.fixture(scope="module")
def few(sources: list[SourceText]) -> list[SourceText]:
    """Those of one provider: what becomes of any texts takes a hundredth of the time with them."""
    return [source for source in sources if source.name.endswith(OF_ONE)]


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    """Name an empty folder of caches."""
    return Cache(tmp_path / "kept", b"s" * 32)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the files whose text is parsed."""
    names: list[str] = []

    def noted(name: str, data: bytes) -> object:
        names.append(name)
        return read_documents(name, data)

    monkeypatch.setattr(making, "read_documents", noted)
    return names


def test_the_second_time_no_document_is_read(
    sources: list[SourceText], kept: Cache, parsed: list[str]
) -> None:
    first = shipped_facts(sources, TODAY, kept)
    assert len(parsed) == len(sources)
    parsed.clear()
    assert shipped_facts(sources, TODAY, kept) == first
    assert parsed == []


def test_what_this_process_made_of_the_same_texts_it_need_not_make_again(
    sources: list[SourceText], parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "_MEMORY", subject._Memory())
    few = sources[:3]
    first = shipped_facts(few, TODAY, None)
    assert len(parsed) == len(few)
    parsed.clear()
    assert shipped_facts(few, TODAY, None) is first
    assert shipped_facts(few, AFTER, None) is first
    assert shipped_facts([], TODAY, None) is not first
    assert shipped_facts(few, TODAY, None) is first, "a project without the registry ousted it"
    assert parsed == []
    assert shipped_facts(few[:2], TODAY, None) != first
    moved = [*few[:2], replace(few[2], name="elsewhere.yaml")]
    assert shipped_facts(moved, TODAY, None) != first
    assert len(parsed) == 5
    assert shipped_facts(few, TODAY, None) == first


def test_what_is_remembered_never_comes_from_the_cache(
    few: list[SourceText], kept: Cache, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "_MEMORY", subject._Memory())
    first = shipped_facts(few, TODAY, kept)
    parsed.clear()
    assert shipped_facts(few, TODAY, None) == first
    assert len(parsed) == len(few)


NOTHING: Mapping[str, Mapping[str, str]] = MappingProxyType({})


Wrong = Callable[[Registry], object]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: ("2026-11-22", 1, 2),
        lambda _: (TODAY, 1, 2),
        lambda _: TODAY,
        lambda r: (TODAY, r, NOTHING, NOTHING),
        lambda r: (TODAY, r, MappingProxyType({"model": MappingProxyType({"x": 1})})),
        lambda r: (TODAY, replace(r, digest=7), NOTHING),
        lambda r: (TODAY, replace(r, agreements=(TODAY,)), NOTHING),
        lambda r: (AFTER, r, NOTHING),
    ],
)
def test_what_is_wrong_is_made_again(
    few: list[SourceText], kept: Cache, wrong: Wrong, parsed: list[str]
) -> None:
    right = shipped_facts(few, TODAY, kept)
    assert right is not None
    (file,) = kept.folder.iterdir()
    text = packed(wrong(right.registry))
    kept.write(file.stem, text)
    parsed.clear()
    assert shipped_facts(few, TODAY, kept) == right
    assert len(parsed) == len(few)


@pytest.mark.parametrize("is_kept", [True, False])
def test_other_text_has_other_facts(few: list[SourceText], kept: Cache, is_kept: bool) -> None:
    cache = kept if is_kept else None
    right = shipped_facts(few, TODAY, cache)
    where, line = next(
        (n, line)
        for n, source in enumerate(few)
        for line in source.data.splitlines()
        if line.startswith(b"title: ")
    )
    other = few[where].data.replace(line, b"title: Another title", 1)
    changed = [*few]
    changed[where] = replace(few[where], data=other)
    found = shipped_facts(changed, TODAY, cache)
    assert found is not None
    assert found != right
    assert shipped_facts(few, TODAY, cache) == right


@pytest.mark.parametrize("is_kept", [True, False])
def test_documents_with_a_mistake_are_not_kept(
    few: list[SourceText], kept: Cache, is_kept: bool
) -> None:
    cache = kept if is_kept else None
    for mistake in (b"kind: [", b"kind: model\n", b"kind: unknown\nid: x\nlanguage: 1\n"):
        wrong = SourceText("wrong.yaml", Path("wrong.yaml"), mistake)
        assert shipped_facts([*few, wrong], TODAY, cache) is None
    twice = replace(
        few[0], name="again.yaml", data=few[0].data.replace(b"title: ", b"title: No ", 1)
    )
    assert shipped_facts([*few, twice], TODAY, cache) is None
    assert not kept.folder.exists()


@pytest.mark.parametrize("is_kept", [True, False])
def test_on_a_day_before_it_was_read_it_is_judged_anew(
    few: list[SourceText], kept: Cache, is_kept: bool
) -> None:
    cache = kept if is_kept else None
    assert shipped_facts(few, TODAY, cache) is not None
    assert shipped_facts(few, BEFORE, cache) is None


MODEL = """\
kind: model
id: acme/own
language: 1
title: Our own
maker: acme
"""


def project(folder: Path, documents: str) -> Path:
    """Write a project with these documents."""
    (folder / "own").mkdir(parents=True)
    (folder / "policy-router.yaml").write_text(
        "kind: project\nid: mine\nlanguage: 1\ndocuments: [own]\n"
        "gateways: [opper]\npacks: [{id: gdpr, version: 1}]\n",
        "utf-8",
    )
    (folder / "own" / "own.yaml").write_text(documents, "utf-8")
    return folder


def loads(folder: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Load a project: all its documents read, with an empty cache, and with a full one."""
    found: list[object] = []
    for all_read in (True, False, False):
        with monkeypatch.context() as patched:
            if all_read:
                patched.setattr(project_module, "shipped_facts", lambda *_: None)
            try:
                found.append(load_project(folder, today=TODAY, cache=None if all_read else kept))
            except LoadErrors as error:
                found.append([(d.code, d.message, d.related) for d in error.diagnostics])
    return found


def test_a_project_is_the_same_with_and_without_a_cache(
    tmp_path: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, filling, full = loads(project(tmp_path / "p", MODEL), kept, monkeypatch)
    assert every == filling == full
    assert isinstance(every, Loaded)
    assert isinstance(full, Loaded)
    assert "acme/own" in full.snapshot.registry.models
    assert full.snapshot.registry.digest == every.snapshot.registry.digest
    assert list(full.snapshot.registry.models) == sorted(full.snapshot.registry.models)


def test_a_shipped_document_described_again(
    tmp_path: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = (shipped_root() / "data" / "models" / "openai-o4-mini.yaml").read_text("utf-8")
    every, filling, full = loads(project(tmp_path / "same", again), kept, monkeypatch)
    assert filling == full
    assert isinstance(every, Loaded)
    assert isinstance(full, Loaded)
    assert full.snapshot.digests == every.snapshot.digests
    different = project(tmp_path / "different", again.replace("title: ", "title: Not ", 1))
    _, filling, full = loads(different, kept, monkeypatch)
    assert filling == full
    assert isinstance(full, list)
    ((code, message, related),) = full
    assert (code, message) == (
        "PRJ401",
        "model `openai/o4-mini` is described twice, and differently",
    )
    assert [span.file for _, span in related] == ["data/models/openai-o4-mini.yaml"]


def test_nothing_known_has_no_names() -> None:
    assert NOTHING_KNOWN.names() == {"gateway": {}, "provider": {}, "model": {}, "route": {}}
