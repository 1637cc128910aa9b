"""What we use of the Pulumi engine and its SDK, and what we spare it.

A picture of the folder::

    engine_state  what the state of the last run holds
    plain_values  plain values as Outputs of the engine, and back
    declared      the inputs and outputs of a resource, as the program declares them
    lean_sdk      what the SDK does for each resource and no firm needs
    run_owner     which process runs the engine, so that its lock can be judged
"""
