"""LNT: documents are sound, and something in them has no effect."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

LNT: Final = (
    Code(
        "LNT501",
        "rule that can never apply",
        "No request exists that the rule is known to apply to: what its `when`, or the `scope` of "
        "its policy, asks for is never true together. All it can do is stop requests of which too "
        "little is known.",
        "Correct the condition, or delete the rule.",
    ),
    Code(
        "LNT502",
        "rule that no route passes",
        "Whatever the request, as long as the rule applies to it, no route within reach is known "
        "to meet the rule, and no exception lets one pass: what the rule is about cannot be sent "
        "anywhere.",
        "If that is not meant, `policy-router gaps` lists the contracts, judgements and evidence "
        "that would change it.",
    ),
    Code(
        "LNT503",
        "exception that nothing matches",
        "The exception is in force, and there is no request and no route within reach that its "
        "rule would stop and the exception lets pass.",
        "Correct what it names, or end it: an exception that is not needed is a risk for nothing.",
    ),
    Code(
        "LNT504",
        "sign-off that nothing matches",
        "The sign-off is in force, and there is no request and no route within reach of which it "
        "changes what a rule says.",
        "Correct what it covers, or put the policy in force that asks for it.",
    ),
    Code(
        "LNT505",
        "scenario without a route",
        "No route within reach may carry the requests that the scenario describes.",
        "`policy-router gaps` with `--scenario` lists what is missing, nearest first.",
    ),
    Code(
        "LNT506",
        "more requests than can be tried",
        "Whether the rule, exception or sign-off has an effect is found by trying every request "
        "that it can tell apart, and there are too many, or it asks what a call costs, which "
        "depends on its exact size. Nothing is said of it.",
        "Nothing has to be done. A rule with fewer facts in one condition can be judged.",
    ),
)
