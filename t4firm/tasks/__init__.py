"""What T4's API cannot do and an administrator has to.

A picture of the folder::

    kinds   the table of all kinds: where in the portal each is done, what to do there, why
    ids     the id of a task and its parts; a task in words
"""
