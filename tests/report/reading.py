"""Reads reports as a machine does: numbers by their keys out of HTML, text out of PDF."""

import io
from html.parser import HTMLParser

from pypdf import PdfReader


class Numbers(HTMLParser):
    """Collects every number of a page: key to (value, text); and every address that a page might ask for."""

    def __init__(self, page):
        super().__init__()
        self.found, self.addresses, self._key = {}, [], None
        self.feed(page.decode())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.addresses += [attributes[name] for name in ("src", "href", "xlink:href") if name in attributes]
        if "data-value" in attributes:
            self._key = attributes["data-key"]
            assert self._key not in self.found, f"{self._key} stands in the page twice"
            self.found[self._key] = (float(attributes["data-value"]), "")

    def handle_data(self, data):
        if self._key:
            self.found[self._key] = (self.found[self._key][0], data)
            self._key = None


def pdf_text(content):
    """Return the text of a PDF, blanks and line ends made one blank."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
