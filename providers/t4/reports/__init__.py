"""What the records say of the whole firm, and what T4 shows of it now.

A picture of the folder::

    coverage         what the records say of each account, for t4firm/reports/coverage, which decides
    proofs           the same for t4firm/reports/proofs
    page             the same for t4firm/reports/one_page: the facts of the page
    events           what happened to the firm, by the records
    unseen_facts     what T4 did not show, why, and what would make it seen
    drift_scan       the recorded resources as T4 shows them now
    socket_findings  what the WebSocket shows beside the resources
    account_watch    the same over time
"""
