"""The options that state a request: its facts, and the two instants of the question."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import click

from policy_router.cli.values import Instant, Label, Name, Names
from policy_router.domain.vocabulary import DATA_CATEGORIES, Regime


@dataclass(frozen=True, slots=True)
class Flag:
    """An option for one fact. `fact`: its key in a request; `many`: it may be given repeatedly."""

    option: str
    fact: str
    text: str
    many: bool = False
    known: Callable[[], Iterable[str]] = tuple


@dataclass(frozen=True, slots=True)
class Stated:
    """What the command line says about a request, as a document would write it.

    `flags`: the option behind each top-level key; `file`: a request file, `-` is standard input.
    """

    facts: Mapping[str, Any]
    flags: Mapping[str, str]
    file: str | None
    at: datetime | None
    known_at: datetime | None


def model_names() -> Iterable[str]:
    """Every model and route that is shipped, to complete names."""
    from policy_router.cli.completions import shipped_names  # noqa: PLC0415 - slow, and rarely used

    return shipped_names()


MODEL: Final = Flag("--model", "model", "a model, a route (a pin) or an alias", known=model_names)
DATA: Final = Flag(
    "--data",
    "data",
    "categories of data, such as personal,health",
    many=True,
    known=lambda: DATA_CATEGORIES,
)
FLAGS: Final = (
    MODEL,
    DATA,
    Flag("--subjects", "subjects", "whom the data is about, such as customers", many=True),
    Flag("--subject-location", "subject_location", "where they are, as countries", many=True),
    Flag(
        "--regime",
        "regime",
        "data protection laws of the exporter",
        many=True,
        known=lambda: [r.value for r in Regime],
    ),
    Flag("--purpose", "purpose", "what it is for"),
    Flag("--lawful-basis", "lawful_basis", "legal basis, such as A6-1-b"),
    Flag("--special-condition", "special_condition", "condition of Art. 9(2), such as A9-2-h"),
    Flag("--decision-effect", "decision_effect", "what the answer decides about people"),
    Flag("--tenant", "tenant", "part of the organisation"),
    Flag("--project", "project", "project that calls (the project FILE is --config)"),
    Flag("--environment", "environment", "such as production"),
    Flag("--caller", "caller", "name of the calling program"),
    Flag("--endpoint", "endpoint", "operation of the API"),
    Flag("--feature", "features", "features the call needs", many=True),
    Flag("--input-modality", "input_modalities", "what is sent besides text", many=True),
    Flag("--output-modality", "output_modalities", "what is wanted besides text", many=True),
    Flag("--server-tool", "server_tools", "tools that run at the provider", many=True),
)
SIZES: Final = {"--tokens-in": "input", "--tokens-out": "output"}
SWITCHES: Final = {
    "--stateful": "the call leaves state at the provider",
    "--streaming": "the answer is streamed",
}


ARGUMENT: Final = "MODEL"
"""The model as an argument, and what stands for it in diagnostics."""


def request_options() -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add every option that states a request; the command gets them as one `Stated`.

    The model is an argument too.
    """

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def run(model: str | None, **options: Any) -> int:  # noqa: ANN401 - what click parsed
            stated = _stated(FLAGS, options)
            return command(stated=_with_model(stated, model), **options)

        for decorate in reversed(_decorators(FLAGS)):
            run = decorate(run)
        return click.argument("model", type=Name(model_names), required=False)(run)

    return decorated


def _with_model(stated: Stated, model: str | None) -> Stated:
    """The same, of the model that is given as an argument, if one is."""
    if model is None:
        return stated
    if "model" in stated.facts:
        raise click.UsageError("the model is named twice: as an argument and with `--model`")
    facts, flags = {**stated.facts, "model": model}, {**stated.flags, "model": ARGUMENT}
    return replace(stated, facts=facts, flags=flags)


def instant_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add `--at` and `--known-at`."""
    for decorate in (_known_at(), _at()):
        command = decorate(command)
    return command


def _at() -> Callable[..., Any]:
    return click.option("--at", type=Instant(), help="what was true then (default: now)")


def _known_at() -> Callable[..., Any]:
    return click.option("--known-at", type=Instant(), help="as known then (default: all)")


def _decorators(flags: tuple[Flag, ...]) -> list[Callable[..., Any]]:
    facts = [
        click.option(
            flag.option,
            f"fact_{flag.fact}",
            type=Names(flag.known) if flag.many else Name(flag.known),
            multiple=flag.many,
            metavar="NAMES" if flag.many else "NAME",
            help=flag.text,
        )
        for flag in flags
    ]
    labels = click.option(
        "--label", "labels", type=Label(), multiple=True, help="a label of the request"
    )
    sizes = [
        click.option(option, f"size_{name}", type=click.IntRange(min=0), help=f"{name} tokens")
        for option, name in SIZES.items()
    ]
    switches = [
        click.option(option, f"is_{option[2:]}", is_flag=True, help=text)
        for option, text in SWITCHES.items()
    ]
    file = click.option(
        "--request",
        "file",
        metavar="FILE",
        type=click.Path(dir_okay=False, allow_dash=True),
        help="a request in YAML or JSON, - for standard input; options overrule it",
    )
    return [*facts, labels, *switches, *sizes, _at(), _known_at(), file]


def _stated(known: tuple[Flag, ...], options: dict[str, Any]) -> Stated:
    """Take the options of a request out of `options`."""
    facts: dict[str, Any] = {}
    flags: dict[str, str] = {}
    for flag in known:
        value = options.pop(f"fact_{flag.fact}")
        if flag.many:
            value = [name for names in value for name in names]
        _state(facts, flags, flag.fact, value, flag.option)
    _state(facts, flags, "labels", dict(options.pop("labels")), "--label")
    for option in SWITCHES:
        switched = "true" if options.pop(f"is_{option[2:]}") else None
        _state(facts, flags, option[2:], switched, option)
    sizes = {name: options.pop(f"size_{name}") for name in SIZES.values()}
    counts = {name: str(size) for name, size in sizes.items() if size is not None}
    _state(facts, flags, "tokens", counts, "--tokens-in")
    taken = {name: options.pop(name) for name in ("file", "at", "known_at")}
    return Stated(facts, flags, **taken)


def _state(
    facts: dict[str, Any], flags: dict[str, str], fact: str, value: object, option: str
) -> None:
    if value:
        facts[fact] = value
        flags[fact] = option
