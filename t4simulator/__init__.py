"""An embedded T4: an HTTP server that answers as the Onboarding API page and the vendor's walkthrough say.

It is the product's independent witness, so it shares no code with `providers/`: both are written from the
documents. Start it with `python -m t4simulator --folder F`, or from code with
`t4simulator.service.process.start`.

A picture of the folder::

    __main__   the command line
    service/   the process, its folder, the port it listens on
    api/       T4's routes and the /simulator routes
    socket/    the WebSocket API, which shows what is there
    portal/    the administrator's pages
    firm/      users, accounts, templates; kept in SQLite
    faults/    what can go wrong, on request
"""
