"""A user: created by exactly one effective onboarding call, brought to what the file says, read.

A picture of the folder::

    creation     creating a user exactly once, or adopting one
    onboarding   from a user's inputs to the onboarding call
    sent_marks   what that request sent, marked field by field
    differences  what is known of a user in T4, and the steps that follow
    update       bringing a user to what the file says now
    refresh      a user as T4 shows it
    login_proof  the proof by login that a user is this stack's
    fill_login   the fill user's roles and accounts, as its own login shows them
"""
