"""What may be written in a firm file, with T4's own field names (Onboarding API page).

A picture of the folder::

    firm       the file as a whole, accounts, the fill service, limits
    users      people, and the fill service's user
    fields     what entries share: their base, and fields with descriptions
    values     kinds of values, each with its check
    names      when two names are the same name
    countries  ISO 3166-1
"""
