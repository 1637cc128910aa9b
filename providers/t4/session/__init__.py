"""The one connection of a provider process to T4, and what the process remembers.

A picture of the folder::

    session     made at the first call that needs it

    lookups     what T4 shows, by operations and by WebSocket
    firm_rows   the only way look-ups get rows: those of the stack's firm
    joined      what operations and WebSocket show of one thing, as one answer
    read_cache  each thing read once, until a call changes something
    under_way   changing calls that a read waits for

    socket_logins  who logs in over the WebSocket, and who must not
    socket_reads   what the WebSocket shows the fill user and the reader
    login_outcome  what came of a login, which is made once
    refused_login  what T4 refused, and is not tried again

    journal     what was about to be changed, and what came back
    marks       keyed marks by which values are compared without being told
    password    derives the passwords, from configuration/password_seed
    review      the calls that were reviewed, or are to be
    rehearsal   what a run would call, found without calling it
    stack_name  the stack's name as the engine has it now
    place       which T4 it is, and under which name something of it is kept here
    engine_run  which resources the engine has asked this process about: is all to be forgotten?
    firm_identity  which firm T4 works for
"""
