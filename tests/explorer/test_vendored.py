"""The one script of others is the file that was taken in, and its record says what it is."""

from __future__ import annotations

import json
import re
from hashlib import sha256

from tests.house.tree import PACKAGE, ROOT

STATIC = PACKAGE / "report/explorer/static"
SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


def test_htmx_is_the_file_of_its_package() -> None:
    record = json.loads((STATIC / "htmx.json").read_text("utf-8"))
    data = (STATIC / record["file"]).read_bytes()
    assert sha256(data).hexdigest() == SHA256 == record["sha256"]
    assert f'version:"{record["version"]}"' in data.decode()
    assert record["licence"] == "0BSD"
    licence = (STATIC / record["licence_file"]).read_text("utf-8")
    assert "Zero-Clause BSD" in licence
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", record["package_integrity"])


def test_its_licence_goes_where_it_goes() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert "htmx.LICENSE.txt" in project
    assert "Apache-2.0 AND 0BSD" in project


def test_no_other_script_is_there() -> None:
    assert [p.name for p in PACKAGE.rglob("*.js")] == ["htmx.min.js"]
