"""`t4firm report`: the firm on one page.

A picture of the folder::

    command     what was asked for, and where it is written
    gathering   from the stack's files and records to the page
    html        one HTML file: page.html, page.css, page.js
    table       CSV: a line for each user and account
    terminal    a table on a terminal, or in a pipe
"""
