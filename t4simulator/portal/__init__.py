"""The portal of the firm's T4 administrator: small pages in which everything can be done that T4's API does
not do (t4.md section 3). It is for trying: nothing here is a picture of T4's own portal.

A picture of the folder::

    acts        what an administrator can do there, as a table
    so_already  whether what a form asks for is so already
    pages       the pages and their forms
    door        forms come back from these pages and from nowhere else
    templates   the HTML and its style
"""
