"""Who asked for what, who approved it, what showed that it is so.

A picture of the folder::

    file_changes   what one version of a firm or attested file says otherwise than the one before
    whole_entries  whoever comes or leaves is one change
    events         all that is known, as events in the order of time
    owners         whose an account is or was
    audit          the events of a period, for somebody who was not there
"""
