"""`t4firm doctor`: what a run needs, looked at one by one before it is needed; each trouble with its remedy.

A picture of the folder::

    examination    all of it, in the order in which a run needs it
    machine        Python, libraries, engine, simulator
    configuration  the settings, and the files that they name
    state          where the engine's state is, whether its secrets can be read, whether it is locked
    endpoint       T4: whether it can be reached, and takes the credentials
    reading        what the logins over T4's WebSocket see
    finding        one finding

Nothing is changed anywhere: T4 gets a request for its front page, one login or read, and over its
WebSocket, where configured, one login of the reader and one of the fill user.
"""
