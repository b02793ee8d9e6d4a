"""Shared by all tests: a real browser; and in `.ci/run` nothing may be skipped, it installs what a test may need."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


def pytest_configure() -> None:
    """Hear Ctrl-C: a shell starts what it puts into the background deaf to it, and what tests start would be so too."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("CROSSPOST_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium on this machine: none of chromium, chromium-browser, google-chrome is on the PATH")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
