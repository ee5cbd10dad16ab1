"""The lock file installs anywhere, from anywhere, exactly what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PIN = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ;[^\\]*)? \\\n(?P<hashes>(?:    --hash=.*\n)+)"
)
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def wanted() -> list[Requirement]:
    """What the project asks for: to run, with every extra, and to be built."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)
    project = declared["project"]
    lists = [declared["build-system"]["requires"], project["dependencies"]]
    lists.extend(project["optional-dependencies"].values())
    return [Requirement(text) for texts in lists for text in texts]


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_pins_what_the_project_asks_for(requirement: Requirement) -> None:
    versions = [
        Version(pin["version"])
        for pin in PIN.finditer(LOCK)
        if pin["name"] == canonicalize_name(requirement.name)
    ]
    assert versions, f"{requirement.name} is not in requirements.lock: make lock"
    assert all(version in requirement.specifier for version in versions)


def test_holds_pins_with_hashes_and_nothing_else() -> None:
    rest = PIN.sub("", LOCK)
    assert all(line.startswith("#") for line in rest.splitlines()), (
        "an address, a path or a pin without a hash"
    )
    hashes = re.findall(r"--hash=(\S+)", LOCK)
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", text) for text in hashes)
