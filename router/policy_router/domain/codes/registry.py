"""REG: facts about routes, law and contracts contradict each other or lead nowhere."""

from __future__ import annotations

from typing import Final

from policy_router.domain.codes.code import Code

REG: Final = (
    Code(
        "REG301",
        "reference to nothing",
        "The document names another one that is not among those loaded.",
        "Correct the spelling, or add the document.",
    ),
    Code(
        "REG302",
        "unknown source",
        "A claim, price or card names a source that its document does not describe.",
        "Correct the spelling, or describe the source under `sources`.",
    ),
    Code(
        "REG303",
        "claims about a hop of another route",
        "Claims of a route are listed by hop: its gateway, its provider, its sub-processors.",
        "Correct the spelling, or move the claims to the route they are about.",
    ),
    Code(
        "REG304",
        "`covers` where it means nothing",
        "Only a provider's document speaks of several models, so only its claims say which.",
        "Delete the key.",
    ),
    Code(
        "REG305",
        "ends before it begins",
        "A span of time is empty: it ends when it begins, or earlier. A claim without `from` "
        "begins on the day its source was read; an attestation speaks of its own period only.",
        "Correct `from` or `until`. What was true before its source was read needs a `from`.",
    ),
    Code(
        "REG306",
        "two prices at once",
        "Two price tables of one route hold at the same time, so the price is not determined.",
        "End one before the other begins, or give them daily hours that do not overlap.",
    ),
    Code(
        "REG307",
        "date in the future",
        "Nobody has read, verified or recorded anything on a day that is still to come. What a "
        "document says may begin in the future; that somebody came to know it may not. A day "
        "ahead of UTC's is taken: it has begun in the east.",
        "Correct the date.",
    ),
    Code(
        "REG308",
        "covers something unknown",
        "An exact id that nothing loaded has covers nothing. That may be meant, if the document "
        "is wider than the registry; a misspelling would silently cover nothing.",
        "Correct the spelling, if it is one.",
    ),
    Code(
        "REG309",
        "one name for two hops",
        "Claims and agreements name a hop by its id, so a gateway and a provider must not share "
        "one, and no hop stands twice in a route.",
        "Give one of them another id, or delete the repetition.",
    ),
    Code(
        "REG310",
        "territory within itself",
        "A territory includes another one that includes it.",
        "List the members of one of them.",
    ),
    Code(
        "REG311",
        "agreement with nobody known",
        "`with` names hops (gateways, providers) or operating companies of providers, and this is "
        "neither.",
        "Correct the spelling, or add the provider.",
    ),
    Code(
        "REG312",
        "nothing to verify",
        "A verification raises the evidence of a claim that a document makes; it makes none. The "
        "document it names says nothing about the attribute, or said nothing on that day.",
        "Name the document in which the claim stands, or record the claim in a document of yours.",
    ),
    Code(
        "REG313",
        "verification overtaken",
        "Somebody read the source of the claim again after it was verified, so the verification "
        "says nothing about what it says now.",
        "Verify the claim as it is now, or delete the verification.",
    ),
    Code(
        "REG314",
        "claim contradicted",
        "The person who checked the source found it to say something else than the claim. Both "
        "are kept, and the attribute is unknown: what two readers disagree about is not relied on.",
        "Find out who is right. If the claim is wrong, report it; if the page changed, record the "
        "new reading in a document of yours.",
    ),
    Code(
        "REG315",
        "route without known limits",
        "A call is sent only where it is known to fit, and the card of this route's model states "
        "no `context_window`, or no `max_output_tokens`. Without the first, every call over HTTP "
        "is refused as `unsuitable`, whatever policies permit, as its size is known; without the "
        "second, every call that bounds the length of its answer.",
        "State the limits in the model's document, or in an `update`, from the page that has them.",
    ),
    Code(
        "REG320",
        "update of something that is not there",
        "An update adds to a route or model that another document describes, and none of those "
        "loaded is called so. It may have been renamed or removed since.",
        "Correct the id, or delete the entry.",
    ),
)
