"""A page of the simulator's portal as a browser has it: what its forms send, and which words are isolated."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

APART = ("bdi", "option", "title")
"""Elements whose words turn nothing around them: of a title, its own test knows that."""

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """`fields`: what a browser sends if nobody changes anything; `choices`: the values of each list."""

    act: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class PortalPage(HTMLParser):
    """`PortalPage(html).form("change-user").fields`"""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.title = ""
        self.words: list[str] = []
        """The texts that are not apart from those around them."""
        self._apart: list[str] = []
        self._list = ""
        self._bare: str | None = None  # the text of an option that has no value
        self.feed(html)

    def form(self, act: str) -> Form:
        """The first form of an act."""
        return next(form for form in self.forms if form.act == act)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in APART:
            self._apart.append(tag)
        if tag == "form":
            self.forms.append(Form(given["action"].rpartition("/")[2]))
        elif tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "select":
            self._list = given["name"]
            self.forms[-1].choices[self._list] = []
        elif tag == "option" and "value" in given:
            self._option(given["value"], chosen="selected" in given)
        elif tag == "option":
            self._bare = ""

    def _input(self, given: dict[str, str]) -> None:
        if given.get("type") != "checkbox" or "checked" in given:
            self.forms[-1].fields[given["name"]] = given["value"]

    def _option(self, value: str, *, chosen: bool) -> None:
        form = self.forms[-1]
        if chosen or not form.choices[self._list]:
            form.fields[self._list] = value
        form.choices[self._list].append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in APART:
            self._apart.remove(tag)
        if tag == "option" and self._bare is not None:
            self._option(" ".join(self._bare.split()), chosen=False)  # as HTML defines it
            self._bare = None

    def handle_data(self, data: str) -> None:
        if self._bare is not None:
            self._bare += data
        if "title" in self._apart:
            self.title += data
        elif not self._apart:
            self.words.append(data)
