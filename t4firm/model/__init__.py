"""What may be written in a firm file, with T4's own field names (Onboarding API page).

A picture of the folder::

    firm       the file as a whole, accounts, the fill service, limits
    users      the fields of people (name, phone, address …) and of the fill service's user
    fields     how a field is written: the base of all entries, and how a description is added
    values     kinds of values, each with its check
    names      when two names are the same name
    countries  ISO 3166-1
"""
