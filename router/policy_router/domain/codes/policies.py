"""POL: a policy, exception or alias demands something that cannot be meant or does not exist."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

POL: Final = (
    Code(
        "POL201",
        "unknown fact",
        "`when`, `needs`, `scope` and `refuse_when` read facts of the request, and this is none.",
        "Correct the spelling; the language reference lists all facts.",
    ),
    Code(
        "POL202",
        "unknown attribute",
        "`require`, `forbid`, `accepts` and `by` read attributes of a route, and this is none.",
        "Correct the spelling; the language reference lists all attributes.",
    ),
    Code(
        "POL203",
        "unknown territory",
        "The name is neither a territory of the documents loaded, nor `ADEQUATE.` with an "
        "exporting regime, nor a country code of ISO 3166-1.",
        "Correct the spelling, or add a document of kind `territory`.",
    ),
    Code(
        "POL204",
        "value that cannot occur",
        "The fact or attribute never has this value, so the comparison could never be true.",
        "Use one of its values; the language reference lists them.",
    ),
    Code(
        "POL205",
        "comparison that does not fit",
        "Sets are compared by what they include or lie within, numbers by bounds, names by being "
        "one of a list.",
        "Use a comparison that fits; the language reference lists them by sort of value.",
    ),
    Code(
        "POL206",
        "set compared as a whole",
        "A bare value after a set could mean that the set includes it, lies within it or is equal "
        "to it. Which is meant decides who is refused.",
        "Say which: `includes`, `includes_any`, `includes_all`, `excludes`, `within` or "
        "`not_within`.",
    ),
    Code(
        "POL207",
        "nothing to compare with",
        "An empty list or mapping is true of everything or of nothing. Only `when: {}` has a "
        "meaning: always.",
        "Write what must hold, or delete the key.",
    ),
    Code(
        "POL208",
        "demand written as a prohibition",
        "Transfer bases and sign-offs are demanded: what is accepted is listed. A prohibition "
        "would let pass whatever its author did not think of.",
        "List under `require` what is accepted.",
    ),
    Code(
        "POL209",
        "lower bound on a price",
        "Prices and costs are bounded from above only. A lower bound would refuse a route for "
        "being cheap.",
        "Use `at_most` or `below` under `require`.",
    ),
    Code(
        "POL210",
        "fact and attribute mixed up",
        "Conditions read facts of the request, demands read attributes of the route. A few names "
        "exist on one side only.",
        "Move it to the other side: attributes under `require` or `forbid`, facts under `when`.",
    ),
    Code(
        "POL211",
        "scope reads something else",
        "Whom a policy covers depends only on who asks: tenant, project, environment and caller.",
        "Move the condition to the `when` of each rule.",
    ),
    Code(
        "POL212",
        "two rules with one id",
        "Exceptions and reports name a rule by its id, so it must be unique within its policy.",
        "Give one of them another id.",
    ),
    Code(
        "POL213",
        "more data switches the rule off",
        "A request with one more category of data would no longer meet this condition, and the "
        "rule would not apply although there is more to protect.",
        "Write the condition with `includes`, `includes_any` or `includes_all`.",
    ),
    Code(
        "POL214",
        "name that nothing has",
        "No route, model, provider, gateway or maker that is loaded has this name, so nothing is "
        "compared with it: a prohibition forbids nothing, a demand is never met.",
        "Correct the spelling, if it is one.",
    ),
    Code(
        "POL220",
        "exception to a policy that does not exist",
        "The exception names a policy that is not among the documents loaded.",
        "Correct the spelling, or delete the exception.",
    ),
    Code(
        "POL221",
        "exception to a rule that does not exist",
        "The policy has no rule of this id.",
        "Correct the spelling, or delete the exception.",
    ),
    Code(
        "POL222",
        "rule that may not be waived",
        "Exceptions are possible only to rules that say `waivable: true`.",
        "Meet the rule; only its author can make it waivable.",
    ),
    Code(
        "POL223",
        "exception for more than a year",
        "An exception is a temporary deviation that somebody looks at again: at most 366 days.",
        "End it earlier, and renew it when it is still needed.",
    ),
    Code(
        "POL224",
        "approved by somebody who may not",
        "The project lists who may approve exceptions to which rules; this role may not approve "
        "one to this rule.",
        "Have it approved by a role that may, or let the project list the role.",
    ),
    Code(
        "POL225",
        "attribute that an exception cannot accept",
        "`accepts` names values of a claim: an attribute with a closed choice, or a number. Sets, "
        "names and what is derived cannot be accepted value by value.",
        "Leave it out, or name an attribute with a closed choice.",
    ),
    Code(
        "POL226",
        "exception to a policy that is not in force",
        "The project does not put the policy in force, so the exception changes nothing.",
        "Delete the exception, or name the policy under `packs`.",
    ),
    Code(
        "POL227",
        "exception that a better claim ends",
        "The exception lets a route pass while a claim is one that it accepts. There is a better "
        "claim that it does not accept and that is not all its rule asks, so a route that gets "
        "better, for example by a contract, may be stopped again.",
        "Accept the better claims as well, or give what else the rule asks a rule of its own.",
    ),
    Code(
        "POL230",
        "aliases in a circle",
        "An alias leads back to itself, so no model is ever reached.",
        "Break the circle.",
    ),
    Code(
        "POL231",
        "alias of nothing",
        "The alias names something that is neither a model nor an alias.",
        "Correct the spelling.",
    ),
)
