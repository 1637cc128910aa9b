"""What goes wrong on request.

A picture of the folder::

    rules    which fault is due for which request
    held     the calls that a fault holds
    effects  how a fault is carried out
"""
