"""What is served.

A picture of the folder::

    app       which path goes where
    gate      what each T4 call passes: record, latency, faults, credentials
    admin     T4's routes: what each call is answered
    control   the /simulator routes
    requests  what a request may hold
    bodies    reading JSON strictly
    answers   the shapes of answers, as T4's documents have them
    refusal   an answer that says no
    auth      API key, login, tokens
    record    the requests, without secrets
    pages     one page of a list
    visitors  who may come in without credentials
"""
