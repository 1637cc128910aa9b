"""Text in Markdown that stays text."""

import re

_MARKUP = re.compile(r"[\\`*_\[\]<>&!~|$^{}]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
_REFERENCE = re.compile(r"[@#]")
_BREAKS = re.compile(r"\s+")


def escaped(text: str) -> str:
    """`text` in one line of Markdown, in which nothing is markup, HTML, a link, an emoji or a mention.

    Characters with a meaning become entities, which no Markdown takes for markup. `@` and `#` are also kept
    apart from what follows, because hosts look for mentions and references after the Markdown is read.
    """

    def entity(found: re.Match[str]) -> str:
        return f"&#{ord(found.group())};"

    kept_apart = [
        f"&#{ord(part)};<!-- -->" if _REFERENCE.fullmatch(part) else _MARKUP.sub(entity, part)
        for part in re.split(f"({_REFERENCE.pattern})", _BREAKS.sub(" ", text))
    ]
    return "".join(kept_apart)
