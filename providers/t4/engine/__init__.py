"""What we use of the Pulumi engine and its SDK, and what we spare it.

A picture of the folder::

    engine_state  what the state of the last run holds
    declared      the properties of a resource, as the program declares them
    registration  resources that the engine is told of as plain values
    plain_values  plain values as the engine's messages bear them, and back
    lean_sdk      what the SDK does for each resource and no firm needs
    run_owner     which process runs the engine, so that its lock can be judged
"""
