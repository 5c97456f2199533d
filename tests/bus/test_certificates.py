"""Where a machine's authorities are found."""

import ssl
from pathlib import Path

import pytest

from bus import certificates
from bus.certificates import Authorities, find, is_tls_failure

PEM = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n"
BUNDLES = {
    "Debian": "etc/ssl/certs/ca-certificates.crt",
    "RHEL": "etc/pki/tls/certs/ca-bundle.crt",
    "RHEL, by the older name": "etc/ssl/certs/ca-bundle.crt",
    "Alpine": "etc/ssl/cert.pem",
    "SUSE": "etc/ssl/ca-bundle.pem",
}
FOLDERS = {"Debian, Alpine and SUSE": "etc/ssl/certs", "newer RHEL": "etc/pki/ca-trust/extracted/pem/directory-hash"}


def put(root: Path, path: str) -> Path:
    """Write a file with a certificate."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(PEM)
    return file


def put_links(root: Path, path: str, *, count: int) -> Path:
    """Write a folder with links named by hashes."""
    authority = put(root, f"{path}/Some_Authority.pem")
    for number in range(count):
        (authority.parent / f"{number:08x}.0").symlink_to(authority.name)
    return authority.parent


@pytest.mark.parametrize("path", BUNDLES.values(), ids=BUNDLES)
def test_a_bundle_is_found_where_no_folder_has_links(tmp_path: Path, path: str) -> None:
    """Fault P6."""
    bundle = put(tmp_path, path)

    assert find({}, root=tmp_path) == Authorities(str(bundle), is_folder=False)


@pytest.mark.parametrize("path", FOLDERS.values(), ids=FOLDERS)
def test_a_folder_with_links_goes_before_a_bundle_which_costs_memory(tmp_path: Path, path: str) -> None:
    put(tmp_path, BUNDLES["Debian"])
    put(tmp_path, BUNDLES["RHEL"])
    folder = put_links(tmp_path, path, count=130)

    assert find({}, root=tmp_path) == Authorities(str(folder), is_folder=True)


def test_a_few_links_beside_a_bundle_are_not_the_systems_authorities(tmp_path: Path) -> None:
    """Fault P6: an administrator's own authority in RHEL's folder hides none of the system's."""
    bundle = put(tmp_path, BUNDLES["RHEL"])
    put_links(tmp_path, "etc/ssl/certs", count=1)

    assert find({}, root=tmp_path) == Authorities(str(bundle), is_folder=False)


def test_a_few_links_are_better_than_nothing(tmp_path: Path) -> None:
    folder = put_links(tmp_path, "etc/ssl/certs", count=1)

    assert find({}, root=tmp_path) == Authorities(str(folder), is_folder=True)


def test_links_that_lead_nowhere_and_files_without_a_certificate_are_nothing(tmp_path: Path) -> None:
    folder = put_links(tmp_path, "etc/ssl/certs", count=130)
    (folder / "Some_Authority.pem").unlink()
    put(tmp_path, BUNDLES["RHEL"]).write_text("")

    assert find({}, root=tmp_path) is None


def test_what_the_environment_names_goes_before_the_usual_places(tmp_path: Path) -> None:
    put_links(tmp_path, "etc/ssl/certs", count=130)
    file, folder = put(tmp_path, "own/ca.pem"), put_links(tmp_path, "own/certs", count=1)

    by_file = find({"SSL_CERT_FILE": str(file), "SSL_CERT_DIR": str(folder)}, root=tmp_path)
    by_folder = find({"SSL_CERT_DIR": f"/nowhere:{folder}"}, root=tmp_path)

    assert by_file == Authorities(str(file), is_folder=False)
    assert by_folder == Authorities(str(folder), is_folder=True)


def test_an_environment_that_names_nothing_of_use_is_passed_over(tmp_path: Path) -> None:
    bundle = put(tmp_path, BUNDLES["RHEL"])

    found = find({"SSL_CERT_FILE": "/nowhere/ca.pem", "SSL_CERT_DIR": str(tmp_path)}, root=tmp_path)

    assert found == Authorities(str(bundle), is_folder=False)


def test_a_programs_own_search_finds_what_its_launcher_has_told_it(tmp_path: Path) -> None:
    put(tmp_path, BUNDLES["RHEL"])
    found = find({}, root=tmp_path)

    assert found is not None
    assert find(found.variables()) == found


def test_this_machine_has_authorities_that_a_context_can_use() -> None:
    found = find({})

    assert found is not None, certificates.MISSING
    assert found.context().verify_mode == ssl.CERT_REQUIRED


def test_a_failed_handshake_is_seen_behind_a_librarys_own_error() -> None:
    wrapped = ConnectionError("lost")
    wrapped.__cause__ = ssl.SSLCertVerificationError("not trusted")

    assert is_tls_failure(wrapped)
    assert not is_tls_failure(ConnectionError("lost"))
