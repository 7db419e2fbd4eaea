"""Rules about files: their length, their names, and what no file may say."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import PACKAGE, ROOT, named, project_files

LONGEST = 400
NO_ROOM = {"base", "common", "core", "handler", "handlers", "helper", "helpers", "manager", "misc"}
NO_ROOM |= {"managers", "util", "utils"}
# an absolute path below somebody's own folder; links and relative paths end otherwise before it
MACHINE_PATH = re.compile(r"(?<![\w.:/*~-])/(?:home|root|Users|work|tmp|opt|mnt)/[\w.]")
ADDRESS = re.compile(r"://|--(?:extra-)?index|--find-links|--trusted-host")
MAIL = re.compile(r"([\w.+%-]+)@((?:[a-z0-9-]+\.)+[a-z]{2,})", re.IGNORECASE)
ROLES = {"contact", "dataprotection", "dpo", "gdpr", "help", "info", "legal", "privacy", "sales"}
ROLES |= {"security", "support", "trust"}
# Python before 3.11.4 forgets what such a group has matched (its issue 101955)
POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d+(?:,\d*)?\})\+|\(\?>")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def test_python_files_are_short() -> None:
    lengths = {named(p): len(p.read_text("utf-8").splitlines()) for p in project_files(".py")}
    assert lengths
    assert {name: length for name, length in lengths.items() if length >= LONGEST} == {}


def test_no_room_or_module_is_named_for_nothing() -> None:
    names = {named(p): p.relative_to(PACKAGE).with_suffix("").parts for p in PACKAGE.rglob("*.py")}
    assert names
    assert [name for name, parts in names.items() if NO_ROOM & set(parts)] == []


def test_every_room_has_content() -> None:
    rooms = {p.parent for p in PACKAGE.rglob("*.py")} - {PACKAGE}
    assert [named(r) for r in sorted(rooms) if not set(r.glob("*.py")) - {r / "__init__.py"}] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{named(path)}:{number}"
        for path in project_files()
        for number, line in enumerate(_lines(path.read_bytes()), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_no_pattern_repeats_a_group_possessively() -> None:
    lines = [(p, line) for p in PACKAGE.rglob("*.py") for line in p.read_text("utf-8").splitlines()]
    assert lines
    assert [(named(p), line) for p, line in lines if POSSESSIVE_GROUP.search(line)] == []


@pytest.mark.parametrize("pattern", [r"(?:a){0,4}+", r"(a)++", r"(a)*+b", r"(?>a)"])
def test_the_search_finds_possessive_groups(pattern: str) -> None:
    assert POSSESSIVE_GROUP.search(pattern)


def of_a_person(line: str) -> list[str]:
    """The mail addresses in a line that are neither invented nor those of a role."""
    return [
        f"{who}@{host}"
        for who, host in MAIL.findall(line)
        if not host.lower().endswith(".example") and who.lower() not in ROLES
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("write to privacy@provider.com or Anna.Lind@provider.com", ["Anna.Lind@provider.com"]),
        ("reference: mailto:a.lind+dpa@mail.provider.co.uk", ["a.lind+dpa@mail.provider.co.uk"]),
        ("anna@company.example, DPO@provider.com", []),
        ("model@20250514, package@1.2.3, @router.get", []),
    ],
)
def test_which_mail_address_is_of_a_person(line: str, found: list[str]) -> None:
    assert of_a_person(line) == found


def test_nothing_that_is_published_names_the_mail_address_of_a_person() -> None:
    """Facts about providers name companies and roles. Tests may invent people to be found."""
    found = [
        f"{named(path)}:{number}: {address}"
        for path in project_files()
        if not path.is_relative_to(ROOT / "tests")
        for number, line in enumerate(_lines(path.read_bytes()), start=1)
        for address in of_a_person(line)
    ]
    assert found == []


def test_the_lock_file_names_no_index() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    assert lines
    assert [line for line in lines if ADDRESS.search(line)] == []


def test_the_lock_file_pins_with_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert pins
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_links_between_documents_lead_somewhere() -> None:
    dangling = [
        f"{named(path)}: {target}"
        for path in project_files(".md")
        for target in LINK.findall(path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert dangling == []


def _lines(content: bytes) -> list[str]:
    """Split text into lines; a binary file has none."""
    return [] if b"\0" in content else content.decode("utf-8").splitlines()
