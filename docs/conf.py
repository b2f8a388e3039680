"""How Sphinx builds these pages; those that are made from the package stand in ``catalogue`` and ``names.md``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

project, author, html_title = "lemmata", "lemmata developers", "lemmata"
extensions = ["myst_parser"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["catalogue.css"]
exclude_patterns = ["_build", "notebooks"]
myst_heading_anchors = 3


def setup(app: Any) -> None:
    """Write the pages that are made from the package before Sphinx reads them."""
    import made

    app.connect("builder-inited", lambda _: made.write(Path(__file__).parent))
