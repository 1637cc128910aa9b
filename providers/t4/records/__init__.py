"""What a state holds of a resource.

A picture of the folder::

    record        what all records have in common: from Pulumi's properties, and back
    firm, users, accounts, assignments   the inputs and the record of each resource
    task_records  what a state holds of a task
    stored        the outputs of a resource as they stand there, for reports over all of them
    prior_state   what the last run recorded, as the goals of the next one need it
    passwords     which password T4 has of a user
    kinds         the records of all types of resources
    upgrade       a record that an older version wrote, in this version's form
"""
