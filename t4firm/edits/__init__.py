"""Changes of a firm file, as a person with an editor makes them.

A picture of the folder::

    firm_files  the firm file and what it includes, while they are changed; checked, compared, written
    entries     entries that come, and what existing ones get: without what the defaults say already
    draft       a firm as T4 shows it, adopted
    steps       a new account, a departure, an account that moves, something that is revoked
"""
