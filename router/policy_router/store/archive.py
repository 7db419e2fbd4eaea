"""A price map out of a Python wheel: opened as data, never installed, never unpacked to disk.

A wheel may run code when it is installed (a `.pth` file is enough); as an archive it is only bytes.
"""

from __future__ import annotations

import zipfile
import zlib
from hashlib import sha256
from io import BytesIO
from typing import Final

from policy_router.registry.importers.refusal import ImportRefused
from policy_router.registry.importers.strict_json import DEFAULT_LIMITS, too_large

PRICE_MAPS: Final = (
    "litellm/model_prices_and_context_window_backup.json",
    "litellm/model_prices_and_context_window.json",
)
"""Names under which a LiteLLM wheel holds its price map; the first that is there is read."""

_LARGEST_WHEEL: Final = 256 * 2**20
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How members of wheels are compressed; other methods have decoders nobody needs here."""
_SPOILT: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
)
"""What `zipfile` raises for archives that are damaged or encrypted; offsets and names of members
that make no sense are `ValueError`."""


def is_wheel(name: str) -> bool:
    """Whether a file calls itself a wheel."""
    return name.endswith(".whl")


def price_map(wheel: bytes, expected: str | None) -> bytes:
    """The price map in `wheel`, whose SHA-256 must be `expected`; raises `ImportRefused`."""
    found = sha256(wheel).hexdigest()
    if expected is None:
        advice = "compare it with the package index, then say --sha256"
        raise ImportRefused("IMP303", f"a wheel is read by its hash; this one has {found}", advice)
    if found != expected.lower():
        raise ImportRefused("IMP303", f"the hash of the wheel is {found}")
    if len(wheel) > _LARGEST_WHEEL:
        raise too_large(_LARGEST_WHEEL)
    try:
        with zipfile.ZipFile(BytesIO(wheel)) as archive:
            return _member(archive)
    except _SPOILT as error:
        raise ImportRefused("IMP304", "the wheel cannot be opened as an archive") from error


def _member(archive: zipfile.ZipFile) -> bytes:
    """The bytes of the price map, whatever size the archive says it has."""
    names = archive.namelist()
    name = next((name for name in PRICE_MAPS if names.count(name) == 1), None)
    if name is None:
        raise ImportRefused("IMP304", f"the wheel has no file `{PRICE_MAPS[0]}`, or two")
    if archive.getinfo(name).compress_type not in _METHODS:
        raise ImportRefused("IMP304", f"`{name}` is compressed as no wheel is")
    limit = DEFAULT_LIMITS.size
    with archive.open(name) as member:
        data = member.read(limit + 1)
    if len(data) > limit:
        raise too_large(limit)
    return data
