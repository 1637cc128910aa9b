"""`make bench`: what a firm costs, measured on the embedded simulator and told as ratios of one run.

A picture of the folder::

    runs           a project on a simulator of its own, and what a command took there
    firms          the firm that is measured
    phases         phase by phase, as ratios to the bare start of the engine
    details        what it costs that personal details are secret in the state
    floor          the product against as many bare resources
    fleet          eight stacks against four
    storm          a run in which T4 answers 503 to three in ten, against a calm one
    memory         the most memory that the program and the provider had
    floor_program  the Pulumi program of those bare resources

Machines differ and are shared, so a time alone says little: everything is a ratio of one run.
"""
