"""The seeds' shapes: every field of seed 002's sample answer, in its order, with its types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from t4simulator.api.refusal import Refusal
from t4simulator.firm.catalogue import EULA_DOCUMENTS, EULA_VERSION, NOT_SUBSCRIBED, application_id
from t4simulator.firm.records import T4User, TradingAccount

Json = dict[str, Any]

# t4-details.md section 1.3: trialExpires = userCreationDate + 14 days in both samples
TRIAL = timedelta(days=14)


def metadata(request_id: str) -> Json:
    """`timestamp` is UTC with 7 decimals, `requestId` looks like Kestrel's (t4-details.md section 1.2)."""
    timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    return {"timestamp": timestamp, "requestId": request_id}


def envelope_a(data: Json, request_id: str) -> Json:
    """Onboarding, create user, create account (t4.md section 2)."""
    return {
        "result": {
            "value": {"data": data, "metadata": metadata(request_id)},
            "formatters": [],
            "contentTypes": [],
            "statusCode": 200,
        }
    }


def envelope_b(data: Json, request_id: str) -> Json:
    """Market data, EULA (t4.md section 2), and every operation whose shape is ours."""
    return {"data": data, "metadata": metadata(request_id)}


def refusal(error: Refusal, request_id: str) -> Json:
    """T4's error body is documented nowhere: this one is ours."""
    return {
        "message": error.message,
        "errors": [{"field": wrong.field, "message": wrong.message} for wrong in error.wrongs],
        "metadata": metadata(request_id),
    }


def user(entry: T4User, firm_id: str, accounts: list[Json]) -> Json:
    """`accounts` is [] in answers to onboarding, although an account was linked (t4.md section 1)."""
    details = entry.details
    expires = datetime.fromisoformat(entry.created) + TRIAL
    return {
        "userID": entry.userID,
        "userName": entry.username,
        "lastname": details["lastname"],
        "firstname": details["firstname"],
        "enabled": entry.enabled,
        "message": "",
        "company": "",
        "phone": details["phone"],
        "email": details["email"],
        "firmID": firm_id,
        "billingRef": "",
        "street": details["street"],
        "city": details["city"],
        "county": details["county"],
        "state": details["state"],
        "postCode": details["postCode"],
        "country": details["country"],
        "simFirm": "",
        "simUsername": "",
        "simLinkedUserID": "",
        "userCreationDate": entry.created,
        "appType": details["apptype"],
        "cmeMarketDataNetting": "Netting",
        "trialExpires": expires.isoformat(),
        "iceMarketDataAccount": "",
        "iceMarketDataParentAccount": "",
        "euronextMarketDataAccount": "",
        "euronextMarketDataParentAccount": "",
        "custOrderHandlingInst": "Electronic",
        "applications": [{"id": application_id(name), "name": name} for name in entry.applications],
        "roles": list(entry.roles),
        "accounts": accounts,
    }


def full_user(entry: T4User, firm_id: str) -> Json:
    """A user as the operations show it: the same shape, and the linked accounts are there."""
    return user(entry, firm_id, [{"accountID": key, "account": number} for key, number in entry.accounts])


def listed_user(entry: T4User, firm_id: str) -> Json:
    """A user in a list: without the fields that are the same for all, so that 1,000 stay small."""
    left_out = ("message", "company", "billingRef", "cmeMarketDataNetting", "custOrderHandlingInst")
    return {
        name: value
        for name, value in full_user(entry, firm_id).items()
        if name not in left_out and not name.startswith(("sim", "ice", "euronext"))
    }


def account(entry: TradingAccount, firm_id: str, *, created: bool) -> Json:
    """An account. `displayName` is "" in the answer that creates it, as in the seed's sample."""
    return {
        "accountID": entry.accountID,
        "firmID": firm_id,
        "account": entry.account,
        "accountName": entry.accountName,
        "displayName": "" if created else entry.displayName,
        "balance": 0.0,
        "cash": 0.0,
        "maxClipSize": 2000,
        "preTradeDisabled": entry.preTradeDisabled,
        "deleted": False,
        "enabled": entry.enabled,
        **_ACCOUNT_CONSTANTS,
    }


def listed_account(entry: TradingAccount) -> Json:
    """An account in a list: what differs between accounts."""
    return {
        "accountID": entry.accountID,
        "account": entry.account,
        "accountName": entry.accountName,
        "displayName": entry.displayName,
        "preTradeDisabled": entry.preTradeDisabled,
        "deleted": False,
        "enabled": entry.enabled,
    }


def market_data(entry: T4User, offered: Mapping[str, tuple[str, ...]], *, everything: bool) -> Json:
    """`everything`: also what could be subscribed (t4-details.md section 1.5: "available options")."""
    exchanges = [
        {
            "clearingExchange": name,
            "description": name,
            "marketDataType": entry.market_data.get(name, NOT_SUBSCRIBED),
            "options": [{"type": kind, "description": kind, "currency": "USD"} for kind in kinds],
            "hasExecutingAccount": bool(entry.accounts),
        }
        for name, kinds in offered.items()
        if everything or name in entry.market_data
    ]
    return {"exchangeMarketData": exchanges, "totalCount": len(exchanges)}


def eula_signature(entry: T4User) -> Json | None:
    """What was signed, in the order it was sent; None when nothing was."""
    return entry.eula


def eula(entry: T4User) -> Json:
    """`GET …/eula`: documents, and a template to fill in that holds what is signed already."""
    signed = entry.eula or {"collectedBy": "", "eulaVersion": EULA_VERSION, "signatures": []}
    times = {signature["documentName"]: signature["signed"] for signature in signed["signatures"]}
    return {
        "documents": [
            {"documentName": document.documentName, "title": document.title, "url": document.url}
            for document in EULA_DOCUMENTS
        ],
        "signatureTemplate": {
            "collectedBy": signed["collectedBy"],
            "eulaVersion": signed["eulaVersion"],
            "signatures": [
                {"documentName": document.documentName, "signed": times.get(document.documentName, "")}
                for document in EULA_DOCUMENTS
            ],
        },
    }


# seed 002, Response Format: -1 in a limit means none
_ACCOUNT_CONSTANTS: Json = {
    "positionRollover": False,
    "plRollover": True,
    "minBalance": 0.0,
    "marginPC": 100.0,
    "overnightMarginPC": 100.0,
    "lossLimit": 0.0,
    "lossLimitPC": 0.0,
    "dayLossLimit": 0.0,
    "dayLossLimitPC": 0.0,
    "maxPosition": -1,
    "noBalanceUpdates": False,
    "noPositionUpdates": False,
    "accountMode": "ByContract",
    "orderRouting": False,
    "groupName": "",
    "activeTimeStart": "",
    "activeTimeStop": "",
    "strategyMaxClipSize": 2000,
    "strategyMaxPosition": -1,
    "warningThresholdPL": -1,
    "warningThresholdLossLimit": -1,
    "warningThresholdMargin": -1,
    "boFirmCode": "",
    "boOfficeCode": "",
    "boSalesCode": "",
    "totalPitTrades": -1,
    "strategyTotalPitTrades": -1,
    "maxContractMargin": -1.0,
    "maxContractDayMargin": -1.0,
    "blockExpiring": -1,
    "blockExpiringOptions": -1,
    "maxAccountPosition": -1,
    "usePLForMargin": True,
    "usePremiumForMargin": False,
    "riskAlerts": False,
    "fees": 0.0,
    "commission": 0.0,
    "eMail": "",
    "wideMarket": -1,
    "priceBanding": -1,
    "riskDebug": "None",
    "tradeImport": False,
    "marginType": "Spec",
    "maxDelta": -1.0,
    "maxWorkingLongDelta": -1.0,
    "maxWorkingShortDelta": -1.0,
    "delayed": False,
    "assignedType": True,
    "optionsSettlement": 0,
    "warningThresholdMinNetEquity": 0.0,
    "riskDetails": {
        "comparisonRiskNumber": 0.0,
        "comparisonNetLiqBalPCRiskNumber": 0.0,
        "comparisonPCChangeVolatility": 0.2,
        "comparisonPCChangeUnderlying": 0.1,
        "comparisonWarningLevel": 0.8,
        "maxDailyTheoLoss": 0.0,
        "maxDailyTheoLossPCWarning": 0.8,
        "greekDelta": 0.0,
        "greekDeltaWarning": 0.8,
        "greekVega": 0.0,
        "greekVegaWarning": 0.8,
        "greekGamma": 0.0,
        "greekGammaWarning": 0.8,
        "greekTheta": 0.0,
        "greekThetaWarning": 0.8,
    },
    "firm": "",
    "parentFirmID": "",
}
