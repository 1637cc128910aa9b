"""What holds across the entries of a firm file.

A picture of the folder::

    table         every rule: what it says, its source, its check
    context       what the checks look at
    ownership     whose something is
    people        people, their accounts and templates
    fill_service  the fill user, its account, what it captures
    accepted      differences that are accepted for a time
"""
