"""A project's folder and files.

A picture of the folder::

    layout           where things are
    endpoint_setting  the setting that puts a stack on the simulator
    settings_file    what the files say of a stack's settings
    exposed_secrets  what a pipeline needs kept out of a settings file
    git              git, answering the same whatever its user has set
    revision         the files as they were at a git revision
    sides            the two sides of a review
"""
