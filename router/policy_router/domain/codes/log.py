"""LOG: what was decided cannot be decided again."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

LOG: Final = (
    Code(
        "LOG501",
        "documents of a decision not kept",
        "A decision is made again from the documents it was made from. They are kept beside the "
        "log, under the digests that its record names, and there are none under these.",
        "Look for the folder `snapshots` in a copy of the log. Retention removes documents once no "
        "record names them.",
    ),
    Code(
        "LOG502",
        "kept documents are not what was kept",
        "Of the documents under these digests some are missing, changed or cannot be read, or all "
        "of them together have other digests. Nothing is decided from documents that may not be "
        "those a decision was made from.",
        "Take the folder `snapshots` from a copy of the log, and find out who could write to it.",
    ),
    Code(
        "LOG503",
        "documents of another version",
        "The documents were kept by another version of the program, and this one finds them wrong "
        "or understands them otherwise.",
        "Install the version that the message names, and replay the decision with it.",
    ),
    Code(
        "LOG504",
        "record without a decision",
        "The call was refused before anything was decided, or its record lacks a part of what a "
        "decision is made from.",
        "Read the record with `policy-router log show`: the code of the refusal stands there.",
    ),
)
