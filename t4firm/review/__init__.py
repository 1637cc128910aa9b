"""What a change of a firm's files means, for the people who review it.

A picture of the folder::

    model     a change as people review it
    compare   the two sides and a preview -> that change
    entries   the entries of two files, field by field
    steps     what the engine's preview says
    warnings  what a reviewer must not miss: the table of warnings
    headline  the change in one line
    comment   the change as one Markdown comment; parts: how a long one is cut
    safe      strangers' texts in Markdown: shown, and able to do nothing
    discreet  a review that tells no personal details at all
    reviewed  the list of what was reviewed, kept until the run
"""
