"""ALR: what became worse since a saved audit, or soon will; and how to say what to watch."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

ALR: Final = (
    Code(
        "ALR601",
        "condition that cannot be read",
        "`audit --fail-on` takes conditions, separated by commas: `lost-routes>N`, "
        "`newly-unknown>N` and `expiring<Nd`, each once. Anything else might watch nothing.",
        "Write one of these, such as `lost-routes>0,expiring<14d,newly-unknown>0`.",
    ),
    Code(
        "ALR602",
        "condition without a baseline",
        "What was lost, and what is newly unknown, is told beside an audit that was saved before.",
        "Save one with `audit --format json`, and name it with `--baseline`.",
    ),
    Code(
        "ALR603",
        "baseline that cannot be compared with",
        "The file is no whole audit as `audit --format json` writes it, or speaks of a scenario "
        "that is no longer there. What it does not say cannot be missed.",
        "Save a new one with `audit --format json`, without `--standing`.",
    ),
    Code(
        "ALR611",
        "permission that was lost",
        "The scenario might go by this route when the baseline was saved, and may not now.",
        "Do what the alert says. If the loss is meant, save a new baseline.",
    ),
    Code(
        "ALR612",
        "newly unknown",
        "Of a route that carries or carried something it was known whether the scenario may go "
        "there, and now it is not. What is not known is refused.",
        "Get the evidence that the alert names. If it is meant, save a new baseline.",
    ),
    Code(
        "ALR613",
        "permission that will lapse",
        "A contract, judgement, waiver, decision of law, rate or claim ends within the days that "
        "are watched, and the permissions named are there with it and not without it.",
        "Renew it in time, or let it end and save a new baseline then.",
    ),
)
