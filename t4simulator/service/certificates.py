"""TLS for tests of a client: a certificate that is right, and three that are wrong, made on the spot.

`cryptography` is imported only here and only when TLS is asked for.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

KINDS: Final = ("trusted", "expired", "wrongHost", "selfSigned")


@dataclass(frozen=True)
class Certificate:
    """PEM files: the server's certificate and key, and the authority that a client is to trust."""

    chain: Path
    key: Path
    authority: Path


def certificate_in(folder: Path, kind: str) -> Certificate:
    """A new certificate of one of `KINDS`, with its authority, in `folder`/tls.

    trusted: for 127.0.0.1 and localhost, signed by the authority. expired: the same, until yesterday.
    wrongHost: for t4.example only. selfSigned: by nobody else.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    if kind not in KINDS:
        raise ValueError(f"tls must be one of {', '.join(KINDS)}, not {kind}")
    place = folder / "tls"
    place.mkdir(exist_ok=True)
    now = datetime.now(UTC)

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = (
        x509.CertificateBuilder()
        .subject_name(name("T4 simulator authority"))
        .issuer_name(name("T4 simulator authority"))
        .public_key(authority_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .add_extension(_usage(signs=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName("t4.example")]
    if kind != "wrongHost":
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    alone = kind == "selfSigned"
    signer = key if alone else authority_key
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name("T4 simulator"))
        .issuer_name(name("T4 simulator") if alone else authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=20))
        .not_valid_after(now + timedelta(days=-1 if kind == "expired" else 20))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(_usage(signs=False), critical=True)
        .sign(signer, hashes.SHA256())
    )
    made = Certificate(place / "server.pem", place / "server.key", place / "authority.pem")
    made.chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    made.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return made


def _usage(*, signs: bool):  # type: ignore[no-untyped-def]  # the type is only there when cryptography is imported
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
