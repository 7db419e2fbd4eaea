"""A headless Chromium, told what to do through a pipe (the DevTools protocol)."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_KEYS = {"Tab": 9, "Enter": 13, " ": 32}


def installed() -> str | None:
    """Where a browser is; None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One tab of a browser."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing
        self._left = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        attached = self.tell("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.tell(f"{domain}.enable")

    def tell(self, method: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Tell the browser something, and wait for its answer."""
        self._number += 1
        said = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            said["sessionId"] = self._session
        os.write(self._writing, json.dumps(said).encode() + b"\0")
        for message in self._messages():
            if message.get("id") == self._number:
                assert "error" not in message, (method, message["error"])
                found: dict[str, Any] = message["result"]
                return found
            self.events.append(message)
        raise TimeoutError(method)

    def _messages(self) -> Iterator[dict[str, Any]]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            while b"\0" in self._left:
                first, _, self._left = self._left.partition(b"\0")
                yield json.loads(first)
            if select.select([self._reading], [], [], 1)[0]:
                self._left += os.read(self._reading, 1 << 20)

    def run(self, script: str) -> Any:  # noqa: ANN401 - any JSON
        """The value of an expression, once it is there."""
        found = self.tell(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, script: str) -> Any:  # noqa: ANN401 - any JSON
        """The value of an expression, as soon as it is true."""
        end = time.monotonic() + PATIENCE
        while not (found := self.run(f"!!({script})")):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.02)
        return found

    def open(self, address: str) -> None:
        """Go to an address, and wait until the page and its scripts are there."""
        self.run("window.left = true")
        self.tell("Page.navigate", url=address)
        self.until("!window.left && document.readyState === 'complete'")

    def press(self, key: str) -> None:
        """Press a key."""
        text = {"Enter": "\r", " ": " "}.get(key)
        about: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": _KEYS[key]}
        told = about | ({"text": text} if text else {})
        self.tell("Input.dispatchKeyEvent", type="keyDown", **told)
        self.tell("Input.dispatchKeyEvent", type="keyUp", **about)

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.tell("Input.insertText", text=text)

    def looks(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Be so wide, and light or dark."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, file: Path, *, whole: bool = True) -> None:
        """Take a picture of the page."""
        found = self.tell("Page.captureScreenshot", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(found["data"]))

    def complaints(self) -> list[str]:
        """What the browser logged: what it would not load or run, and errors of scripts."""
        self.run("0")
        entries = [e["params"]["entry"] for e in self.events if e.get("method") == "Log.entryAdded"]
        thrown = [e for e in self.events if e.get("method") == "Runtime.exceptionThrown"]
        return [entry["text"] for entry in entries] + [json.dumps(e["params"]) for e in thrown]

    def requested(self) -> list[str]:
        """Every address that was asked for."""
        asked = (e for e in self.events if e.get("method") == "Network.requestWillBeSent")
        return [e["params"]["request"]["url"] for e in asked]


def _pipe() -> tuple[int, int]:
    """A pipe, not at the two numbers that the browser takes its own at."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in `folder`, closed in the end."""
    program = installed()
    assert program is not None
    to_browser, writing = _pipe()
    reading, from_browser = _pipe()
    command = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
    options = (
        "--headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run "
        "--disable-background-networking --disable-component-update --disable-sync "
        "--disable-dev-shm-usage --remote-debugging-pipe"
    ).split()
    running = subprocess.Popen(
        ["bash", "-c", command, program, *options, f"--user-data-dir={folder}"],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        browser = Browser(reading, writing)
        yield browser
        browser._session = None
        browser.tell("Browser.close")
        running.wait(30)
    finally:
        os.close(writing)
        os.close(reading)
        if running.poll() is None:
            running.kill()
            running.wait(30)
