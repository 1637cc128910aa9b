"""The process that serves.

A picture of the folder::

    process       start, stop, status, reset: a simulator in the background, one a folder
    folder        its files, and the lock that says whether one runs
    server        socket, uvicorn, run.json
    identity      the keys kept in the folder
    connection    the TCP connection
    certificates  TLS, good and bad
"""
