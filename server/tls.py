"""HTTPS on the local network: an authority made at first start, and a certificate signed by it.

Without TLS a phone has neither keys nor a service worker. The authority's certificate is what a
phone is made to trust; its key never leaves tls/.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.settings import Settings

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 397  # browsers refuse longer-lived ones
_CERTIFICATES_ALONE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def certificate_paths(settings: Settings) -> tuple[Path, Path]:
    """Return certificate and key for this machine's addresses, made or renewed where needed."""
    folder = settings.data / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    authority, authority_key = _authority(folder)
    certificate, key = folder / "server.pem", folder / "server.key"
    addresses = {"localhost", "127.0.0.1", urlsplit(settings.url).hostname or "localhost", *lan_addresses()}
    if not _is_current(certificate, addresses):
        _issue(certificate, key, addresses, authority, authority_key)
    return certificate, key


def authority_path(settings: Settings) -> Path:
    """Return the certificate that a phone must trust."""
    return settings.data / "tls" / "authority.pem"


def authority_fingerprint(settings: Settings) -> str:
    """Return the beginning of the certificate's SHA-256 as phones show it: eight pairs with colons."""
    certificate = x509.load_pem_x509_certificate(authority_path(settings).read_bytes())
    return certificate.fingerprint(hashes.SHA256())[:8].hex(":").upper()


def lan_addresses() -> list[str]:
    """Return this machine's addresses on its networks, the one of the default route first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which address would be used
        found.append(probe.getsockname()[0])
    with suppress(OSError):  # a host name that its own machine cannot resolve
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [a for a in dict.fromkeys(found) if not ipaddress.ip_address(a).is_loopback]


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    path, key_path = folder / "authority.pem", folder / "authority.key"
    if path.exists() and key_path.exists():
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{key_path} holds another kind of key")
        return x509.load_pem_x509_certificate(path.read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Liandong local authority")])
    builder = _builder(name, name, key, AUTHORITY_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_CERTIFICATES_ALONE, critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    certificate = builder.sign(key, hashes.SHA256())
    _write_key(key_path, key)
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _issue(
    path: Path,
    key_path: Path,
    addresses: set[str],
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Liandong")])
    builder = _builder(name, authority.subject, key, CERTIFICATE_DAYS)
    builder = builder.add_extension(x509.SubjectAlternativeName([_san(a) for a in sorted(addresses)]), False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), False
    )
    _write_key(key_path, key)
    path.write_bytes(
        builder.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + authority.public_bytes(serialization.Encoding.PEM)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _is_current(path: Path, addresses: set[str]) -> bool:
    if not path.exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = {str(name.value) for name in names}
    in_a_month = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    return addresses <= covered and certificate.not_valid_after_utc > in_a_month


def _san(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(address))
    except ValueError:
        return x509.DNSName(address)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
