"""`policy-router completion`: the script that completes commands in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from policy_router.cli.examples import PROGRAM, examples
from policy_router.cli.main import FINE, main
from policy_router.cli.terminal import emit


@click.command(
    no_args_is_help=True, epilog=examples("completion bash", "completion zsh", "completion fish")
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the completion script for SHELL.

    Bash: add `eval "$(policy-router completion bash)"` to ~/.bashrc; zsh likewise to ~/.zshrc;
    fish: `policy-router completion fish > ~/.config/fish/completions/policy-router.fish`.
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"`{shell}` is not known")
    emit([completion(main, {}, PROGRAM, "_POLICY_ROUTER_COMPLETE").source()])
    return FINE
