"""T4: how a firm's set-up is brought to it. Pulumi's border and T4's API.

A picture of the folder; a part imports only those below it::

    main            what the engine runs
    program         the Pulumi program: a firm's goals become resources
    outputs         what the stack puts out
    reports/        what the records say of the whole firm, and what T4 shows now
    firm, user, account, application_assignment, account_assignment   the resources, one module each
    lifecycle/      how a resource is created, changed and read
    steps/          one step: taken by a call, by the administrator, or signed off
    session/        the one connection of a process to T4, and what it remembers
    engine/         what we use of the Pulumi engine and its SDK, and what we spare it
    records/        what a state holds of a resource
    api/            T4's API: calls, answers, errors
    configuration/  a stack's settings, secrets and files
"""
