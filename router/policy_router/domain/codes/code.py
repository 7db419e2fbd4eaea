"""One diagnostic code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem: `id` is three capitals and three digits, the capitals name its family.

    `title` names the problem, `explanation` says why it is one, `fix` what to do about it; the
    last two are whole sentences for a page of documentation.
    """

    id: str
    title: str
    explanation: str
    fix: str
