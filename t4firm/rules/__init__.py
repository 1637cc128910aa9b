"""What holds across the entries of a firm file.

A picture of the folder::

    table         every rule: what it says, its source, its check
    context       what the checks look at
    unread        what could not be read, and which findings that leaves open
    ownership     whose something is
    people        people, their accounts and templates
    fill_service  the fill user, its account, what it captures
    accepted      differences that are accepted for a time
"""
