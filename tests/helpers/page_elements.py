"""The elements, identifiers and text of a page."""

from html.parser import HTMLParser

VOID = {"meta", "br", "input", "wbr", "link", "img", "hr"}


class Page(HTMLParser):
    """Collects the elements, identifiers and text of a page, and checks that what is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be this one."""
        assert tag == self.open.pop(), self.getpos()

    def handle_data(self, data: str) -> None:
        """Collect the text outside style and script."""
        if not {"style", "script"} & set(self.open):
            self.text += data

    def attributes(self, name: str) -> list[str]:
        """Every value of one attribute."""
        return [attributes[name] or "" for _, attributes in self.elements if name in attributes]
