"""Files are found in a fixed order and read whole, or refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policy_router.language.text import DEFAULT_LIMITS
from policy_router.store.files import place, read


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path()


def write(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"# {name}\n", "utf-8")


def names(path: str) -> list[str]:
    sources, problems = read(place(Path(path)))
    assert problems == ()
    return [source.name for source in sources]


@pytest.mark.usefixtures("folder")
def test_a_folder_is_read_whole_in_order() -> None:
    write("p/b.yaml", "p/a.yml", "p/c/z.yaml", "p/readme.md", "p/x.yaml.bak")
    assert names("p") == ["p/a.yml", "p/b.yaml", "p/c/z.yaml"]


@pytest.mark.usefixtures("folder")
def test_tests_and_hidden_files_are_no_documents_of_a_folder() -> None:
    write("p/a.yaml", "p/suite.yaml", "p/a.suite.yaml", "p/fixtures.yaml", "p/b.fixtures.yaml")
    write("p/fixtures/r.yaml", "p/.git/x.yaml", "p/.hidden.yaml", "p/suites.yaml")
    assert names("p") == ["p/a.yaml", "p/suites.yaml"]


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_named_is_read_whatever_it_is_called() -> None:
    write("p/suite.yaml", "p/x.txt")
    assert names("p/suite.yaml") == ["p/suite.yaml"]
    assert names("p/x.txt") == ["p/x.txt"]


@pytest.mark.usefixtures("folder")
def test_an_empty_folder_holds_nothing() -> None:
    Path("p").mkdir()
    assert names("p") == []


@pytest.mark.usefixtures("folder")
def test_a_path_that_leads_nowhere_is_an_error() -> None:
    sources, (problem,) = read(place(Path("p/missing.yaml")))
    assert sources == ()
    assert (problem.code, problem.span.file) == ("PRJ409", "p/missing.yaml")


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_too_large_is_refused_unread() -> None:
    Path("p").mkdir()
    with Path("p/huge.yaml").open("wb") as huge:
        huge.truncate(50 * 1024 * 1024)
    write("p/a.yaml")
    sources, (problem,) = read(place(Path("p")))
    assert [source.name for source in sources] == ["p/a.yaml"]
    assert problem.code == "DOC001"
    assert f"{DEFAULT_LIMITS.file_bytes:,}" in problem.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.usefixtures("folder")
def test_a_file_that_may_not_be_read_is_an_error() -> None:
    write("a.yaml")
    Path("a.yaml").chmod(0)
    _, (problem,) = read(place(Path("a.yaml")))
    assert problem.code == "PRJ409"


@pytest.mark.usefixtures("folder")
def test_a_folder_that_may_not_be_listed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    write("p/a.yaml", "p/closed/b.yaml")
    listed = os.scandir

    def closed(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError
        return listed(path)

    monkeypatch.setattr("policy_router.store.files.os.scandir", closed)
    sources, (problem,) = read(place(Path("p")))
    assert [source.name for source in sources] == ["p/a.yaml"]
    assert (problem.code, problem.span.file) == ("PRJ409", "p/closed")


@pytest.mark.usefixtures("folder")
def test_folders_come_among_files_in_the_order_of_names() -> None:
    write("p/b.yaml", "p/b/z.yaml", "p/b-a.yaml", "p/a/y.yaml", "p/a/x/w.yaml", "p/c.yaml")
    write("p/b/suite/s.yaml", "p/my.suite/t.yaml", "p/.yaml", "p/.hidden/.git/u.yaml")
    found = sorted(Path("p").rglob("*.yaml"))
    kept = [f.as_posix() for f in found if not {"suite", ".yaml", ".hidden"} & set(f.parts)]
    assert names("p") == kept
    assert len(kept) == 7


@pytest.mark.usefixtures("folder")
def test_a_file_is_where_its_links_lead() -> None:
    write("p/a.yaml", "q/b.yaml")
    Path("p/b.yaml").symlink_to(Path("q/b.yaml").resolve())
    Path("r").symlink_to("p", target_is_directory=True)
    sources, _ = read(place(Path("r")))
    assert [source.path for source in sources] == [
        Path("p/a.yaml").resolve(),
        Path("q/b.yaml").resolve(),
    ]


@pytest.mark.usefixtures("folder")
def test_a_folder_called_like_a_file_is_a_folder() -> None:
    write("p/deep.yaml/a.yaml")
    assert names("p") == ["p/deep.yaml/a.yaml"]


@pytest.mark.parametrize("kind", ["dangling", "loop", "pipe", "folder"])
def test_what_cannot_be_read_as_a_document_is_not_passed_over(tmp_path: Path, kind: str) -> None:
    documents = tmp_path / "data"
    documents.mkdir()
    (documents / "good.yaml").write_text("kind: alias\n", encoding="utf-8")
    odd = documents / "odd.yaml"
    match kind:
        case "dangling":
            odd.symlink_to(tmp_path / "nowhere.yaml")
        case "loop":
            odd.symlink_to(odd)
        case "pipe":
            os.mkfifo(odd)
        case _:
            (tmp_path / "elsewhere").mkdir()
            odd = documents / "linked"
            odd.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    _, problems = read(place(documents))
    assert [(p.code, p.span.file) for p in problems] == [("PRJ409", odd.as_posix())]
