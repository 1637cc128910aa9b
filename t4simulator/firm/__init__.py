"""The simulated firm.

A picture of the folder::

    users      onboarding, creating, changing, market data, EULA
    accounts   trading accounts and their links
    records    both as recorded
    catalogue  templates, applications, exchanges, EULA documents
    passwords  how they are kept
    habits     what this T4 does in its own way
    store      SQLite
"""
