"""`t4firm fleet`: one command for all stacks of a repository, several at the same time.

A picture of the folder::

    stacks    which stacks there are, and which of them come after others
    runs      many runs of `t4firm` at once: none stops another, all hear a signal
    command   what is printed
"""
