"""A table of people, as a firm keeps it in a spreadsheet, becomes entries of a firm file.

A picture of the folder::

    sheet      a table that was read: rows of cells, each with its place
    csv_file   text files: encoding, separator, quotes
    xlsx_file  Excel files: numbers and dates as cells hold them
    columns    which column is which field: guessed from the headers, kept in a file, corrected there
    wording    what a cell says, in the words of the firm file: yes, USA, Ohio, CME: Depth
    postal_codes  how many digits the postal code of a country has
    people     rows become users and accounts; each value keeps its cell
    merging    users and accounts come into a firm file; mistakes are told by row and column
"""
