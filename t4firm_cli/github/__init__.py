"""`t4firm github`: what the workflows in .github/workflows do, so that it can be run and tested anywhere.

The YAML gives rights and secrets; every decision is here: `workflows` has one function a workflow,
`reviewed_list` finds what was reviewed for a commit, `posts` keeps one comment on a pull request and one
issue, `gh` talks to GitHub through its own command.
"""
