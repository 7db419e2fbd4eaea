"""PRJ: documents do not add up to a project."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

PRJ: Final = (
    Code(
        "PRJ401",
        "two documents with one id",
        "Two documents of one kind have the same id and differ. Which one is meant decides about "
        "routes, so neither is taken. A copy that says the same is tolerated.",
        "Delete one, or give it another id.",
    ),
    Code(
        "PRJ402",
        "one name for two things",
        "Routes, models and aliases share one set of names: a request asks for any of them.",
        "Give one of them another id.",
    ),
    Code(
        "PRJ403",
        "unknown pack",
        "A policy that is to be in force is not among the documents loaded.",
        "Correct the spelling, or add the folder it lies in to `documents`.",
    ),
    Code(
        "PRJ404",
        "pack of another version",
        "The project was written for another version of the policy than the one that is loaded. "
        "What it demands may have changed.",
        "Read what changed, then name the new version.",
    ),
    Code(
        "PRJ405",
        "unknown gateway",
        "The project lists a gateway that no document describes.",
        "Correct the spelling, or add a document of kind `gateway`.",
    ),
    Code(
        "PRJ406",
        "unknown scenario",
        "The project lists a scenario that no document describes.",
        "Correct the spelling, or add a document of kind `scenario`.",
    ),
    Code(
        "PRJ407",
        "no order of preference",
        "Permitted routes are ordered by numbers: cost, prices, speed, retention, limits and "
        "benchmarks. Anything else has no order, or is a demand.",
        "Order by a number, or write a rule.",
    ),
    Code(
        "PRJ408",
        "substitution of nothing",
        "A substitution names a model and an alias that both exist; a route is never substituted.",
        "Correct the spelling.",
    ),
    Code(
        "PRJ409",
        "path that leads nowhere",
        "A file or folder that is named does not exist or cannot be read.",
        "Correct the path. Paths in a document are relative to its own folder.",
    ),
    Code(
        "PRJ410",
        "no project",
        "A project file describes exactly one project.",
        "Keep one document of kind `project` in it.",
    ),
    Code(
        "PRJ411",
        "two rates at once",
        "Two exchange rates of one currency hold at the same time.",
        "End one before the other begins.",
    ),
    Code(
        "PRJ412",
        "fact that nobody may declare",
        "Who asks (tenant, project, environment, caller) comes from the caller's document; what "
        "is seen in the call is seen, not declared.",
        "Delete it from `may_declare`, and state it under `facts`.",
    ),
    Code(
        "PRJ413",
        "policy that is not in force",
        "The project's own documents hold a policy that it does not name under `packs`.",
        "Name it under `packs`, or delete it.",
    ),
    Code(
        "PRJ414",
        "two cases with one id",
        "Reports name a case by its id, so it must be unique within its suite.",
        "Give one of them another id.",
    ),
    Code(
        "PRJ415",
        "no policy in force",
        "Documents were loaded without a project and without packs. Nothing that is not permitted "
        "by a policy may be sent, so every request is denied.",
        "Name a project, or packs.",
    ),
    Code(
        "PRJ416",
        "observed for too long",
        "Calls may pass whatever is decided for at most 90 days, while policies are being adopted.",
        "Choose an earlier day under `enforcement`; it can be moved when it has come.",
    ),
    Code(
        "PRJ417",
        "observing has ended",
        "The day until which calls were only observed has passed. Decisions bind.",
        "Delete `mode` and `until` under `enforcement`.",
    ),
    Code(
        "PRJ418",
        "nothing is enforced",
        "The project only observes: every call passes, and records say what would have become of "
        "it.",
        "Read the records, settle what would be refused, and delete `mode` and `until`.",
    ),
    Code(
        "PRJ419",
        "proxy before a gateway you do not have",
        "A proxy may only ask about calls to a gateway of the project: the routes of others are "
        "out of reach.",
        "Correct the spelling, or list the gateway under `gateways`.",
    ),
    Code(
        "PRJ420",
        "log folder that cannot be written",
        "Decisions are recorded below `log.folder` before a call is sent, and there they could not "
        "be. `serve` does not start; `check` notes it, as the machine that serves may be another.",
        "Let the user that serves write there, or name another folder.",
    ),
    Code(
        "PRJ421",
        "log key that cannot sign",
        "The file under `log.key` is missing, cannot be read, or holds no Ed25519 key, so nothing "
        "could sign the checkpoints of the log. `serve` does not start.",
        "Make a key with `policy-router log key FILE`, or take `key` out.",
    ),
    Code(
        "PRJ422",
        "anchor that cannot be written",
        "Every checkpoint of the log is appended to the file under `log.anchor` too, and there it "
        "could not be. Its folder is never made: it is meant to be another volume, and where that "
        "is not mounted an anchor would prove nothing. `serve` does not start.",
        "Mount the volume or make the folder, or name another file.",
    ),
    Code(
        "PRJ423",
        "another log while it runs",
        "What runs records where its project said when it started: records of one run belong into "
        "one log. Documents that name another folder, key or anchor are not put in force.",
        "Restart what runs, or name the former place again.",
    ),
    Code(
        "PRJ424",
        "git anchor without git",
        "Every checkpoint of the log is pushed to the repository under `log.anchor_git`, by the "
        "program git, which is not installed here. `serve` does not start. A repository that "
        "cannot be reached keeps nothing from starting: it is told once it can.",
        "Install git, or name a file under `anchor`.",
    ),
    Code(
        "PRJ425",
        "OpenTelemetry without its packages",
        "The project has a collector told of its log (`log.otel`), and the packages that do so are "
        "not installed here. `serve` does not start.",
        "Install the extra `otel`, or take `otel` out.",
    ),
    Code(
        "PRJ426",
        "store of pseudonyms that cannot be used",
        "The file under `log.subjects` holds one key for each person that callers name. It must be "
        "apart from the log, so that copies of the log do not take it along, in a folder that is "
        "there, and nobody but its owner may read it. `serve` does not start.",
        "Name a file in a folder of its own, and let its owner alone read it.",
    ),
)
