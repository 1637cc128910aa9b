"""What a firm wants of T4, and what a change of it brings.

A picture of the folder::

    goals         one for each fact that T4 has; each becomes a resource
    desired       from a firm to its goals
    subjects      what goals are about: whether T4 has it, this run creates it, or the file adopts it
    capture       whose fills the fill user should capture, and in which order that stops
    expectations  what T4 may give a user, and what is a violation
    adoptions     what is recorded as it is in T4, with no call
    close_names   names that are perhaps misspelled
    file_warnings  what is doubtful in the file, said by validate and every run
    idle_lines    sign-offs about nothing in the file: history, or misspelled
    limits        how much one run does of what is limited
    said          what a file says of one resource, as far as a change of it decides
    changes       what a change brings: tasks and refusals
    as_if_set_up  a stack that was set up from a file, all done
    removals      what left the file and would stay behind in T4
    prior_state   what the last run recorded
    step_words    what a step of the engine means for the firm
"""
