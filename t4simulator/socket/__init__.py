"""T4's WebSocket API, as t4-websocket.md has it: a login shows its own roles and accounts, a subscription
every account that it may see.

A picture of the folder::

    endpoint  one conversation: login, subscription, heartbeats, what changes later
    sessions  who is connected; the newest login of a user with an application ends the older one
    logins    who may log in, and with which result
    faults    what goes wrong on request
    control   the /simulator routes about all this
    options   what the portal has beside the admin API: locked, All Accounts, deleted
    messages  what is said, by field number
    wire      protobuf's encoding
"""
