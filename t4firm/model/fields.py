"""What the entries of a firm file share: their base, and fields with the descriptions that go into the
schema."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from t4firm.model.values import Country, Email, Names, Place, Text


class Entry(BaseModel):
    """A part of a firm file."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


Firstname = Annotated[Text, Field(description="First name.", examples=["Ann"])]
Lastname = Annotated[Text, Field(description="Last name.", examples=["Ohio"])]
Phone = Annotated[Text, Field(description="Phone number.", examples=["555-123-4567"])]
EmailAddress = Annotated[Email, Field(description="E-mail address.", examples=["ann@example.com"])]
Street = Annotated[Text, Field(description="Street and number.", examples=["1 Main Street"])]
City = Annotated[Text, Field(description="City.", examples=["Columbus"])]
County = Annotated[
    Place, Field(description="County; `none` in a country that has no counties.", examples=["Franklin"])
]
State = Annotated[
    Place,
    Field(description="Code of the state or province; `none` in a country that has none.", examples=["OH"]),
]
PostCode = Annotated[Text, Field(description="Postal or ZIP code, in quotes.", examples=["43004"])]
CountryCode = Annotated[
    Country, Field(description="Country: two capital letters of ISO 3166.", examples=["US"])
]
Apptype = Annotated[
    Literal["Professional", "NonProfessional"],
    Field(
        description="How the exchanges classify the person. Market data options and their prices depend on "
        "it.",
        examples=["Professional"],
    ),
]
TemplateUser = Annotated[
    Text | None,
    Field(
        description="The template user that this user is created from, one of templates.users. Default: the "
        "firm's default user template in T4.",
        examples=["WhenTechTrader"],
    ),
]
MarketData = Annotated[
    dict[Text, Text],
    Field(
        description="Market data by clearing exchange, each with its type (for example Depth, TOB, "
        "Delayed). Billed.",
        examples=[{"CME": "Depth"}],
    ),
]
Applications = Annotated[
    Names,
    Field(
        description="The applications that the user has, for example WhenTech. List WhenTech also if "
        "the template gives it.",
        examples=[["WhenTech"]],
    ),
]
PasswordVersion = Annotated[
    int,
    Field(description="Number of the password. A higher number gives a new password.", examples=[1], ge=1),
]
TemplateAccount = Annotated[
    Text,
    Field(
        description="The template account that the account is created from, one of templates.accounts.",
        examples=["DefaultTemplate"],
    ),
]
DisplayName = Annotated[
    Text | None, Field(description="The name that people see in T4.", examples=["Ann's first"])
]
AccountName = Annotated[
    Text,
    Field(description="The account's name in T4. Default: the account number.", examples=["Ann Ohio 1"]),
]
Enabled = Annotated[
    bool | None,
    Field(
        description="Whether the account can be traded. T4 creates accounts disabled. Default: not decided, "
        "with a warning.",
        examples=[True],
    ),
]
Adopt = Annotated[
    bool,
    Field(
        description="Adopt the user or account that T4 already has under this name. No call creates it.",
        examples=[True],
    ),
]
