"""Who may call: the API key, or a token from `POST /login` (t4.md section 2, Authentication)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from t4simulator.api.refusal import Refusal, Wrong
from t4simulator.api.requests import LoginRequest
from t4simulator.firm.catalogue import EULA_FOR_LOGIN
from t4simulator.firm.records import T4User, has_password, user_by_name
from t4simulator.firm.store import Store
from t4simulator.service.identity import Identity

TOKEN_LIFETIME = 3600.0  # seconds; T4 states none (t4-details.md section 2)
TOLD_AS_EXPIRED = 3600.0  # seconds that an expired token is known as one, also when somebody logs in


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


class Auth:
    """Checks credentials. `lifetime` (seconds) of new tokens can be changed at run time."""

    def __init__(self, store: Store, identity: Identity) -> None:
        self._store = store
        self._identity = identity
        self.lifetime = TOKEN_LIFETIME

    def check(self, authorization: str) -> None:
        """Admits the firm's API key and tokens of its service login. Raises Refusal (401).

        A user's own token is not enough: that a trader may not administer the firm is inferred.
        """
        scheme, _, credential = authorization.partition(" ")
        if not credential:
            raise Refusal(401, "No credentials: send Authorization: APIKey <key>, or Bearer <token>.")
        if scheme.casefold() == "apikey":
            if _same(credential, self._identity.apiKey):
                return
            raise Refusal(401, "The API key is not valid.")
        if scheme.casefold() != "bearer":
            raise Refusal(401, "The Authorization scheme must be APIKey or Bearer.")
        token = _token_hash(credential)
        found = self._store.row("SELECT userID, expires FROM tokens WHERE tokenHash = ?", token)
        if found is None:
            raise Refusal(401, "The token is not valid.")
        if found["expires"] <= time.time():
            raise Refusal(401, "The token has expired: log in again.")
        if found["userID"] is not None:
            raise Refusal(401, "This user may not use the admin API.")

    def login(self, asked: LoginRequest) -> dict[str, object]:
        """{"token", "expires"} (unix time). Raises Refusal (401). For the service and the firm's users."""
        service = self._identity.login
        if not (
            _same(asked.firm, service.firm)
            and _same(asked.appName, service.appName)
            and _same(asked.appLicense, service.appLicense)
        ):
            raise Refusal(401, "Login failed: firm, application or licence is not valid.")
        if asked.userName.casefold() == service.userName.casefold():
            if not _same(asked.password, service.password):
                raise _login_failed("Login failed.", "Failed")
            return self._token(None)
        user = user_by_name(self._store, asked.userName)
        refused = self._refused(user, asked.password)
        with self._store.transaction():
            if user is None:
                self._store.count("loginsOfNobody")
            else:
                self._store.change(
                    "UPDATE users SET loginsFailed = loginsFailed + ?,"
                    " loginsSuccessful = loginsSuccessful + ? WHERE userID = ?",
                    refused is not None,
                    refused is None,
                    user.userID,
                )
        if refused:
            raise refused
        return self._token(user.userID if user else None)

    def _refused(self, user: T4User | None, password: str) -> Refusal | None:
        """Seed 002, User Login Requirements: valid credentials, an account linked, EULAs accepted."""
        if user is None or not has_password(self._store, user.userID, password):
            return _login_failed("Login failed.", "Failed")
        if not user.enabled:
            return _login_failed("Login failed: the user is disabled.", "UserNotAllowed")
        if not user.accounts:
            return _login_failed("Login failed: no account is linked.", "UserNotAllowed")
        signed = [entry["documentName"] for entry in (user.eula or {"signatures": []})["signatures"]]
        if EULA_FOR_LOGIN not in signed:
            # t4-details.md section 1.6: a login that lacks the EULA fails with MarketDataNotSetup
            return _login_failed("Login failed: the EULA is not signed.", "MarketDataNotSetup")
        return None

    def _token(self, user_id: str | None) -> dict[str, object]:
        token, expires = secrets.token_urlsafe(32), int(time.time() + self.lifetime)
        with self._store.transaction():
            self._store.change("DELETE FROM tokens WHERE expires <= ?", time.time() - TOLD_AS_EXPIRED)
            self._store.change("INSERT INTO tokens VALUES (?, ?, ?)", _token_hash(token), user_id, expires)
        return {"token": token, "expires": expires}

    def forget_tokens(self) -> None:
        with self._store.transaction():
            self._store.change("DELETE FROM tokens")


def _login_failed(message: str, result: str) -> Refusal:
    """`result` is named after the protocol's login results (t4-details.md section 2)."""
    return Refusal(401, message, (Wrong("result", result),))


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
