"""From files to one firm.

A picture of the folder::

    firm_file      `stacks/NAME.firm.yaml`: defaults merged in, every value and rule checked
    addresses      what of an address an entry takes from the defaults
    repair         a firm out of a file with mistakes, for the rules
    included       the files that a firm file includes, one a desk
    stack_file     `stacks/NAME.stack.yaml`: what differs in one environment
    attested_file  `stacks/NAME.attested.yaml`: what the administrator signed off
    other_stacks   the firm files whose accounts a shared fill user captures
"""
