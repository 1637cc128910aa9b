"""`t4firm report`: the firm on one page.

A picture of the folder::

    command     the page, from the command line to the terminal
    period      all changes of a period, the same way
    output      what was asked for, and where it is written
    gathering   from the stack's files and records to the page
    html        one HTML file: page.html, audit.html, page.css, page.js
    table       CSV: a line for each user and account
    terminal    a table on a terminal, or in a pipe
"""
