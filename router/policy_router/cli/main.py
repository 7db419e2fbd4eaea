"""`policy-router`: the group of commands, and what a failure looks like."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, ClassVar, Final, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from policy_router import __version__
from policy_router.domain.diagnostic import DocumentErrors

FINE: Final = 0
DENIED: Final = 1
MISUSE: Final = 2

COMMANDS: Final = {
    "decide": "which route may carry a request, or why none may",
    "explain": "every verdict on a request, its evidence, and what would change it",
    "why": "one model and one kind of data on one screen, no documents needed",
    "check": "read all documents and report everything that is wrong with them",
    "audit": "what may go where: scenarios against routes",
    "policy": "what a change of policies, contracts or the registry would mean",
    "registry": "what is recorded about routes, on what evidence, and keeping it current",
    "gaps": "contracts and evidence that are missing, what unlocks most first",
    "test": "run the suites: requests with the outcome they should have",
    "ui": "explore in a browser which routes remain, why the others went, and the log",
    "serve": "take calls as OpenAI, Anthropic and Google do, and send what is permitted",
    "caller": "who may call",
    "log": "what was decided: find it, count it, and prove that nobody changed it since",
    "replay": "decide again what was decided: the same, or what differs; or as of another day",
    "init": "write a project to start from",
    "doctor": "is this project ready: documents, gateways, keys, age of the registry",
    "schema": "the JSON Schemas of all documents, for editors and other programs",
    "codes": "what a diagnostic code means, and what to do about it",
    "completion": "the script that completes commands in your shell",
    "version": "the version of this program and of the policy language",
}
"""Every command and what it is for; the text is here so that `--help` loads none of them."""

EPILOG: Final = """\b
Examples:
  policy-router why openai/o4-mini --data personal --regime eu_gdpr
  policy-router init my-project
  policy-router check
  policy-router audit --format markdown

Exit codes: 0 permitted or fine, 1 refused or failed, 2 misuse or broken documents.
`policy-router COMMAND --help` shows examples for each command. Not legal advice."""


class Commands(click.Group):
    """Loads a command when it is used, and reports failures in one shape.

    `table`: the commands and what they are for; `prefix`: how the names of their modules begin.
    """

    table: ClassVar[Mapping[str, str]] = COMMANDS
    prefix: ClassVar[str] = "policy_router.cli."

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in order of the table."""
        del ctx
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command `cmd_name`; None if there is none."""
        del ctx
        if cmd_name not in self.table:
            return None
        command: click.Command = import_module(f"{self.prefix}{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` name; suggests the nearest where there is none."""
        name = args[0]
        near = get_close_matches(name, self.table, n=1)
        if name not in self.table and not name.startswith("-") and near:
            ctx.fail(f"there is no command `{name}`; did you mean `{near[0]}`?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))

    def main(self, args: Sequence[str] | None = None, *others: Any, **extra: Any) -> NoReturn:  # noqa: ANN401 - click's own
        """Run a command and exit: 0 permitted or fine, 1 denied or failed, 2 misuse."""
        extra["standalone_mode"] = False
        _make_haste()
        sys.exit(_exit_code(super().main, args, others, extra))


def _make_haste() -> None:
    """Leave out what Python and pydantic do at the beginning and the end, to no use here.

    pydantic looks in every installed distribution for plugins that would watch it read documents:
    there are to be none. And at the end Python looks for garbage in all that there is.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    atexit.register(gc.freeze)


def _exit_code(run: Any, args: Sequence[str] | None, others: Any, extra: dict[str, Any]) -> int:  # noqa: ANN401 - click's own
    try:
        return int(run(args, *others, **extra) or FINE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except click.Abort:
        click.echo("stopped", err=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody gets a traceback
        shown = _failure(error)
        if shown is None and _made_anew():
            return _exit_code(run, args, others, extra)
        click.echo(_defect(error) if shown is None else shown, err=True, nl=False)
    return MISUSE


def _made_anew() -> bool:
    """Whether what the documents say came from the cache: then that may be what is wrong.

    What was taken is deleted, and the command run again, which reads the documents.
    """
    from policy_router.store.cache import drop_what_was_read  # noqa: PLC0415 - only on failure

    return drop_what_was_read()


def _defect(error: Exception) -> str:
    from policy_router.cli import failures  # noqa: PLC0415 - only on failure

    return failures.unexpected(error)


def _failure(error: Exception) -> str | None:
    """What is printed for a failure; None if nobody expected it."""
    from policy_router.cli import failures  # noqa: PLC0415 - only on failure
    from policy_router.domain.unreplayable import Unreplayable  # noqa: PLC0415 - only on failure
    from policy_router.log.segment import LogDamaged  # noqa: PLC0415 - only on failure

    match error:
        case NoArgsIsHelpError():
            return f"{error.format_message()}\n"
        case click.ClickException():
            return failures.misuse(error)
        case DocumentErrors():
            return failures.broken_documents(error)
        case Unreplayable():
            return failures.not_replayed(error)
        case LogDamaged():
            return failures.broken_log(error)
        case OSError():
            return failures.unreadable(error)
        case _:
            return None


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "show_default": True,
    },
)
@click.version_option(__version__, message="policy-router %(version)s")
def main() -> None:
    """Which routes may carry a request to a language model, under your policies, and why.

    A route is a model at a provider in a region behind a gateway. Policies only narrow; what is
    not known is never compliant; every verdict says what it rests on.
    """
