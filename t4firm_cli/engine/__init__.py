"""Running the real `pulumi`.

A picture of the folder::

    command         how it is called, and the stack that is to be there
    watched_run     a run with progress, then changes, problems and outputs
    ending          the exit code of a run, and how its problems are printed
    child           a program that makes calls, run so that it can end well
    reviewed_calls  the changing calls of a run: named by a preview, then the only ones
    state_copy      a copy of the state, which previews read
    past_runs       the runs before this one, by the engine's history
    update_plan     the plan of a preview, kept for the run after it
    events          what the engine tells while it works
    progress        how far a long run is
    remedies        what helps where the engine fails
"""
