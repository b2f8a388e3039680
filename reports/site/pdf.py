"""The page on paper: printed to a PDF by a browser of the machine, if there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lemmata.reports.files import UnwritableError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
"""Names under which a browser that prints without a window is looked for."""

_SECONDS = 300


def find() -> str:
    """The path of a browser.

    Raises:
        UnwritableError: none of `BROWSERS` is on the search path.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise UnwritableError(
            "cannot make a PDF: no browser was found that prints without a window (Chromium, Chrome or Edge); "
            "print the page of --single from yours"
        )
    return found


def unfolded(page: str) -> str:
    """The page with every fold open, for browsers whose style sheets cannot open one; text of records holds no tag."""
    return page.replace("<details", "<details open")


def write(page: str, path: Path) -> None:
    """Print a page into a PDF.

    Raises:
        UnwritableError: there is no browser, or it printed nothing.
    """
    browser = find()
    with tempfile.TemporaryDirectory() as folder:
        source, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(unfolded(page), encoding="utf-8")
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # or Chromium refuses to start
        options = ["--headless", "--disable-gpu", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", *root]
        try:
            done = subprocess.run(  # noqa: S603 - a browser of the machine, a page of ours
                [browser, *options, f"--print-to-pdf={printed}", source.as_uri()],
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnwritableError(f"cannot make a PDF: {browser} did not print it ({error})") from error
        if not printed.exists():
            told = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise UnwritableError(f"cannot make a PDF: {browser} printed nothing ({' '.join(told)})")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(printed, path)
