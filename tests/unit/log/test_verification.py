"""Verifying: what was changed in a log after it was kept is found, and named."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policy_router.log import segment as segments
from policy_router.log import verification
from policy_router.log.checkpoint import Checkpoint, checkpoints_in, read_checkpoint
from policy_router.log.kept import open_ledger
from policy_router.log.keys import FileSigner, is_signed, make_key
from policy_router.log.ledger import Ledger
from policy_router.log.segment import LogDamaged, opening_of
from policy_router.log.verification import IsSigned, verify
from policy_router.log.writer import CHECKPOINTS, Sizes
from tests.unit.log.tampering import (
    COUNT,
    SIZES,
    TAMPERING,
    Kept,
    begin_later,
    drop_and_tell,
    kept_in,
    tampered,
    write_anew,
)
from tests.unit.log.test_ledger import numbers, record

CHANGES = 1_400


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return kept_in(tmp_path_factory.mktemp("kept") / "log")


@pytest.fixture
def copy(tmp_path: Path, kept: Kept) -> Path:
    shutil.copytree(kept[0], tmp_path / "log")
    return tmp_path / "log"


def test_what_was_not_touched_is_proven(kept: Kept) -> None:
    folder, anchor = kept
    found = verify(folder, anchor)
    assert found.problem is None
    assert found.segments > 3
    assert found.records == found.covered == found.anchored == COUNT + found.segments
    assert found.abandoned == {}


@pytest.mark.parametrize("way", TAMPERING)
@pytest.mark.parametrize("pruned", [False, True])
def test_every_change_is_found_against_an_anchor(tmp_path: Path, way: str, *, pruned: bool) -> None:
    kept, times = kept_in(tmp_path / "kept", pruned=pruned), CHANGES // len(TAMPERING) // 2
    assert verify(*kept).problem is None
    made = tampered(kept, tmp_path / "log", {way: TAMPERING[way]}, times, 1)
    assert made.changed > times // 2
    assert made.missed == []


def test_the_record_that_was_changed_is_named(copy: Path) -> None:
    path = copy / "00000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"number":5', b'"number":6'))
    problem = verify(copy).problem
    assert problem is not None
    assert problem.number == 1 + 5  # the next one does not follow on it
    assert problem.where.startswith("`00000001.jsonl`, byte ")


@pytest.fixture
def signer(tmp_path: Path) -> FileSigner:
    return make_key(tmp_path / "key.pem")


def by_key(signer: FileSigner) -> IsSigned:
    return lambda c: c.key == signer.public_key.hex() and is_signed(c)


@pytest.fixture
def copy_signed(tmp_path: Path, signer: FileSigner) -> tuple[Kept, IsSigned]:
    return kept_in(tmp_path / "log", signer), by_key(signer)


@pytest.mark.parametrize("against", ["nothing", "anchor", "key", "both"])
@pytest.mark.parametrize("pruned", [False, True])
def test_no_record_from_before_a_changed_one_on_is_called_proven(
    tmp_path: Path, signer: FileSigner, against: str, *, pruned: bool
) -> None:
    """Any byte of any record; what lies before the number that is named is what was kept."""
    whole, anchor = kept_in(tmp_path / "kept", signer, pruned=pruned)
    known = anchor if against in {"anchor", "both"} else []
    signed = by_key(signer) if against in {"key", "both"} else None
    dice = random.Random(f"{against} {pruned}")  # noqa: S311 - for changes of a test
    files = sorted(whole.glob("*.jsonl"))
    ends = [0, *itertools.accumulate(len(path.read_bytes().splitlines()) for path in files)]
    first = verify(whole).first
    for at in range(ends[-1]):
        (segment,) = (n for n in range(len(files)) if ends[n] <= at < ends[n + 1])
        real = files[segment].read_bytes()
        lines = [bytearray(line) for line in real.splitlines(keepends=True)]
        line = lines[at - ends[segment]]
        line[dice.randrange(len(line))] ^= dice.randrange(1, 256)
        files[segment].write_bytes(b"".join(lines))
        found = verify(whole, known, signed, must_be_signed=signed is not None)
        files[segment].write_bytes(real)
        assert found.problem is not None
        assert found.problem.number <= first + at, found.problem
        assert found.problem.number <= found.end
        before = (
            [c.size for c in anchor if first <= c.size <= first + at] if known or signed else []
        )
        assert at == 0 or found.problem.number >= max(before, default=0), found.problem


@pytest.mark.parametrize("field", ["log", "size", "root", "at", "key", "signature"])
@pytest.mark.parametrize("by_any", [True, False])
def test_a_changed_checkpoint_of_the_log_takes_nothing_from_what_the_anchor_proves(
    copy_signed: tuple[Kept, IsSigned], field: str, *, by_any: bool
) -> None:
    """Nor does it say of records that are not there that they follow on each other."""
    (folder, anchor), by_the_key = copy_signed
    file = folder / CHECKPOINTS
    lines = file.read_bytes().splitlines(keepends=True)
    for at in range(len(lines)):
        for value in (0, 1, 94, 10**6) if field == "size" else (_OTHERWISE[field],):
            told = json.loads(lines[at]) | {field: value}
            file.write_bytes(
                b"".join([*lines[:at], json.dumps(told).encode(), b"\n", *lines[at + 1 :]])
            )
            is_by = is_signed if by_any else by_the_key
            found = verify(folder, anchor, is_by, must_be_signed=not by_any)
            assert found.problem is not None
            assert (found.problem.where, found.anchored) == (f"`{CHECKPOINTS}`", found.end)
            assert found.problem.number == found.end, "all that is there is proven"
            alone = verify(folder, (), is_by).problem
            assert alone is not None
            assert alone.number <= found.end


_OTHERWISE = {
    "log": "policy-router/another",
    "root": "A" * 43 + "=",
    "at": "2020-01-01T00:00:00+00:00",
    "key": "00" * 32,
    "signature": "A" * 86 + "==",
}


def test_a_changed_anchor_is_told_beside_what_the_key_proves(
    copy_signed: tuple[Kept, IsSigned],
) -> None:
    (folder, anchor), by_the_key = copy_signed
    false = replace(anchor[0], size=94)
    found = verify(folder, [false, *anchor[1:]], by_the_key, must_be_signed=True)
    assert found.problem is not None
    assert (found.problem.where, found.problem.number) == ("the anchor", found.end)
    assert found.anchored == found.covered == found.end


def test_a_log_of_which_nothing_is_left_is_one_that_was_lost(
    copy_signed: tuple[Kept, IsSigned],
) -> None:
    (folder, anchor), by_the_key = copy_signed
    for path in folder.glob("*.jsonl"):
        path.unlink()
    for known in ((), anchor):
        problem = verify(folder, known, by_the_key, must_be_signed=True).problem
        assert problem is not None
        assert problem.number == 0
        assert f"{anchor[-1].size} records were kept, 0 are there" in problem.what
    shutil.rmtree(folder)
    assert verify(folder, anchor).problem is not None


def test_what_is_cut_off_behind_the_last_checkpoint_cannot_be_told(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append(record(0))
    ledger.check()
    ledger.append(record(1))
    path = tmp_path / "00000001.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    found = verify(tmp_path)
    assert found.problem is None
    assert (found.records, found.covered) == (2, 2)
    assert numbers(tmp_path) == [0]


def test_what_somebody_wrote_anew_is_told_by_nothing_but_an_anchor(copy: Path, kept: Kept) -> None:
    write_anew(copy, random.Random(1))  # noqa: S311 - for changes of a test
    assert verify(copy).problem is None
    assert verify(copy, kept[1]).problem is not None


# ---- a beginning that is gone ----


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("forge", [begin_later, drop_and_tell])
def test_nobody_without_the_key_removes_a_beginning(
    tmp_path: Path,
    signer: FileSigner,
    forge: Callable[[Path, random.Random], None],
    seed: int,
) -> None:
    """Not to `log verify` with the key, and not to whoever goes on with the log and signs it."""
    folder, _ = kept_in(tmp_path / "log", signer)
    real = (folder / CHECKPOINTS).read_bytes()
    forge(folder, random.Random(seed))  # noqa: S311 - for changes of a test
    (folder / CHECKPOINTS).write_bytes(real)
    problem = verify(folder, (), by_key(signer), must_be_signed=True).problem
    assert problem is not None
    assert problem.code in {"LOG601", "LOG602"}
    for go_on in (lambda: Ledger(folder, signer).append(record(0)), Ledger(folder, signer).check):
        with pytest.raises(LogDamaged):
            go_on()
    assert (folder / CHECKPOINTS).read_bytes() == real


@pytest.mark.parametrize("forge", [begin_later, drop_and_tell, write_anew])
def test_nobody_goes_on_with_a_log_that_its_anchor_does_not_know(
    tmp_path: Path, forge: Callable[[Path, random.Random], None]
) -> None:
    """Without any key, and with checkpoints that were written anew too."""
    anchor, folder = tmp_path / "anchor", tmp_path / "log"
    ledger = open_ledger(folder, anchor=anchor)
    ledger.append(record(0))
    ledger.close_segment(datetime.max.replace(tzinfo=UTC))
    ledger.append(record(1))
    ledger.check()
    known = anchor.read_bytes()
    forge(folder, random.Random(3))  # noqa: S311 - for changes of a test
    assert verify(folder, checkpoints_in(anchor)).problem is not None
    with pytest.raises(LogDamaged):
        open_ledger(folder, anchor=anchor).append(record(2))
    shutil.rmtree(folder)
    with pytest.raises(LogDamaged, match="no segment of them is there"):
        open_ledger(folder, anchor=anchor).append(record(2))
    assert anchor.read_bytes() == known


@pytest.mark.parametrize("by", ["key", "anchor"])
def test_who_removed_a_beginning_as_it_should_be_goes_on(
    tmp_path: Path, signer: FileSigner, by: str
) -> None:
    folder, anchor = kept_in(tmp_path / "log", signer, pruned=True)
    found = verify(folder, anchor if by == "anchor" else (), by_key(signer), must_be_signed=True)
    assert (found.problem, found.first > 0) == (None, True)
    recall = (lambda: anchor[-1]) if by == "anchor" else None
    Ledger(folder, signer, recall=recall, sizes=SIZES).append(record(0))
    assert verify(folder, anchor, by_key(signer)).problem is None


def test_another_key_signs_nothing_whose_beginning_is_gone(tmp_path: Path) -> None:
    """What is left rests on the word of a record, and on the old key's alone."""
    old, new = make_key(tmp_path / "old.pem"), make_key(tmp_path / "new.pem")
    folder, _ = kept_in(tmp_path / "log", old, pruned=True)
    with pytest.raises(LogDamaged, match="no checkpoint by this key"):
        Ledger(folder, new).check()


def test_an_anchor_from_before_a_removal_does_not_prove_it(tmp_path: Path) -> None:
    folder, anchor = kept_in(tmp_path / "log", pruned=True)
    first = opening_of(folder, 3)
    assert first is not None
    problem = verify(folder, anchor[:1]).problem
    assert problem is not None
    assert "no checkpoint of the anchor covers" in problem.what
    known = {tree.size for tree in first.before.tree.beginnings()}
    lost = [c for c in anchor if c.size < first.before.tree.size and c.size not in known]
    assert lost
    assert verify(folder, anchor).uncompared == 2 * len(lost), "of the log's own, and the anchor's"


def test_what_a_checkpoint_of_removed_records_says_is_compared_where_it_can_be(
    tmp_path: Path,
) -> None:
    """The first line that is there tells the roots of some of the trees before it."""
    folder, anchor = kept_in(tmp_path / "log", pruned=True)
    opening = opening_of(folder, 3)
    assert opening is not None
    sizes = [tree.size for tree in opening.before.tree.beginnings()]
    assert sizes
    for tree in (*opening.before.tree.beginnings(), opening.before.tree):
        true = Checkpoint(opening.log, tree.size, tree.root(), "2026-01-01T00:00:00+00:00")
        assert verify(folder, [true, *anchor]).problem is None
        false = Checkpoint(opening.log, tree.size, bytes(32), true.at)
        problem = verify(folder, [false, *anchor]).problem
        assert problem is not None
        assert problem.number == 0


# ---- read while it is written ----


@pytest.mark.parametrize("segment", [600, 3_000, 1_000_000])
@pytest.mark.parametrize("torn", [False, True])
def test_a_log_that_is_written_to_meanwhile_is_not_taken_for_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, segment: int, torn: bool
) -> None:
    """Records come, or the first half of one does, wherever a reader looks a second time."""
    ledger = Ledger(tmp_path, sizes=Sizes(segment=segment, checkpoint=10))
    for number in range(20):
        ledger.append(record(number))
    come = itertools.count(20)

    def looking(path: Path, offset: int) -> int | None:
        ledger.append(record(next(come)))
        if not torn:
            return real(path, offset)
        whole = path.read_bytes()
        path.write_bytes(whole[:-20])
        try:
            return real(path, offset)
        finally:
            path.write_bytes(whole)

    real = segments.unfinished
    monkeypatch.setattr(segments, "unfinished", looking)
    monkeypatch.setattr(verification, "unfinished", looking)
    found = verify(tmp_path)
    assert found.problem is None
    assert found.records >= 20
    seen = numbers(tmp_path)
    assert seen == list(range(len(seen)))
    monkeypatch.undo()
    assert verify(tmp_path).abandoned == {}
    assert numbers(tmp_path) == list(range(next(come)))


def test_another_logs_anchor_is_no_anchor(copy: Path, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "other")
    other.append(record(0))
    checkpoint = other.check()
    assert checkpoint is not None
    problem = verify(copy, [checkpoint]).problem
    assert problem is not None
    assert problem.where == "the anchor"


# ---- signatures ----


def test_checkpoints_are_signed_and_a_changed_one_is_not(tmp_path: Path) -> None:
    signer = make_key(tmp_path / "key.pem")
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    folder = tmp_path / "log"
    ledger = Ledger(folder, FileSigner(tmp_path / "key.pem"))
    ledger.append(record(0))
    ledger.check()
    found = verify(folder, is_signed=is_signed)
    assert found.problem is None
    assert found.keys == {signer.public_key.hex()}
    (checkpoint,) = checkpoints_in(folder / CHECKPOINTS)
    for changed in (
        Checkpoint(checkpoint.log, 1, checkpoint.root, checkpoint.at, checkpoint.key, b"0" * 64),
        Checkpoint(
            checkpoint.log, 1, checkpoint.root, "2020", checkpoint.key, checkpoint.signature
        ),
        Checkpoint(checkpoint.log, 2, checkpoint.root, checkpoint.at),
        Checkpoint(checkpoint.log, 2, checkpoint.root, checkpoint.at, "zz", checkpoint.signature),
    ):
        (folder / CHECKPOINTS).write_bytes(changed.line())
        problem = verify(folder, is_signed=is_signed).problem
        assert problem is not None
        assert "not signed" in problem.what


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    make_key(tmp_path / "key.pem")
    with pytest.raises(FileExistsError):
        make_key(tmp_path / "key.pem")
    (tmp_path / "other.pem").write_text("no key")
    with pytest.raises(ValueError, match=r"(?i)pem|key|deserialize"):
        FileSigner(tmp_path / "other.pem")


@pytest.mark.parametrize("line", [b"", b"x", b"{}", b"[]", b'{"log":"a","size":"b"}', b"null"])
def test_what_is_no_checkpoint_is_none(line: bytes) -> None:
    assert read_checkpoint(line) is None
