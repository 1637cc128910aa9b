"""What T4 shows over its WebSocket API: a login's own roles and accounts, and the accounts that it may see.

It only reads. No message of orders is in the schema, so this client cannot trade; nothing of balances,
positions and orders is decoded.

    with open_conversation(settings, login) as conversation:
        shown = read(conversation)
    shown.roles, shown.accounts, shown.complete, shown.evidence

A picture of the folder::

    reading       one login: its roles and accounts, and the details of every account that it sees
    login         who logs in, and whether the answer proves what it says
    results       why T4 refuses a login, and what to do
    conversation  the connection: frames, heartbeats, limits of time, size and count
    messages      frames <-> values
    schema        the messages' fields by number
    errors        what can become of a read
"""
