"""The demonstration's printed calls, run as printed against its service."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSEHOLDS = 300
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl"))), reason="the printed calls need bash and curl"),
]


@dataclass(frozen=True)
class Shown:
    """What the demonstration printed, and the folder in which its calls are run."""

    text: str
    folder: Path

    def run(self, begins: str) -> list[str]:
        """The answers of the printed block that comes after a sentence, one for each of its lines."""
        block = self.text.split(begins, 1)[1].split(":\n\n", 1)[1].split("\n\n", 1)[0]
        marked = "\n".join(f"{line}\necho; echo '%%%'" for line in block.splitlines())
        done = subprocess.run(["bash", "-c", marked], cwd=self.folder, capture_output=True, text=True, check=True)
        return [one.strip() for one in done.stdout.split("%%%")[:-1]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The demonstration of a small county, serving; stopped at the end."""
    folder = tmp_path_factory.mktemp("demo")
    for name in ("verify", "scoring", ".venv/bin"):  # the calls are printed for whoever stands in the project's folder
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
    for name in ("verify", "scoring"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv" / "bin").mkdir()
    for name in ("python", "lushi"):
        (folder / ".venv" / "bin" / name).symlink_to(Path(sys.executable).with_name(name))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    mine = {"LUSHI_DATA": str(folder / "var"), "LUSHI_PORT": str(port), "COLUMNS": "400", "PYTHONUNBUFFERED": "1"}
    said = folder / "said.txt"
    with said.open("w") as out:
        command = [sys.executable, "-m", "lushi", "demo", "--households", str(HOUSEHOLDS)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, env=clean | mine)
    try:
        until = time.monotonic() + 240
        while "stop with Ctrl-C" not in said.read_text(encoding="utf-8"):
            assert process.poll() is None, said.read_text(encoding="utf-8")
            assert time.monotonic() < until
            time.sleep(0.2)
        yield Shown(said.read_text(encoding="utf-8"), folder)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_each_printed_call_does_what_is_said_of_it(shown: Shown) -> None:
    decided = json.loads(shown.run("A bank asks before")[1])
    assert decided["binding"]["terms"]["offered"] is True
    household = shown.text.split('"household_id": "', 1)[1].split('"', 1)[0]
    bank = next(line for line in shown.text.splitlines() if line.startswith("BANK="))
    text = shown.text.replace("curl -s http", f"{bank}\ncurl -s http").replace(
        'curl -s "http', f'{bank}\ncurl -s "http'
    )
    whole = Shown(text, shown.folder)
    assert json.loads(whole.run("The household at a glance")[1])["household_id"] == household
    proved = whole.run("The bank proves")
    assert proved[-1].startswith("holds: ")
    refused = json.loads(whole.run("While that application")[-1])
    assert refused["type"] == "urn:lushi:problem:open-elsewhere"
    as_it_was, before = (json.loads(it) for it in whole.run("The auditor signs in")[-1:-4:-2][::-1])
    assert as_it_was["verdict"] == "same"
    assert before["verdict"] in ("same", "changed_by_policy")
    whole.run("The county officer")
    report = (shown.folder / "report.html").read_text(encoding="utf-8")
    assert household in report
    assert re.search(r"合成|synthetic|本人", report)


def test_the_analyst_watches_the_quarter_and_tries_the_rules_that_follow(shown: Shown) -> None:
    exports = "\n".join(line for line in shown.text.splitlines() if line.startswith("export LUSHI_"))
    watched, tried = Shown(shown.text.replace("lushi watch", f"{exports}\nlushi watch"), shown.folder).run(
        "The same analyst watches"
    )[-2:]
    assert "synthetic" in watched
    assert "2021Q1" in watched
    assert (shown.folder / "watch.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "lushi_2021_03_01" in tried
    assert "In force" in tried


def test_keys_and_passwords_are_their_owners_alone(shown: Shown) -> None:
    kept = sorted((shown.folder / "var" / "demo" / "keys").iterdir())
    names = [
        "administrator.password",
        "analyst.password",
        "auditor.password",
        "bank-one.key",
        "bank-two.key",
        "clerk.password",
    ]
    assert [it.name for it in kept] == [*names, "county-officer.password"]
    assert all(it.stat().st_mode & 0o077 == 0 for it in kept)
    secrets = [it.read_text(encoding="utf-8").strip() for it in kept]
    assert not any(one in shown.text for one in secrets)
