"""Where this machine keeps the authorities that vouch for certificates: found in one place, used by every client.

Follows OpenSSL's `SSL_CERT_FILE` and `SSL_CERT_DIR`, Python's `ssl.get_default_verify_paths`, and the layouts of
Debian, RHEL with Alma and Rocky, Alpine, and SUSE (read 2026-11).

Quirks: a folder is of use to OpenSSL only where it has links named by hashes (`4bfab552.0`), and then each client reads
the few certificates that it needs; a bundle is read whole and costs each of them a megabyte or more. RHEL's
`/etc/ssl/certs` holds a bundle and no link, or no more links than the machine's administrator has added to it. httpx
looks at the two variables alone when it is not told otherwise, as in one SDK here.
"""

import re
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

ROOT = Path("/")
FOLDERS = (
    "etc/ssl/certs",  # Debian, Alpine, SUSE
    "etc/pki/ca-trust/extracted/pem/directory-hash",  # newer RHEL
    "etc/pki/tls/certs",
    "var/lib/ca-certificates/pem",  # SUSE, if the link from /etc is gone
)
BUNDLES = (
    "etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
    "etc/pki/tls/certs/ca-bundle.crt",  # RHEL
    "etc/ssl/certs/ca-bundle.crt",  # the same, where only the older name of the folder is there
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "etc/ssl/ca-bundle.pem",  # SUSE
    "var/lib/ca-certificates/ca-bundle.pem",
    "etc/ssl/cert.pem",  # Alpine
)
WHOLE_SYSTEM = 20
"""So many links are a system's authorities; fewer may be an administrator's own, with the system's in a bundle."""
MISSING = (
    "no certificate authorities are found on this machine, so that no platform could be trusted; install them: "
    "sudo apt install ca-certificates (dnf, apk and zypper name the package alike)"
)
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")
_CERTIFICATE = b"CERTIFICATE-----"


class Authorities(msgspec.Struct, frozen=True):
    """One path, and whether it is a folder with hashed links or one file."""

    path: str
    is_folder: bool

    def variables(self) -> dict[str, str]:
        """Return what tells OpenSSL and httpx of them."""
        return {"SSL_CERT_DIR" if self.is_folder else "SSL_CERT_FILE": self.path}

    def context(self) -> ssl.SSLContext:
        """Make a client's TLS context that trusts them.

        Returns:
            A context that checks certificates and names, as `ssl.create_default_context` makes it.
        """
        if self.is_folder:
            return ssl.create_default_context(capath=self.path)
        return ssl.create_default_context(cafile=self.path)


def find(environment: Mapping[str, str], *, root: Path = ROOT) -> Authorities | None:
    """Find the authorities; what the environment names goes before the usual places, a folder before a bundle.

    Args:
        environment: May hold SSL_CERT_FILE and SSL_CERT_DIR; of use only if there is a certificate behind them.
        root: Where the file system begins.

    Returns:
        The authorities, None where there are none.
    """
    named_file, named_folder = environment.get("SSL_CERT_FILE", ""), environment.get("SSL_CERT_DIR", "")
    pythons_own = ssl.get_default_verify_paths()
    folders = [root / folder.lstrip("/") for folder in (*FOLDERS, pythons_own.openssl_capath)]
    bundles = [root / bundle.lstrip("/") for bundle in (*BUNDLES, pythons_own.openssl_cafile)]
    return (
        _bundle([Path(named_file)] if named_file else [])
        or _folder([Path(folder) for folder in named_folder.split(":") if folder])
        or _folder(folders, links=WHOLE_SYSTEM)
        or _bundle(bundles)
        or _folder(folders)
    )


def is_tls_failure(error: BaseException | None) -> bool:
    """Tell whether a failed TLS handshake is among an error's causes: libraries wrap it as a lost connection.

    Args:
        error: What was raised; None has no cause.
    """
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _folder(among: Iterable[Path], *, links: int = 1) -> Authorities | None:
    """Return the first folder that has at least so many hashed links, None where none has."""
    path = next((path for path in among if _has_links(path, links)), None)
    return Authorities(str(path), is_folder=True) if path else None


def _bundle(among: Iterable[Path]) -> Authorities | None:
    """Return the first of these files that holds a certificate, None where none does."""
    path = next((path for path in among if _has_certificate(path)), None)
    return Authorities(str(path), is_folder=False) if path else None


def _has_links(folder: Path, least: int) -> bool:
    """Tell whether a folder has at least so many hashed links; False where it cannot be read."""
    try:
        found = (entry for entry in folder.iterdir() if _HASHED.fullmatch(entry.name) and entry.is_file())
        return sum(1 for _ in zip(found, range(least), strict=False)) == least
    except OSError:
        return False


def _has_certificate(bundle: Path) -> bool:
    """Tell whether a file holds a certificate in PEM; False where it cannot be read."""
    try:
        return _CERTIFICATE in bundle.read_bytes()
    except OSError:
        return False
