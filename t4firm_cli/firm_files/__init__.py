"""What people do with the firm's files.

A picture of the folder::

    validate        every mistake in them
    review          what a change of them means
    edit            an entry changed as a person would (`new`, `depart`, `revoke`, `move-account`)
    questions       what `new` asks for
    written_change  a change of the firm file, shown, asked for and written
    sheet_import    entries from a spreadsheet
    t4_import       a firm file drafted from T4 as it is
"""
