"""A YAML file that a person wrote becomes values with lines; every mistake is said at once.

A picture of the folder::

    document       a file, read: values, the line of each field, mistakes
    parser         the parser's events in, values with their lines out
    errors         what a YAML parser says, in words for somebody who does not know YAML
    model_errors   what a pydantic model refuses, in plain words
    mistakes       one mistake: file, line, field, what is wrong, what is right
    edits          a text changed in some places, and byte for byte the same in all others
    writing        values as a person writes them
    atomic_files   a file is written whole or not at all
    edited_files   files that people edit: written only over what was seen
    output_files   files that a command makes, whatever was there before
"""
