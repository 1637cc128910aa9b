"""Runs of the engine, as `up` and `preview` make them.

A picture of the folder::

    confirmed_run  what was shown and confirmed is what runs
    reviewed_run   what was reviewed is what runs
    order_of_runs  which commit was applied last, so that no older one comes after it
    checkpoints    how often a run writes its state
    unlock         the lock of a killed run, freed
"""
