"""How every operation of a published API stands: governed, without data, or denied, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from policy_router.wire.refusal import RefusalCode


class Api(StrEnum):
    """Whose operations are classified."""

    OPENAI = "OpenAI"
    ANTHROPIC = "Anthropic"
    GOOGLE = "Google"
    OPPER = "Opper"
    OPENROUTER = "OpenRouter"


class Standing(StrEnum):
    """What becomes of a call to an operation."""

    SUPPORTED = "supported"
    NO_DATA = "carries no data"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Ground:
    """Why an operation stands where it stands. `why` follows "this operation"."""

    standing: Standing
    why: str
    advice: str
    code: RefusalCode = RefusalCode.UNKNOWN_OPERATION


_INSTEAD = "governed are chat completions, responses, embeddings, messages and generateContent"

SENT = Ground(Standing.SUPPORTED, "is decided, pinned, recorded and sent", "")
LISTS = Ground(
    Standing.NO_DATA,
    "lists models, which is answered here with what the caller may use, and never passed on",
    "ask the enforcement point's own list of models",
)
DESCRIBES = Ground(
    Standing.NO_DATA,
    "tells something about an account or a catalogue, and carries nothing to decide on",
    "ask it of the gateway itself, with a key of your own",
)
KEEPS = Ground(
    Standing.DENIED,
    "keeps what it is sent, or works on what is kept",
    f"send the content with the call; {_INSTEAD}",
    RefusalCode.KEEPS_STATE,
)
STORED = Ground(
    Standing.DENIED,
    "reads or changes answers that a provider kept",
    "leave answers unkept: `store: false`",
    RefusalCode.KEEPS_STATE,
)
OPEN = Ground(
    Standing.DENIED,
    "holds a connection open over which models are named again",
    f"use an operation that is one request and one answer; {_INSTEAD}",
)
NOT_YET = Ground(Standing.DENIED, "is not governed yet", _INSTEAD)
SECOND = Ground(
    Standing.DENIED,
    "chooses its models itself, or has several at work",
    "name one model in a call that is governed",
    RefusalCode.SECOND_MODEL,
)
THIRD = Ground(
    Standing.DENIED,
    "hands data to a party no policy has looked at",
    f"fetch or search in the caller's own program; {_INSTEAD}",
    RefusalCode.THIRD_PARTY,
)
ADMINISTERS = Ground(
    Standing.DENIED,
    "changes an account, which is no call to a model",
    "administer accounts with the provider itself",
)
SUPERSEDED = Ground(
    Standing.DENIED,
    "is of a version whose routes cannot be pinned",
    "use the gateway's newest compatible address",
)


@dataclass(frozen=True, slots=True)
class Classified:
    """Operations of one API whose path is `path`, or, unless `exact`, lies below it.

    A segment `{}` of the path stands for any; a last one `{}:verb` for the name of a model, which
    may hold slashes. `method` None: whichever.
    """

    api: Api
    path: str
    ground: Ground
    method: str | None = None
    exact: bool = False

    def covers(self, method: str, path: str) -> bool:
        """Whether it speaks of `method path`."""
        if self.method not in {None, method}:
            return False
        own = self.path.split("/")
        asked = path.split("/", len(own) - 1 if own[-1].startswith("{}:") else -1)
        fits = len(own) == len(asked) if self.exact else len(own) <= len(asked)
        return fits and all(_fits(o, a) for o, a in zip(own, asked, strict=False))


def _fits(own: str, asked: str) -> bool:
    """Whether one segment is meant: `{}` any, `{}:verb` any with the verb, `name` or `name:...`."""
    if own == "{}":
        return True
    if own.startswith("{}"):
        return asked.endswith(own[2:]) and asked != own[2:]
    return asked == own or (":" not in own and asked.partition(":")[0] == own)


def table(api: Api, families: Mapping[Ground, str]) -> tuple[Classified, ...]:
    """The families of an API, each with everything below it, by their ground."""
    return tuple(
        Classified(api, f"/{family}", ground)
        for ground, names in families.items()
        for family in names.split()
    )


def ground_of(classified: Iterable[Classified], method: str, path: str) -> Ground | None:
    """Why `method path` stands where it stands: the first that speaks of it."""
    return next((c.ground for c in classified if c.covers(method, path)), None)
