"""What T4's administrator has to do.

A picture of the folder::

    tasks                    what is open, and whose fills are captured
    tasks_report             how that is printed
    attest                   a task signed off
    simulated_administrator  tasks done in the simulator
    simulated_portal         the forms of its portal for each kind of task
    simulated_templates      what its administrator prepares
"""
