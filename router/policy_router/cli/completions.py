"""Names to complete, read from the shipped documents without checking them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from policy_router.store.shipped import shipped_root

_ID: Final = re.compile(r"^id: \"?([^\"\n]+?)\"?$", re.MULTILINE)


def shipped_names() -> Iterable[str]:
    """The ids of all shipped models and routes, in order."""
    files = [f for kind in ("models", "routes") for f in shipped_root().glob(f"data/{kind}/*.yaml")]
    return sorted({name for file in files for name in _ID.findall(file.read_text("utf-8"))})
