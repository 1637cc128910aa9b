"""One step: taken by a call, by the administrator, or signed off.

A picture of the folder::

    task_ledger      the steps of a resource, and what closes each
    standing_tasks   the tasks that come with a user
    read_back        whether T4 shows that a step was taken
    journaled_calls  the calls that take steps, written down before and after
    unrecorded       steps of a run that died
    log              warnings and errors that people see in the engine's output
"""
