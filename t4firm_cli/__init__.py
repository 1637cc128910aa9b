"""The `t4firm` command: one module for each thing that a person does.

A picture of the folder::

    app              all commands; commands/: how each is called
    firm_files/      reading, reviewing, changing and importing the firm's files
    runs/            `up` and `preview`: what was shown or reviewed is what runs
    administrator/   the tasks; and what the administrator does, done in the simulator
    drift, watch, doctor/             looking at T4, changing nothing
    report/, history/                 what is known of the firm
    password         the password that a stack derived
    fleet/           all stacks of a repository
    own_repository/  a firm's own repository
    github/          what the workflows do
    engine/, project/                 running `pulumi`; a project's folder and files
    destination, terminal, json_form, options, command_group   how all of them speak
    json_schemas                      what they print with --json, for docs/json
"""
