"""An embedded T4: a real HTTP server that answers as seed 002 and the vendor's walkthrough say.

It is the product's independent witness, so it shares no code with `providers/`: both are written from the
documents. Start it with `python -m simulator --folder F`, or from code with `simulator.process.start`.

A picture of the folder::

    __main__    the command line
    process     start, stop, status, reset: a simulator in the background, one a folder
    folder      its files, and the lock that says whether one runs
    server      socket, uvicorn, run.json
    app         which path goes where
    gate        what each T4 call passes: record, latency, faults
    admin       T4's routes                    control     the /simulator routes
    bodies      reading JSON strictly          requests    what a T4 request may hold
    firm        users, onboarding              accounts    trading accounts and their links
    people      both as recorded               passwords   how they are kept
    answers     the seeds' shapes              catalogue   templates, exchanges, EULA documents
    auth        API key, login, tokens         identity    the keys kept in the folder
    faults      which fault is due             mischief    how it is carried out
    record      the requests, without secrets  store       SQLite
    connection  the TCP connection             certificates   TLS, good and bad
    refusal     the one error: an answer that says no
"""
