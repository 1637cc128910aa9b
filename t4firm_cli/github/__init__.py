"""`t4firm github`: what the workflows in .github/workflows do, so that it can be run and tested anywhere. The
YAML gives rights and secrets; every decision is here.

A picture of the folder::

    command        how it is called
    workflows      one function a workflow
    reviewed_list  what was reviewed for a commit
    posts          one comment on a pull request, one issue for each stack
    gh             GitHub, through its own command
"""
