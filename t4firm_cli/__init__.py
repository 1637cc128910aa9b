"""The `t4firm` command: one module for each thing that a person does.

A picture of the folder::

    app              all commands; commands/: how each is called
    validate, review, sheet_import, t4_import   the files
    edit, questions, written_change   commands that change the firm file, shown and asked for
    confirmed_run, reviewed_run, order_of_runs   `up`: what was shown, or reviewed, is what runs
    tasks, tasks_report, attest       what people have to do
    simulated_administrator   what they do, done in the simulator; simulated_portal: the forms for each kind
                      of task; simulated_templates: what they prepare
    drift, watch, doctor/             looking at T4, changing nothing
    report/, history/                 what is known of the firm
    unlock                            the lock of a killed run, freed
    checkpoints                       how often a run writes its state
    password                          the password that a stack derived
    fleet/                            all stacks of a repository
    own_repository/                   a firm's own repository
    github/                           what the workflows do
    engine/, project/                 running `pulumi`; a project's folder and files
    destination, terminal, json_form, options, command_group   how all of them speak
    json_schemas                      what they print with --json, for docs/json
"""
