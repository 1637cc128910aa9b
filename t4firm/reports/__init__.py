"""What is told of a firm that is set up.

A picture of the folder::

    coverage     decides of each account: captured, assigned, open, excluded, unmanaged
    to_do        how much there is to do
    proofs       what coverage rests on: shown by T4, signed off, or not shown
    drift        how T4 differs from the file
    market_data  what is subscribed, and what T4 said that it costs
    trials       whose trial ends when
    hidden       what nobody can see, why, and what would show it
    facts        one fact: who says so, since when
    one_page     what the page of t4firm report says: its four questions, its rows
"""
