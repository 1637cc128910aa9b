"""Who asked for what, who approved it, what showed that it is so.

A picture of the folder::

    file_changes   what one version of a firm or attested file says otherwise than the one before
    events         all that is known, as events in the order of time
    audit          the events of a period, for somebody who was not there
"""
