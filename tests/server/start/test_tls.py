"""The local authority: made once, its certificates fit this machine's addresses."""

from __future__ import annotations

import ipaddress
import ssl
import stat

from cryptography import x509

from server.settings import Settings
from server.tls import authority_path, certificate_paths


class TestLocalAuthority:
    def test_the_authority_is_made_once_and_its_key_is_private(self, tmp_path):
        settings = Settings(data=tmp_path)
        certificate_paths(settings)
        first = authority_path(settings).read_bytes()
        certificate_paths(settings)
        assert authority_path(settings).read_bytes() == first
        assert stat.S_IMODE((tmp_path / "tls" / "authority.key").stat().st_mode) == 0o600

    def test_the_certificate_names_localhost_and_is_signed_by_the_authority(self, tmp_path):
        settings = Settings(data=tmp_path)
        path, key = certificate_paths(settings)
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert "localhost" in names.get_values_for_type(x509.DNSName)
        assert ipaddress.ip_address("127.0.0.1") in names.get_values_for_type(x509.IPAddress)
        authority = x509.load_pem_x509_certificate(authority_path(settings).read_bytes())
        certificate.verify_directly_issued_by(authority)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, key)

    def test_it_lives_no_longer_than_browsers_allow(self, tmp_path):
        path, _ = certificate_paths(Settings(data=tmp_path))
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days <= 398
