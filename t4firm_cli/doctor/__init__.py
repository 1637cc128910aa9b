"""`t4firm doctor`: what a run needs, looked at one by one before it is needed; each trouble with its remedy.

`examination` puts the findings together; `machine`, `configuration`, `state` and `endpoint` find them.
Nothing is changed anywhere: T4 gets a request for its front page, and one login or read.
"""
