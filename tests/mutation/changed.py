"""A module that reads otherwise than its file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

PACKAGE = Path(__file__).resolve().parents[2] / "router" / "policy_router"


class _Changed(SourceFileLoader):
    """Finds and loads one module, of another text."""

    def __init__(self, name: str, file: Path, program: str) -> None:
        super().__init__(name, str(file))
        self._program = program

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        return spec_from_loader(fullname, self) if fullname == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return compile(self._program, self.path, "exec", dont_inherit=True)


def name_of(module: str) -> str:
    """Say by what name `module`, such as `engine/epoch.py`, is imported."""
    return f"{PACKAGE.name}.{module.removesuffix('.py').replace('/', '.')}"


def change(module: str, program: str) -> None:
    """From now on let this process import `module` as `program`."""
    name = name_of(module)
    if name in sys.modules:
        msg = f"{name} is imported already"
        raise RuntimeError(msg)
    sys.meta_path.insert(0, _Changed(name, PACKAGE / module, program))
