"""What a state holds of a resource.

A picture of the folder::

    upgrade   a record that an older version wrote, in this version's form
"""
