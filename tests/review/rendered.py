"""A comment as a host shows it: rendered as GitHub's Markdown with raw HTML, and taken apart again."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})


@dataclass
class Page(HTMLParser):
    """What a reader gets: the elements with their attributes, the text outside of code, the whole text, the
    cells of each row."""

    tags: Counter[str] = field(default_factory=Counter)
    attributes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    outside_code: str = ""
    text: str = ""
    rows: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [name for name, _ in attrs]
        self.code += tag == "code"
        if tag == "tr":
            self.rows.append(0)
        self.rows[-1:] = [self.rows[-1] + 1] if tag in ("td", "th") else self.rows[-1:]

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.text += data
        # what stands in code is no text for a host that looks for mentions and addresses
        self.outside_code += "\x00" if self.code else data


def rendered(markdown: str) -> Page:
    page = Page()
    page.feed(MARKDOWN.render(markdown))
    page.close()
    return page
