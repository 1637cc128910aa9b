"""What a firm's files say, and what follows from them. No network, no engine.

A picture of the folder; a part imports only those above it::

    yaml_files/   a YAML file that a person wrote: values with their lines, mistakes in plain words
    model/        what may be written in a firm file
    operations    what T4's API can do: the operations by name; builtin/: those that come with the product
    tasks/        what an administrator has to do: the kinds, the ids, the words
    evidence      what counts as evidence, and for what
    rules/        what holds across the entries of a firm file, with sources
    loading/      firm file, stack file, attested file, other stacks -> one firm
    edits/        a firm file changed as a person changes it
    spreadsheets/  a table of people becomes entries of a firm file
    plan/         what the firm wants of T4, and what a change brings
    reports/      what is decided about a firm that is set up: coverage, drift, market data, trials
    review/       a change in words for people
    history/      who asked for what, and what showed that it is so
    schema, schemas, firm_file_page, whentech_request   what else is made from the model
"""
