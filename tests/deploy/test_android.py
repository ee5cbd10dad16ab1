"""The Android build as far as it can be proved without Android's tools: deploy/android/README.md says what cannot."""

from __future__ import annotations

import ast
import configparser
import importlib.metadata
import importlib.util
import json
import os
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
ANDROID = ROOT / "deploy" / "android"

#: Requirements that python-for-android builds by a recipe; the others it installs as wheels, without what they need.
RECIPES = {"python3", "openssl", "sqlite3", "kivy", "pyjnius", "android"}
#: What a requirement is imported as, where its name does not say so.
IMPORTED_AS = {"pyjnius": "jnius"}
#: Modules that Python 3.12 to 3.14 no longer have.
REMOVED = set(
    "aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imagehdr imghdr imp lib2to3 mailcap msilib nis"
    " nntplib ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib".split()
)
#: Modules that Android's Python never has (PEP 738, python-for-android's blacklist).
NOT_ON_ANDROID = set(
    "curses dbm ensurepip grp idlelib multiprocessing pty readline tkinter turtle venv".split()
)
#: Tried and done without: the driver with its own SQLCipher, and a quicker JSON.
OPTIONAL = {"sqlcipher3", "orjson"}
#: Calls that warn or are gone by Python 3.14.
GONE = {"utcnow", "utcfromtimestamp", "getdefaultlocale", "find_loader", "get_loader", "formatargspec"}

GRAPH = """
import json, sys
from pythonforandroid.bootstrap import Bootstrap
from pythonforandroid.build import Context
from pythonforandroid.graph import get_recipe_order_and_bootstrap
from pythonforandroid.recipe import Recipe
context = Context()
context.local_recipes = sys.argv[1]
bootstrap = Bootstrap.get_bootstrap(sys.argv[2], context)
order, wheels, _ = get_recipe_order_and_bootstrap(context, sys.argv[3:], bootstrap)
recipe = Recipe.get_recipe("sqlite3", context)
print(json.dumps({"order": order, "wheels": wheels, "url": recipe.versioned_url, "hash": recipe.sha256sum}))
"""


@pytest.fixture(scope="module")
def spec() -> configparser.SectionProxy:
    """The section `app` of buildozer.spec."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ANDROID / "buildozer.spec", encoding="utf-8")
    return parser["app"]


@pytest.fixture(scope="module")
def requirements(spec: configparser.SectionProxy) -> dict[str, str]:
    """Name -> pinned version, "" where the recipe says it."""
    listed = [text.strip().partition("==") for text in spec["requirements"].split(",")]
    return {name: version for name, _, version in listed}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app as it goes onto the phone."""
    place = tmp_path_factory.mktemp("android") / "app"
    _script("stage").stage(place)
    return place


def _script(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"android_{name}", ANDROID / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


# The spec


def test_nothing_is_backed_up_and_little_is_asked_for(spec: configparser.SectionProxy) -> None:
    assert spec["android.allow_backup"] == "False"
    assert int(spec["android.minapi"]) == int(spec["android.ndk_api"]) == 24
    assert int(spec["android.api"]) >= 34
    asked = {
        each.strip().removeprefix("android.permission.") for each in spec["android.permissions"].split(",")
    }
    assert asked == {
        "INTERNET",
        "ACCESS_NETWORK_STATE",
        "ACCESS_COARSE_LOCATION",
        "ACCESS_FINE_LOCATION",
        "POST_NOTIFICATIONS",
        "VIBRATE",
    }


def test_every_file_the_spec_names_is_there(spec: configparser.SectionProxy, staged: Path) -> None:
    for name, value in spec.items():
        if name.endswith(".filename") and name != "version.filename":
            assert (ANDROID / "icons" / Path(value).name).is_file(), name
            assert value.endswith(f"deploy/android/icons/{Path(value).name}")
    assert (ANDROID / spec["p4a.local_recipes"] / "sqlite3" / "__init__.py").is_file()
    assert (ANDROID / spec["source.dir"]).resolve() == _script("stage").PLACE
    version = re.search(spec["version.regex"], (staged / "version.py").read_text(encoding="utf-8"))
    assert version is not None
    assert version[1] == importlib.metadata.version("tungnha")


def test_the_manifest_names_the_scanners_intent(spec: configparser.SectionProxy) -> None:
    text = (ANDROID / spec["android.extra_manifest_xml"]).read_text(encoding="utf-8")
    space = "http://schemas.android.com/apk/res/android"
    manifest = ElementTree.fromstring(f'<manifest xmlns:android="{space}">{text}</manifest>')
    named = [each.get(f"{{{space}}}name") for each in manifest.iter("action")]
    source = ROOT / "mobile" / "platform" / "android" / "scanner.py"
    assert [ast.literal_eval(value) for value in _constant(source, "ACTION")] == named


def _constant(file: Path, name: str) -> Iterator[ast.expr]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == [name]:
            yield node.value


# Requirements


def test_pins_are_those_of_the_lock(requirements: dict[str, str]) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", lock, re.MULTILINE))
    pinned = {name: version for name, version in requirements.items() if version}
    assert pinned == {name: pins[name] for name in pinned}
    assert set(requirements) - set(pinned) <= RECIPES


def test_what_wheels_need_is_listed_too(requirements: dict[str, str]) -> None:
    """python-for-android installs them without their dependencies."""
    android = {"python_version": "3.14", "python_full_version": "3.14.0", "extra": ""}
    for name in set(requirements) - RECIPES:
        for text in importlib.metadata.requires(name) or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate(android):
                assert canonicalize_name(needed.name) in requirements, f"{name} needs {text}"


def test_the_graph_resolves_with_our_sqlcipher(
    spec: configparser.SectionProxy, requirements: dict[str, str]
) -> None:
    recipes = str((ANDROID / spec["p4a.local_recipes"]).resolve())
    done = subprocess.run(
        [sys.executable, "-c", GRAPH, recipes, spec["p4a.bootstrap"], *requirements],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    order = found["order"]
    assert set(requirements) >= RECIPES
    assert set(order) >= RECIPES
    assert order.index("openssl") < order.index("sqlite3") < order.index("python3")
    assert set(found["wheels"]) >= set(requirements) - RECIPES
    assert found["url"].startswith("https://github.com/sqlcipher/sqlcipher/archive/")
    assert re.fullmatch(r"[0-9a-f]{64}", found["hash"])


# What goes onto the phone


def test_the_phone_gets_what_it_needs_and_no_more(staged: Path) -> None:
    files = {file.relative_to(staged).as_posix() for file in staged.rglob("*") if file.is_file()}
    assert {"main.py", "version.py", "LICENSE", "NOTICE", "mobile/messages.csv", "shared/faults.csv"} <= files
    assert {name.split("/")[0] for name in files if "/" in name} == {"mobile", "shared"}
    assert not [
        name for name in files if name.endswith(".pyc") or "/test" in name or name.startswith("mobile/bench")
    ]
    assert sum(file.stat().st_size for file in staged.rglob("*") if file.is_file()) < 16 << 20


def test_it_imports_only_what_android_has(staged: Path, requirements: dict[str, str]) -> None:
    allowed = sys.stdlib_module_names - REMOVED - NOT_ON_ANDROID
    allowed |= {IMPORTED_AS.get(name, name.replace("-", "_")) for name in requirements}
    wrong = []
    for file in staged.rglob("*.py"):
        for module, optional in _imported(ast.parse(file.read_text(encoding="utf-8"))):
            top = module.partition(".")[0]
            if top in ("mobile", "shared"):
                if not _lies_in(staged, module):
                    wrong.append(f"{file.relative_to(staged)}: {module} stays at the desk")
            elif top not in allowed and not (optional and top in OPTIONAL):
                wrong.append(f"{file.relative_to(staged)}: {module}")
    assert not wrong, "\n".join(wrong)


def _imported(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """(module, whether its absence is caught) of every import at any depth."""
    caught = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        and any("ImportError" in ast.unparse(h.type) for h in node.handlers if h.type)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield each.name, id(node) in caught
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module), id(node) in caught


def _lies_in(staged: Path, module: str) -> bool:
    path = staged.joinpath(*module.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_it_is_clean_for_the_python_of_the_phone(staged: Path) -> None:
    """Python 3.14: nothing that is gone, no jump out of a `finally` (PEP 765), no escape that is none."""
    wrong = []
    for file in staged.rglob("*.py"):
        tree = compile(file.read_bytes(), str(file), "exec", ast.PyCF_ONLY_AST)
        compile(tree, str(file), "exec")
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in GONE:
                wrong.append(f"{file.relative_to(staged)}:{node.lineno}: {node.attr}")
            if isinstance(node, ast.Try):
                jumps = (ast.Return, ast.Break, ast.Continue)
                wrong += [
                    f"{file.relative_to(staged)}:{each.lineno}: leaves a finally"
                    for statement in node.finalbody
                    for each in ast.walk(statement)
                    if isinstance(each, jumps)
                ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.phone
def test_the_staged_app_starts_by_itself(staged: Path, tmp_path: Path) -> None:
    """Only what is staged, without the desktop's driver: it draws its lock and loads every screen."""
    program = (
        "import sys; sys.modules['sqlcipher3'] = sys.modules['orjson'] = None\n"
        "from pathlib import Path\n"
        "from mobile.app import prepare\n"
        "prepare(offscreen=True)\n"
        "from mobile.shell import TungNhaApp\n"
        f"app = TungNhaApp(Path({str(tmp_path)!r}))\n"
        "stage = app.build()\n"
        "import mobile.screens.every, mobile.store.store, sqlite3\n"
        "from mobile.store import driver\n"
        "assert driver.sqlite is sqlite3\n"
        "print(stage.top.name, mobile.screens.every.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(staged), "KIVY_NO_CONSOLELOG": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    name, file = done.stdout.split()
    assert name == "choose_pin"
    assert Path(file).is_relative_to(staged)


# Icons


def test_the_icons_are_what_the_script_draws(tmp_path: Path) -> None:
    _script("icons").draw(tmp_path)
    drawn = sorted(tmp_path.glob("*.png"))
    assert [file.name for file in drawn] == sorted(file.name for file in (ANDROID / "icons").glob("*.png"))
    for file in drawn:
        assert _pixels(file) == _pixels(ANDROID / "icons" / file.name), file.name


def _pixels(file: Path) -> tuple[bytes, bytes]:
    """(head, pixels) of a PNG of ours: packed as this machine's zlib likes."""
    data, at, parts = file.read_bytes(), 8, {}
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        parts[data[at + 4 : at + 8]] = data[at + 8 : at + 8 + length]
        at += 12 + length
    return parts[b"IHDR"], zlib.decompress(parts[b"IDAT"])
