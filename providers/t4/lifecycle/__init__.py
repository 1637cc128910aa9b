"""How a resource is created, changed and read.

A picture of the folder::

    base             what all providers have in common at Pulumi's border
    user/            a user: created once, brought to what the file says, read
    account_refresh  an account as T4 shows it
    account_in_t4    an account that T4 has before anybody creates it
    assignment       an application or an account, assigned to a user
    template_check   what T4 gave a user, judged by the rules in t4firm/plan/expectations
    violation_words  the violations of a user, as people read them
    current_files    what the firm file says now, for a read of T4
    errors           what the providers refuse
"""
