"""The one connection of a provider process to T4, and what the process remembers.

A picture of the folder::

    session     made at the first call that needs it
    lookups     what the operations read of T4
    firm_rows   the door through which look-ups get what is of the stack's firm
    socket_logins  who logs in over the WebSocket, and who must not
    socket_reads  what the WebSocket shows the fill user and the reader
    login_outcome  what came of a login, which is made once
    refused_login  what T4 refused, and is not tried again
    joined      operations and WebSocket as one answer
    read_cache  each thing read once, until a call changes something
    under_way   changing calls that a read waits for
    journal     what was about to be changed, and what came back
    marks       what tells values apart without telling them
    password    derives the passwords
    review      the calls that were reviewed, or are to be
    rehearsal   what a run would call, found without calling it
    stack_name  the stack's name as the engine has it now
    place       which T4 it is, and under which name something of it is kept here
    engine_run  what the engine has asked of this process
    firm_identity  which firm T4 works for
"""
