"""`t4firm doctor`: what a run needs, looked at one by one before it is needed; each trouble with its remedy.

`examination` puts the findings together; `machine`, `configuration`, `state`, `endpoint` and `reading` find
them. Nothing is changed anywhere: T4 gets a request for its front page, one login or read, and over its
WebSocket, where configured, one login of the reader and one of the fill user.
"""
