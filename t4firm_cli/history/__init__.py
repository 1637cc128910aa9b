"""`t4firm history`: who asked, who approved, which run applied it, what shows it.

A picture of the folder::

    command     what was asked for, and how it is shown
    gathering   git, the engine's history and the records, joined
    commits     the commits of a stack's files, with what they say otherwise
    log         the commits as git has them: who, when, which pull request, who approved
    versions    the files as commits have them
    runs        the engine's runs, and what they had recorded
    approvals   who approved, where GitHub is asked
    checks      what of it can be verified, and what cannot
    showing     on a terminal, as CSV
"""
