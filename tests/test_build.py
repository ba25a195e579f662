"""What builds, tests and publishes the project holds what it must: a failure fails, and versions are known.

Makefile, `.ci`, workflow files and `notebooks/build.py` are run where that is cheap, with other programs in
the place of those that they call; else they are read.
"""

import os
import re
import subprocess
import sys
import tomllib
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from conftest import ROOT, loaded
from packaging.requirements import Requirement

LOCKS = sorted([*ROOT.glob("*.lock"), *ROOT.glob("benchmarks/*.lock")])
WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# How GitHub runs a step: as named by its `shell`, or by none.
SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
PIPE = re.compile(r"(?<!\|)\|(?!\|)")


def workflow(name):
    """A workflow file; YAML reads its key `on` as true."""
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))


def jobs():
    """Each job of each workflow file, by the names of both."""
    return {
        (file.stem, name): job
        for file in WORKFLOWS
        for name, job in yaml.safe_load(file.read_text("utf-8"))["jobs"].items()
    }


def steps():
    """Each step of each job, with the names of file and job."""
    return [(*names, step) for names, job in jobs().items() for step in job["steps"]]


def planned(*targets):
    """The commands that make would run for some targets if nothing was there yet."""
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", *targets]
    clean = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=True)
    return done.stdout.replace("\\\n", " ").splitlines()


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Puts a program of a few lines of shell in the place of another."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def replace(name, script):
        file = folder / name
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)

    return replace


def ran(command, cwd, **env):
    """A command that has run."""
    return subprocess.run(
        command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False
    )


class TestLocks:
    """Every library that is installed is one whose hash is known."""

    @pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
    def test_hashes(self, lock):
        """Each version has one or more, and no address says where it comes from."""
        text = re.sub(r"\s*#.*", "", lock.read_text("utf-8")).replace("\\\n", " ")
        entries = [line.split() for line in text.splitlines() if line.strip()]
        assert entries
        for name, *rest in entries:
            assert re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!]+", name), name
            hashes = [word for word in rest if word.startswith("--hash")]
            assert hashes, name
            assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", word) for word in hashes), name
        assert not re.search(r"://|^-|--(?:index|extra|find|trusted)", text, re.MULTILINE)

    def test_nothing_else_is_installed(self):
        """Make installs by the locks alone, each with its hashes, and the project itself."""
        lines = planned("test", "lock", "notebooks")
        installs = [line for line in lines if "pip install" in line]
        locked = [re.search(r"-r (\S+)", line) for line in installs]
        files = {match[1] for match in locked if match}
        assert files == {"requirements.lock", "requirements-dev.lock", "requirements-uv.lock"}
        for line, match in zip(installs, locked, strict=True):
            if match:
                assert "--require-hashes" in line
            else:
                assert re.search(r"--no-deps --no-build-isolation -e \.$", line), line

    def test_they_hold_what_is_needed(self):
        """Every library of pyproject.toml, in a version that it allows; small and large lock agree."""
        versions = {lock.stem: dict(pinned(lock)) for lock in LOCKS}
        small, large = versions["requirements"], versions["requirements-dev"]
        assert small.items() <= large.items()
        extras = PROJECT["project"]["optional-dependencies"].values()
        groups = PROJECT["dependency-groups"]
        asked = [*PROJECT["project"]["dependencies"], *[one for extra in extras for one in extra]]
        asked += [*groups["build"], *groups["site"], *groups["dev"]]
        wanted = [Requirement(one) for one in asked if isinstance(one, str)]
        for one in wanted:
            assert one.name == "tradelib" or large[one.name.lower()] in one.specifier, one
        (uv,) = [Requirement(one) for one in groups["lock"]]
        assert versions["requirements-uv"]["uv"] in uv.specifier

    def test_the_hook_is_of_the_lock(self, tmp_path):
        """What runs before a commit is the ruff of `make lint`, and `make lock` moves both."""
        large = ROOT / "requirements-dev.lock"
        file = ROOT / ".pre-commit-config.yaml"
        (repo,) = yaml.safe_load(file.read_text("utf-8"))["repos"]
        version = dict(pinned(large))["ruff"]
        assert repo["rev"] == f"v{version}"
        (tmp_path / large.name).write_text("numpy==9.9.9 \\\nruff==12.3.45 \\\n", "utf-8")
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
        moves = [line for line in planned("lock") if file.name in line]
        assert ran(["bash", "-ec", "\n".join(moves)], tmp_path).returncode == 0
        moved = (tmp_path / file.name).read_text("utf-8")
        assert moved == file.read_text("utf-8").replace(version, "12.3.45")


def pinned(lock):
    """Names and versions of a lock."""
    return re.findall(
        r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!]+)", lock.read_text("utf-8"), re.MULTILINE
    )


class TestMake:
    """`make test` is everything, and nothing of it may fail unseen."""

    def test_everything(self):
        """Lint, types, contracts, data, workflow files, all tests, and every notebook offline."""
        lines = planned("test")
        for command in (
            "ruff check",
            "ruff format --check",
            "python tests/docstrings.py",
            "mypy",
            "lint-imports",
            "python data/prepare/datapackage.py --check",
            "python data/prepare/registry_check.py",
            "zizmor --quiet --offline --pedantic --strict-collection .",
        ):
            assert f".venv/bin/{command}" in lines
        tests, notebooks = (line.split() for line in lines if " -m pytest " in line)
        assert tests[:2] == ["MPLBACKEND=agg", ".venv/bin/python"]
        assert notebooks[0] == "PYTHONPATH=tests/offline"
        assert {"--nbval", "notebooks/*.ipynb"} <= set(notebooks)

    def test_nothing_is_passed_over(self):
        """No command of a recipe may fail, and none hides what the left side of a pipe did."""
        text = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
        recipes = re.findall(r"^\t(.+)$", text, re.MULTILINE)
        assert len(recipes) > 40
        assert [line for line in recipes if re.match(r"@?-", line)] == []
        assert [line for line in recipes if re.search(r"\|\| *(?:true|:)|; *true\b", line)] == []
        (piped,) = [line for line in recipes if PIPE.search(re.sub(r"'[^']*'", "", line))]
        assert piped.startswith("@grep")  # the list of targets
        assert not re.search(r"\.IGNORE|MAKEFLAGS|--keep-going|--ignore-errors", text)

    def test_strict(self):
        """Warnings are errors, what is marked to fail must, all is collected, only `rebuilt` waits."""
        asked = PROJECT["tool"]["pytest"]["ini_options"]
        assert asked["filterwarnings"][0] == "error"
        assert asked["xfail_strict"] is True
        options = asked["addopts"]
        assert re.findall(r"-m '([^']*)'", options) == ["not rebuilt"]
        assert {"--strict-markers", "--strict-config", "--doctest-modules"} <= set(options.split())
        assert not re.search(r"--(?:ignore|deselect|no-)|-k ", options)
        assert PROJECT["tool"]["mypy"]["strict"] is True
        assert PROJECT["tool"]["coverage"]["report"]["fail_under"] >= 95


class TestCommand:
    """`.ci/run` ends with the first failure."""

    @pytest.fixture
    def clone(self, tmp_path, programs):
        """A folder with the command, a test that reads research data, and programs that note their call."""
        (tmp_path / "clone" / ".ci").mkdir(parents=True)
        (tmp_path / "clone" / "tests").mkdir()
        (tmp_path / "shared").mkdir()
        (tmp_path / "clone" / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / "clone" / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
        called = tmp_path / "called"

        def noted(name, then="", path=None):
            script = f'echo {name} "$@" >> {called}\n{then}'
            if path is None:
                programs(name, script)
            else:
                path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
                path.chmod(0o755)

        noted("chromium")
        noted("make")
        noted(
            "git",
            'mkdir -p "$4/tests"; printf \'"%s"\' shared > "$4/tests/test_a.py"; touch "$4/tests/test_b.py"',
        )
        noted("python", path=tmp_path / "clone" / ".venv" / "bin" / "python")
        return SimpleNamespace(folder=tmp_path / "clone", called=called, noted=noted)

    def calls(self, clone):
        """Exit code, and what was called."""
        done = ran(["bash", ".ci/run"], clone.folder, PYTHONPATH="")
        return done.returncode, clone.called.read_text("utf-8").splitlines()

    def test_once_is_enough(self, clone):
        """Where no research data stand beside it, the tests have run without them."""
        (clone.folder.parent / "shared").rmdir()
        code, called = self.calls(clone)
        assert (code, len(called)) == (0, 1)

    def test_all_is_run(self, clone):
        """The test command, then in a clone with nothing beside it what reads research data."""
        code, (first, second, third) = self.calls(clone)
        assert (code, first) == (0, "make test")
        assert second.startswith("git clone --quiet . /")
        assert third.startswith("python -m pytest -q")
        assert third.endswith(" tests/test_a.py")

    @pytest.mark.parametrize(("name", "n_calls"), [("make", 1), ("git", 2), ("python", 3)])
    def test_a_failure_ends_it(self, clone, name, n_calls):
        """With the code of what failed, and nothing runs after it."""
        path = clone.folder / ".venv" / "bin" / "python" if name == "python" else None
        clone.noted(name, "exit 5", path)
        code, called = self.calls(clone)
        assert (code, len(called)) == (5, n_calls)

    def test_head(self):
        """A name that is not set is an error too, and so is the left side of a pipe."""
        for file in (ROOT / ".ci").iterdir():
            code = [
                line for line in file.read_text("utf-8").splitlines() if line[:1] not in ("#", "")
            ]
            assert code[0] == "set -euo pipefail", file.name
            assert os.access(file, os.X_OK)


class TestWorkflows:
    """What GitHub runs."""

    def test_limits(self):
        """Each job ends in an hour and a half, has no rights but those it names, and no step may fail."""
        for (file, name), job in jobs().items():
            assert 0 < job["timeout-minutes"] <= 90, (file, name)
            assert workflow(file)["permissions"] == {}
            assert "continue-on-error" not in job, (file, name)
        may_fail = [
            (file, step.get("id")) for file, _, step in steps() if "continue-on-error" in step
        ]
        assert may_fail == [("refresh", "record")]
        assert "RECORDED" in str(workflow("refresh"))

    def test_actions_by_their_commit(self):
        """A tag can be moved, a commit cannot."""
        used = [step["uses"] for *_, step in steps() if "uses" in step]
        assert len(used) > 10
        assert [
            one for one in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", one)
        ] == []

    def test_pipes(self):
        """A pipe is run by the shell of which the left side counts; nothing else hides a failure."""
        for file, name, step in steps():
            script = re.sub(r"'[^']*'", "", step.get("run", ""))
            assert not re.search(r"\|\| *(?:true|:)\s*$", script, re.MULTILINE), (file, name)
            if PIPE.search(script):
                assert SHELLS[step.get("shell")][-1] == "pipefail", (file, name)

    @pytest.mark.parametrize("code", [0, 3])
    def test_a_failed_refresh_fails(self, tmp_path, programs, code):
        """Though what it printed goes through a pipe into a file."""
        programs("make", f"echo shown; exit {code}")
        (step,) = [step for *_, step in steps() if "make refresh-data" in step.get("run", "")[:20]]
        shell = SHELLS[step.get("shell")]
        done = ran([*shell, "-c", step["run"]], tmp_path, RUNNER_TEMP=str(tmp_path))
        assert done.returncode == code
        assert (tmp_path / "shown.txt").read_text("utf-8") == "shown\n"

    def test_tests(self):
        """Each change and each push: every Python that is promised, by the lock and without it."""
        file = workflow("tests")
        assert {"pull_request", "push"} <= set(file[True])
        locked = file["jobs"]["locked"]["strategy"]
        promised = re.findall(r":: (3\.\d+)'", str(PROJECT["project"]["classifiers"]))
        assert set(promised) <= set(locked["matrix"]["python"])
        assert min(promised) == PROJECT["project"]["requires-python"].removeprefix(">=")
        assert file["jobs"]["locked"]["steps"][-1]["run"] == "make test PYTHON=python"
        versions = file["jobs"]["unlocked"]["strategy"]["matrix"]["include"]
        assert {one["versions"] for one in versions} == {"lowest", "newest"}

    def test_only_what_was_attested_is_published(self):
        """Built once, from a tag; attested; then the same files go out, and nothing is built again."""
        file = workflow("release")
        assert file[True] == {"push": {"tags": ["v*"]}}
        build, attest, publish = (file["jobs"][name] for name in ("build", "attest", "publish"))
        assert attest["needs"] == "build"
        assert set(publish["needs"]) == {"build", "attest"}
        assert "if" not in publish
        built = build["steps"][-1]
        assert built["with"]["path"] == "build/dist"
        assert "make dist TAG=" in build["steps"][-2]["run"]
        for job in (attest, publish):
            taken, used = job["steps"]
            assert taken["with"] == {"name": built["with"]["name"], "path": "dist"}
            assert used["with"] in ({"subject-path": "dist/*"}, {"packages-dir": "dist"})

    @pytest.mark.parametrize("there", ["", "7"])
    def test_a_change_is_proposed(self, tmp_path, programs, there):
        """What moved is committed to a branch of its own; a change that is open already is renewed."""
        programs(
            "gh", f'echo "$@" >> {tmp_path}/called\nif [ "$2" = list ]; then echo "{there}"; fi'
        )
        home = {"HOME": str(tmp_path), "BASE": "main", "GIT_CONFIG_NOSYSTEM": "1"}
        start = (
            "git init --quiet --bare remote; git clone --quiet remote clone; cd clone; echo 1 > a;"
            "git add a; git -c user.name=a -c user.email=a commit --quiet --message one; echo 2 > a"
        )
        assert ran(["bash", "-ec", start], tmp_path, **home).returncode == 0
        asked = [ROOT / ".ci" / "propose", "refresh", "Refresh it", "../body.md"]
        done = ran(asked, tmp_path / "clone", **home)
        assert done.returncode == 0, done.stderr
        branch = re.search(r"refresh-20\d\d-\d\d", (tmp_path / "called").read_text("utf-8"))[0]
        shown = ran(["git", "show", "--format=%s", branch], tmp_path / "remote", **home).stdout
        assert shown.startswith("Refresh it\n")
        assert shown.endswith("-1\n+2\n")
        last = (tmp_path / "called").read_text("utf-8").splitlines()[-1]
        edited = f"pr edit {branch} --body-file ../body.md"
        created = f"pr create --base main --head {branch} --title Refresh it --body-file ../body.md"
        assert last == (edited if there else created)

    @pytest.mark.parametrize(
        ("name", "asked"), [("refresh", "diff --quiet -- data"), ("lock", "diff --quiet")]
    )
    def test_nothing_is_proposed_for_nothing(self, tmp_path, programs, name, asked):
        """A change is opened if a file moved, and of a refresh if one of the data did."""
        (tmp_path / ".ci").mkdir()
        (tmp_path / "data").mkdir()
        (tmp_path / "shown.txt").write_text("new", encoding="utf-8")
        script = tmp_path / ".ci" / "propose"
        script.write_text('#!/bin/sh\necho "$1"; cat "$3"\n', encoding="utf-8")
        script.chmod(0o755)
        (step,) = [one for *_, one in steps() if f".ci/propose {name} " in one.get("run", "")]
        env = {"RUNNER_TEMP": str(tmp_path), "RECORDED": "success"}
        for moved, said in ((0, "no "), (1, f"{name}\n")):
            programs("git", f'[ "$*" = "{asked}" ] && exit {moved}')
            done = ran([*SHELLS[step.get("shell")], "-c", step["run"]], tmp_path, **env)
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith(said)
        assert "make" in done.stdout


class TestNotebooks:
    """`notebooks/build.py` runs every notebook, with a limit, and stops at one that fails."""

    @pytest.fixture
    def build(self, tmp_path, monkeypatch):
        """The program, on a folder of its own."""
        module = loaded(ROOT / "notebooks" / "build.py")
        for name, path in {"HERE": tmp_path, "ROOT": tmp_path, "BUILD": tmp_path / "build"}.items():
            monkeypatch.setattr(module, name, path)
        monkeypatch.setattr(sys, "argv", ["build.py", "--record"])
        return module

    def notebook(self, folder, name, source):
        """A notebook of one cell."""
        cell = nbformat.v4.new_code_cell(source)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / f"{name}.ipynb")

    def test_one_that_fails(self, build, tmp_path, capsys):
        """The build fails, says with what, and nothing is recorded of it or of those after it."""
        self.notebook(tmp_path, "01_a", "value = 6 * 7\nraise ValueError(f'no {value}')")
        self.notebook(tmp_path, "02_b", "1")
        before = (tmp_path / "01_a.ipynb").read_bytes()
        with pytest.raises(SystemExit) as stopped:
            build.main()
        assert "ValueError: no 42" in re.sub(r"\x1b\[[\d;]*m", "", stopped.value.code)
        assert (tmp_path / "01_a.ipynb").read_bytes() == before
        assert list((tmp_path / "build").iterdir()) == []
        assert capsys.readouterr().out == "[1/2] 01_a ... "

    def test_the_folder_s_own(self):
        """All that stand there have the names that are run and tested."""
        folder = ROOT / "notebooks"
        assert sorted(folder.glob("*.ipynb")) == sorted(folder.glob("[0-9][0-9]_*.ipynb"))
