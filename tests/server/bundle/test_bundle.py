"""A bundle of entries that went through ingest: it holds, and every change of it is found and named."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from server.bundle.verifier import Finding, check, fingerprint
from server.bundle.write import BundleError, write_bundle
from server.cli import main
from server.identity.crypto import ServerKey
from server.records.canonical import canonical, sha256_hex
from server.records.signing import SigningKey
from tests.server.bundle.conftest import Case

Members = dict[str, bytes]
Change = Callable[[Members], None]


def members_of(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(members: Members) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.fixture
def found(tmp_path: Path, case: Case) -> Callable[..., set[tuple[str, str]]]:
    """Return what is wrong after a change of the members, as (code, name of the file or record)."""

    def wrong(change: Change, **options: Any) -> set[tuple[str, str]]:
        members = members_of(case.data)
        change(members)
        return wrongs(checked(tmp_path, zip_of(members), **options))

    return wrong


def checked(folder: Path, data: bytes, server_key: str | None = None) -> list[Finding]:
    path = folder / "bundle.zip"
    path.write_bytes(data)
    return check(str(path), server_key)


def wrongs(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(code, params.get("name", "")) for code, wrong, params in findings if wrong}


def files(case: Case, start: str) -> list[str]:
    return [file["name"] for file in case.manifest["files"] if file["name"].startswith(start)]


def entry_file(case: Case, record: str) -> str:
    return next(row["file"] for row in case.manifest["entries"] if row["id"] == record)


def edited(raw: bytes, edit: Callable[[dict[str, Any]], None]) -> bytes:
    value = json.loads(raw)
    edit(value)
    return canonical(value)


def resealed(members: Members, edit: Callable[[dict[str, Any]], None], key: SigningKey) -> None:
    """Change the manifest and sign it anew, as whoever holds this key could."""
    manifest = json.loads(members["manifest.json"])
    edit(manifest)
    for name in ("hash", "sig"):
        del manifest[name]
    for file in manifest["files"]:
        if file["name"] in members:
            data = members[file["name"]]
            file.update(size=len(data), sha256=sha256_hex(data))
    members["manifest.json"] = canonical(ServerKey(key).sealed(manifest))


class TestWhole:
    """What a bundle holds (issue: a signed evidence bundle of one case)."""

    def test_an_untouched_bundle_holds_with_the_server_key_known(self, case, tmp_path):
        key = fingerprint(case.centre.services.server_key.public_jwk)

        findings = checked(tmp_path, case.data, key)

        assert wrongs(findings) == set()
        assert [code for code, _, _ in findings] == ["copies"]

    def test_entries_steps_beacon_devices_and_neighbours_are_there(self, case):
        kinds = sorted(row["id"].split(":")[0] for row in case.manifest["entries"])
        own = [row for row in case.manifest["entries"] if row["device"] == case.phone.device]

        assert kinds == ["check_event", "lead", "step"]
        assert len(case.manifest["beacons"]) == 1
        assert len(case.manifest["devices"]) == 2
        assert [own[0]["after"], own[1]["before"]] == [own[1]["hash"], own[0]["hash"]]
        assert [row["before"] is not None for row in case.manifest["entries"] if row["entry"] > 1]

    def test_the_program_inside_says_the_same_with_nothing_but_python(self, case, tmp_path):
        members = members_of(case.data)
        (tmp_path / "verify.py").write_bytes(members["verify.py"])
        (tmp_path / "bundle.zip").write_bytes(case.data)

        ran = subprocess.run(
            [sys.executable, "-I", "-S", "verify.py", "bundle.zip"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PYTHONIOENCODING": "utf-8"},
        )
        told = CliRunner().invoke(main, ["verify", str(tmp_path / "bundle.zip")])

        assert (ran.returncode, told.exit_code) == (0, 0), ran.stderr
        assert ran.stdout == told.stdout
        assert "未发现问题" in ran.stdout
        assert "Nothing is wrong" in ran.stdout

    def test_a_broken_bundle_ends_with_status_1_and_names_the_file(self, case, tmp_path):
        members = members_of(case.data)
        photo = files(case, "media/")[0]
        members[photo] += b"x"
        path = tmp_path / "bundle.zip"
        path.write_bytes(zip_of(members))

        told = CliRunner().invoke(main, ["verify", str(path)])

        assert told.exit_code == 1
        assert f"{photo} 被改动" in told.stdout

    def test_an_unknown_record_gives_no_bundle(self, case):
        with pytest.raises(BundleError, match="lead:0"):
            write_bundle(case.centre.services, ["lead:" + "0" * 26], io.BytesIO())


class TestWhatStays:
    """Names of reporters and the metadata of photos never leave (ATTACKS 7, 47)."""

    def test_a_photo_with_exif_leaves_as_a_copy_and_its_hash_stays_the_signed_one(self, case):
        members = members_of(case.data)
        lead = next(row for row in case.manifest["entries"] if row["id"] == case.lead)
        copy = lead["media"][2]
        image = Image.open(io.BytesIO(members[copy["file"]]))

        assert [file["kind"] for file in lead["media"]] == ["original", "original", "copy"]
        assert copy["sha256"] == sha256_hex(case.photos[2])
        assert (dict(image.getexif()), image.size) == ({}, (160, 120))
        assert not any(b"TestPhone" in data or b"Exif" in data for data in members.values())

    def test_a_photo_of_picture_alone_leaves_to_the_byte(self, case):
        assert members_of(case.data)[files(case, "media/")[0]] in case.photos[:2]

    def test_no_name_label_or_login_is_in_it(self, case):
        text = b"".join(members_of(case.data).values())

        assert "张某".encode() not in text

    def test_a_part_that_may_name_a_person_stays_and_is_said_to(self, case, tmp_path, monkeypatch):
        monkeypatch.setattr("server.bundle.write.LEAVING_PARTS", frozenset())

        findings = checked(tmp_path, case.bundle_again())

        assert wrongs(findings) == set()
        assert ("withheld", False, {"record": case.check_in, "what": "fix"}) in findings


class TestChanges:
    """Any edit, removal, reorder, truncation, rename, swapped photo or exchanged key is named."""

    def test_an_edited_entry(self, case, found):
        name = entry_file(case, case.lead)

        def edit(members: Members) -> None:
            members[name] = edited(members[name], lambda v: v["entry"]["body"].update(title="别的标题"))

        assert found(edit) == {("file_changed", name), ("entry_hash", name)}

    def test_an_edited_part(self, case, found):
        name = entry_file(case, case.check_in)

        def edit(members: Members) -> None:
            members[name] = edited(members[name], lambda v: v["parts"]["fix"]["value"].update(spread_m=9))

        assert found(edit) == {("file_changed", name), ("part_wrong", name)}

    def test_a_receipt_that_was_edited(self, case, found):
        name = entry_file(case, case.lead)

        def edit(members: Members) -> None:
            early = "2020-01-01T00:00:00.000Z"
            members[name] = edited(members[name], lambda v: v["receipts"][0].update(received_at=early))

        assert found(edit) == {("file_changed", name), ("beacon_late", name)}

    @pytest.mark.parametrize("start", ["entries/", "media/", "copies/", "verify.py", "README.txt"])
    def test_a_removed_a_renamed_and_a_cut_file(self, case, found, start):
        name = files(case, start)[0]

        assert ("file_missing", name) in found(lambda m: m.pop(name))
        assert {("file_missing", name), ("file_unlisted", "other")} <= found(
            lambda m: m.update(other=m.pop(name))
        )
        assert ("file_changed", name) in found(lambda m: m.update({name: m[name][:-1]}))

    def test_two_swapped_photos(self, case, found):
        first, second = files(case, "media/")

        assert found(lambda m: m.update({first: m[second], second: m[first]})) == {
            ("file_changed", first),
            ("file_changed", second),
        }

    def test_two_swapped_entries(self, case, found):
        first, second = entry_file(case, case.lead), entry_file(case, case.check_in)

        wrong = found(lambda m: m.update({first: m[second], second: m[first]}))

        assert {("file_changed", first), ("entry_elsewhere", first), ("entry_elsewhere", second)} <= wrong

    def test_an_added_file_and_one_that_stands_twice(self, case, found, tmp_path):
        assert found(lambda m: m.update(extra=b"x")) == {("file_unlisted", "extra")}
        stream = io.BytesIO(case.data)
        with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("README.txt", b"another")
        assert ("file_twice", "README.txt") in wrongs(checked(tmp_path, stream.getvalue()))

    @pytest.mark.parametrize("part", [0, 1, 0.5, 0.999])
    def test_a_bundle_cut_short(self, case, tmp_path, part):
        length = int(part) if part in (0, 1) else int(len(case.data) * part)

        assert [f[0] for f in checked(tmp_path, case.data[:length])] == ["not_a_bundle"]

    def test_an_edited_and_a_missing_manifest(self, case, found):
        def edit(members: Members) -> None:
            members["manifest.json"] = edited(members["manifest.json"], lambda v: v["entries"].reverse())

        assert found(edit) == {("manifest_changed", ""), ("entries_order", "")}
        assert found(lambda m: m.pop("manifest.json")) == {("manifest_broken", "")}
        assert found(lambda m: m.update({"manifest.json": b"[" * 100_000})) == {("manifest_broken", "")}

    def test_an_exchanged_device_key(self, case, found):
        other = SigningKey.generate().public_jwk()

        def edit(members: Members) -> None:
            members["manifest.json"] = edited(
                members["manifest.json"],
                lambda v: v["devices"][case.phone.device].update(sign_key=other),
            )

        names = {entry_file(case, record) for record in (case.lead, case.check_in)}
        assert found(edit) == {("manifest_changed", "")} | {("entry_signature", name) for name in names}


class TestAnotherSigner:
    """Whoever signs the manifest anew is known by the key, and cannot make a device's entry or a beacon."""

    def test_another_server_key_is_named_by_its_fingerprint(self, case, found):
        forger = SigningKey.generate()
        known = fingerprint(case.centre.services.server_key.public_jwk)

        def edit(members: Members) -> None:
            resealed(members, lambda v: v.update(server_key=forger.public_jwk()), forger)

        codes = {code for code, _ in found(edit, server_key=known)}
        assert codes == {"key_other", "beacon_wrong", "desk_key"}

    @pytest.mark.parametrize(
        ("code", "edit"),
        [
            ("chain_broken", lambda v: v["entries"][0].update(prev="0" * 64)),
            ("chain_broken", lambda v: v["entries"][1].update(before="0" * 64)),
            ("media_list", lambda v: _lead(v)["media"].pop()),
            ("photo_other", lambda v: _swap_files(_lead(v)["media"])),
            ("entries_order", lambda v: v["entries"].reverse()),
            ("beacon_wrong", lambda v: v["beacons"][0].update(at="2020-01-01T00:00:00.000Z")),
        ],
    )
    def test_even_the_server_itself_cannot_say_otherwise_of_what_devices_signed(
        self, case, found, code, edit
    ):
        key = case.centre.services.server_key._key

        assert code in {each for each, _ in found(lambda m: resealed(m, edit, key))}

    def test_an_entry_forged_and_listed_by_the_server_has_not_the_device_s_signature(self, case, found):
        name, key = entry_file(case, case.lead), case.centre.services.server_key._key

        def forge(members: Members) -> None:
            def rewrite(value: dict[str, Any]) -> None:
                value["entry"]["body"]["title"] = "别的标题"
                unsigned = {n: v for n, v in value["entry"].items() if n not in ("hash", "sig")}
                value["entry"]["hash"] = sha256_hex(canonical(unsigned))

            members[name] = edited(members[name], rewrite)
            forged = json.loads(members[name])["entry"]["hash"]
            resealed(members, lambda v: _lead(v).update(hash=forged), key)

        assert ("entry_signature", name) in found(forge)


def _lead(manifest: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in manifest["entries"] if row["id"].startswith("lead:"))


def _swap_files(media: list[dict[str, Any]]) -> None:
    media[0]["file"], media[1]["file"] = media[1]["file"], media[0]["file"]
