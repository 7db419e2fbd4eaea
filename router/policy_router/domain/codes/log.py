"""LOG: what was decided cannot be decided again, or a log is not what was written."""

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
    Code(
        "LOG601",
        "records are not those that were kept",
        "A line does not follow on the one before it, or a checkpoint is of other records than are "
        "there. Records were changed, moved, put in or taken out after they were kept.",
        "Compare with a copy of the log, and find out who could write to its folder.",
    ),
    Code(
        "LOG602",
        "beginning of a log gone without proof",
        "Records before the first that is there are gone. Retention says so in a record, and a "
        "checkpoint covers that record before anything is removed. Here there is no such record, "
        "it speaks of other records, or nothing that is trusted covers it: anybody who may write "
        "to the folder could have written it.",
        "With an anchor: take the newest copy of it. Otherwise compare with a copy of the log, and "
        "find out who could write to its folder.",
    ),
    Code(
        "LOG603",
        "record that cannot be read",
        "A record stands in its place and is no JSON, or does not hold what a record of its kind "
        "holds. No version of this program writes such a record.",
        "Find out who could write to the folder of the log.",
    ),
    Code(
        "LOG604",
        "log without a signature",
        "A key was named that must have signed the log, and the log has no checkpoint that covers "
        "any of its records, signed or not.",
        "Set `key` under `log` in the project file, and have `policy-router log tell` or the "
        "sidecar write a checkpoint. If there was one, find out who could write to the folder.",
    ),
)
