"""T4: how a firm's set-up is brought to it. Pulumi's border and T4's API.

A picture of the folder::

    firm, user, account, application_assignment, account_assignment   the resources, one module each
    main              what the engine runs
    program           the Pulumi program: a firm's goals become resources
    outputs           what the stack puts out
    plain_values      plain values as Outputs of the engine, and back
    lean_sdk          what the SDK does for each resource and no firm needs
    password_seed     what all passwords are derived from: made, judged, stretched
    passphrase        whether a stack's secrets have one
    settings          where T4 is, with what credentials, how long to wait
    stack_files       a stack's files, read together
    recorded_coverage, recorded_proofs   whose fills reach WhenTech, and what that rests on
    prior_state       what the last run recorded; engine_state reads it
    socket_findings   what the WebSocket shows beside the resources; account_watch holds it over time
    recorded_page     the firm on one page, from the records; recorded_coverage: whose fills are captured
    drift_scan        the recorded resources as T4 shows them now
    unseen_facts      what T4 did not show of them, and why nobody can see it
    records/          what a state holds of a resource
    lifecycle/        how a resource is created, changed and read
    session/          the one connection of a process to T4, and what it remembers
    api/              T4's API: calls, answers, errors
"""
