"""What the records say of the whole firm, and what T4 shows of it now.

A picture of the folder::

    coverage         what the records say for that of each account (t4firm/reports/coverage decides)
    proofs           what that rests on
    page             the facts of the firm on one page
    events           what happened to the firm, by the records
    unseen_facts     what T4 did not show, why, and what would make it seen
    drift_scan       the recorded resources as T4 shows them now
    socket_findings  what the WebSocket shows beside the resources
    account_watch    the same over time
"""
