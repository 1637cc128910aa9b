"""`python3 -m t4firm_setup [--with-tests]`, from the project's folder; `make setup` calls it.

This file can be read by any Python 3.6: it finds a newer one, which then does the work.
"""

from t4firm_setup.interpreter import require_suitable_python

if __name__ == "__main__":
    require_suitable_python()
    from t4firm_setup.phases import main

    main()
