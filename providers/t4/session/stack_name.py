"""The stack's name as the engine has it now. A state's provider has the name of the run that recorded it, and
a refresh runs no program: after `pulumi stack rename`, it has the old one (tried with 3.259.0).

The urn of each request of the engine has the name: `urn:pulumi:<stack>::t4::…`. The SDK (3.272) keeps the
request in its own frame and gives the provider its properties alone.
"""

import re
import sys

_URN = re.compile(r"urn:pulumi:(?P<stack>[^:]+)::")


def stack_of_caller() -> str:
    """The stack of the request on which the caller's caller works; "" where that is no request of the
    engine."""
    request = sys._getframe(2).f_locals.get("request")
    found = _URN.match(str(getattr(request, "urn", "")))
    return found["stack"] if found else ""
