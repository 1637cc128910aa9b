"""A firm's own small repository: the product is installed in it, not cloned.

A picture of the folder::

    init       what is written, from templates/
    pinned     requirements.txt: the product and its libraries with their hashes
    hand_over  a `t4firm` from elsewhere starts the one that the repository pins
"""
