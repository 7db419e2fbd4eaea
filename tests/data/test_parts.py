"""What a page says of a part of the calls is not claimed of the others, nor made better by them.

A chat is what counts: batches, files, fine-tuning and whatever else has an endpoint of its own
stand in the note. Of what a chat itself may meet, the worst counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_router.domain.claim import SourceKind
from policy_router.language.grammar.claims import RecordBody
from policy_router.language.grammar.places import GatewayBody, ProviderBody
from tests.data.shipped import records, routes, shipped
from tests.data.test_scope import SPEAKS_OF

CASES = re.compile(r"days by case: ([^;]+)")
DAYS = re.compile(r"(.+?) (\d+)")
NO_CHAT = re.compile(
    r"\b(batch|files?|fine tuning|agents api|transcription|after termination)\b|\bzdr\b|"
    r"zero retention option|without (content|user data)|anonymised|classifier scores|\bhours\b"
)
"""Cases that no chat is, that need something granted, or that keep no text of a chat for a day."""

PART = re.compile(r"\bsaid of\b|\bmost models\b|\bpaid\b|\bfor [^;,]* only\b|\bof models that\b")
"""How a note says that its page speaks of some calls, models or customers only."""

WHERE_THE_REST_IS: dict[tuple[str, str], str] = {
    **{(f"aws-bedrock-{part}", "retention_days"): "a second claim names the others: see below"
       for part in ("regional", "eu-cris", "us-cris", "other-cris", "global-cris")},
    ("mistral-api", "training"): "free accounts are an offering of their own",
    ("mistral-api-eu", "training"): "free accounts are an offering of their own",
    ("mistral-api-us", "training"): "free accounts are an offering of their own",
    ("xai-api-us", "inference_location"): "covers that model alone",
}  # fmt: skip
"""Offering and attribute of which a page speaks in part, where no second claim has the rest."""

KEEPS_ANSWERS = ("direct-bedrock-mantle",)
"""Gateways that answer on the Responses API and keep answers for a time that no page says."""

Offering = GatewayBody | ProviderBody


def claims() -> Iterator[tuple[Offering, str, RecordBody]]:
    offerings: list[Offering] = [*shipped(GatewayBody), *shipped(ProviderBody)]
    for offering in offerings:
        yield from ((offering, *claim) for claim in records(offering.claims))


def value(record: RecordBody) -> object:
    return getattr(record, "value", None)


def days_of_a_chat(note: str) -> list[int]:
    """The days that a note gives for what a chat may meet."""
    found = CASES.search(note)
    cases = found[1].split(", ") if found else []
    days = [case for text in cases if (case := DAYS.fullmatch(text.strip()))]
    return [int(case[2]) for case in days if not NO_CHAT.search(case[1])]


def test_days_are_the_most_that_a_chat_may_be_kept_and_of_nothing_else() -> None:
    stated = [
        (offering.id, value(record), max(days))
        for offering, attribute, record in claims()
        if attribute == "retention_days" and value(record) is not None
        if (days := days_of_a_chat(record.note or ""))
    ]
    assert len(stated) > 10
    assert [wrong for wrong in stated if wrong[1] != wrong[2]] == []


def test_batches_make_nothing_worse_and_nothing_better() -> None:
    """Parasail's page has 30 days for batches, and keeps nothing of a chat."""
    assert days_of_a_chat("days by case: serverless 0, dedicated 0, batch 30") == [0, 0]
    assert days_of_a_chat("x; days by case: default 0, misuse 14, batch input 1; y 99") == [0, 14]


def test_what_is_said_of_a_part_leaves_the_rest_to_another_claim() -> None:
    partly = {
        (offering.id, attribute)
        for offering, attribute, record in claims()
        if record.covers is None and value(record) is not None and PART.search(record.note or "")
        if offering.sources[record.source].kind is SourceKind.PROVIDER_DOCS
    }
    assert partly - set(SPEAKS_OF) == set(WHERE_THE_REST_IS)


def kept_on_bedrock(model: str) -> bool:
    """What Amazon keeps of flagged calls, or all: OpenAI's but the open ones, and two of Claude."""
    maker, _, name = model.partition("/")
    of_openai = maker == "openai" and not name.startswith("gpt-oss")
    return of_openai or name.startswith(("claude-fable-", "claude-mythos-"))


def test_models_that_bedrock_keeps_calls_of_are_never_covered_by_what_holds_of_most() -> None:
    offerings = [o for o in shipped(ProviderBody) if o.id.startswith("aws-bedrock-")]
    assert len(offerings) == 5
    for offering in offerings:
        kept = [r for r in offering.claims.retention_days if r.covers and r.value == 30]
        named = {model for record in kept for model in record.covers or ()}
        assert named == {model for model in offering.covers if kept_on_bedrock(model)}


def test_whoever_lets_people_look_at_flagged_calls_keeps_more_than_metadata() -> None:
    general: dict[str, dict[str, set[object]]] = {}
    for offering, attribute, record in claims():
        if record.covers is None:
            general.setdefault(offering.id, {}).setdefault(attribute, set()).add(value(record))
    looked_at = {
        name
        for name, said in general.items()
        if said.get("human_review", set()) & {"flagged_only", "sampled"}
    }
    assert {"openrouter", "openai-api"} <= looked_at
    kept = {name: general[name].get("logging", set()) for name in looked_at}
    assert {name for name, said in kept.items() if said and said <= {"none", "metadata"}} == set()


def test_where_answers_are_kept_for_a_time_that_is_not_said_the_days_are_not_known() -> None:
    through = [r for r in routes().values() if r.gateway.startswith(KEEPS_ANSWERS)]
    assert {r.gateway for r in through} >= set(KEEPS_ANSWERS)
    for route in through:
        (said,) = route.claims[route.provider].retention_days
        assert value(said) is None, route.id
