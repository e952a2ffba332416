"""Where things are, and the environment every tool runs in."""
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build"
LOGS = BUILD / "logs"
DEPS = BUILD / "deps"
TOOLS = BUILD / "tools"
VENV = DEPS / "venv"
GO_VENV = DEPS / "go"
NODE_VENV = DEPS / "node"


def relative(path):
    path = Path(path)
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def cores():
    return len(os.sched_getaffinity(0))


def environment(**extra):
    """The caller's environment plus what makes builds repeatable and the ccache shareable."""
    env = dict(os.environ)
    env["CCACHE_BASEDIR"] = str(ROOT)
    env["CCACHE_NOHASHDIR"] = "1"
    env.setdefault("CCACHE_MAXSIZE", "10G")
    env["LC_ALL"] = "C.UTF-8"
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    folders = [str(folder) for folder in (GO_VENV / "bin", NODE_VENV / "bin") if folder.is_dir()]
    # Behind the caller's own: a Go or Node already on PATH is preferred.
    env["PATH"] = os.pathsep.join([env.get("PATH", "/usr/bin:/bin"), *folders])
    env.update({name: str(value) for name, value in extra.items()})
    return env


def which(name):
    return shutil.which(name, path=environment()["PATH"])


def programs(preset):
    return BUILD / preset / "bin"
