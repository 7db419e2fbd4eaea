"""`python -m policy_router`: the command line."""

from __future__ import annotations

from policy_router.cli.main import main

if __name__ == "__main__":
    main(prog_name="policy-router")
