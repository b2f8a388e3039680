"""The pages in a real browser, where there is one: accessible, and no wider than a narrow screen."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from report_records import EVERYTHING

from lemmata.reports.files import UnwritableError
from lemmata.reports.site import pdf
from lemmata.reports.site.render import pages

PAGES = pages(EVERYTHING)
CHECKS = """
{axe}
const width = document.documentElement.scrollWidth - document.documentElement.clientWidth;
axe.run().then(found => {{
  const broken = found.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 120))]);
  document.title = JSON.stringify({{width, broken, passed: found.passes.length}});
}});
"""


@pytest.fixture(scope="session")
def browser() -> str:
    """A browser without a window."""
    try:
        return pdf.find()
    except UnwritableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def axe() -> str:
    """The checks of axe-core, as `axe-playwright-python` brings them."""
    found = importlib.util.find_spec("axe_playwright_python")
    script = Path(found.origin).with_name("axe.min.js") if found and found.origin else None
    if script is None or not script.exists():
        pytest.skip("axe-playwright-python, which brings axe-core, is not installed")
    return script.read_text(encoding="utf-8")


def inspected(browser: str, page: str, script: str, width: int, folder: Path) -> dict[str, object]:
    """What the script, run in the page, wrote as JSON into its title."""
    open_to_scripts = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    source = folder / "page.html"
    source.write_text(open_to_scripts.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    options = ["--headless", "--disable-gpu", f"--user-data-dir={folder}/profile", *root]
    done = subprocess.run(
        [browser, *options, f"--window-size={width},900", "--virtual-time-budget=20000", "--dump-dom", source.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    title = re.search(r"<title>(\{.*?\})</title>", done.stdout, re.DOTALL)
    assert title, done.stderr[-500:]
    found: dict[str, object] = json.loads(title[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return found


@pytest.mark.parametrize("width", [1400, 500])
@pytest.mark.parametrize("name", ["index.html", "du2018.html"])
def test_pages_are_accessible_and_scroll_downwards_only(
    name: str, width: int, browser: str, axe: str, tmp_path: Path
) -> None:
    """Axe finds nothing wrong with the overview and a paper's page, and neither is wider than its window."""
    found = inspected(browser, PAGES[name], CHECKS.format(axe=axe), width, tmp_path)

    assert [] == found["broken"]
    assert 0 == found["width"]
    assert found["passed"]
