"""Who is told of a log in tests."""

from __future__ import annotations

import time
from typing import Final

from policy_router.log.telling import Telling

NOBODY: Final = Telling((), time.monotonic)
