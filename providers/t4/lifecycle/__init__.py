"""How a resource is created, changed and read.

A picture of the folder::

    base             what all providers have in common at Pulumi's border
    read_back        whether T4 shows that a step was taken
    task_ledger      the steps of a resource: taken by the API, by the administrator, or signed off
    task_records     what the state holds of a task
    journaled_calls  the calls that take steps, written down before and after
    user_creation    creating a user exactly once, or adopting one
    sent_marks       what a user's onboarding request sent, marked field by field
    user_differences  what is known of a user in T4, and the steps that follow
    unrecorded       steps of a run that died
    login_proof      the proof by login that a user is this stack's
    standing_tasks   the tasks that come with a user
    user_update      bringing a user to what the file says now
    user_refresh     a user as T4 shows it
    fill_login       the fill user as its own login shows it
    assignment       an application or an account, assigned to a user
    account_refresh  an account as T4 shows it
    account_in_t4    an account that T4 has before anybody creates it
    template_check   what T4 gave a user, judged
    violation_words  the violations of a user, as people read them
    onboarding       from a user's inputs to the onboarding call
    current_files    what the firm file says now, for a read of T4
    errors           what the providers refuse
    log              what must be said aloud
"""
