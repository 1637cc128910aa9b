"""A stack's settings, secrets and files, as its configuration and its environment name them.

A picture of the folder::

    setting_values   the names of the settings, and their variables
    settings         where T4 is, with what credentials, how long to wait
    socket_settings  the WebSocket and who reads by it
    password_seed    what all passwords are derived from: made, judged, stretched
    passphrase       whether a stack's secrets have one
    stack_files      a stack's files, read together
"""
