"""Try a command on a truly fresh machine: a bare Debian 12 (debootstrap, minbase) with only git and
ca-certificates, a clone of this repository's current commit in it, and an empty environment.

    ./dev fresh-machine                    runs ./dev demo
    ./dev fresh-machine -- ./dev test      runs something else

Needs root (or sudo). Mounts and processes live in name spaces of their own, so that nothing is left
behind whatever happens. The mirror is the one in this machine's apt sources; a certificate
authority of the local network is passed on only where the environment names one.
"""
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import console
import needs
import paths

FOLDER = paths.BUILD / "fresh-machine"
BASE = FOLDER / "base"
MACHINE = FOLDER / "machine"
CLONE = "home/neo-service-layer"
SUITE = "bookworm"
BUNDLE = "etc/ssl/certs/ca-certificates.crt"
AUTHORITY_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")

# Runs inside new mount and process name spaces; $1 is the machine's root. It becomes the root for
# good: in a mere chroot the kernel refuses user name spaces, which the functions' cage is made of.
INSIDE = """
mount --bind "$1" "$1" && cd "$1" || exit 125
mount -t proc proc proc && mount --rbind /dev dev && mount -t tmpfs tmpfs tmp || exit 125
mkdir -p .outside && pivot_root . .outside && cd / && umount -l .outside && rmdir .outside || exit 125
shift
exec /usr/bin/env -i "$@"
"""


def arguments(parser):
    parser.add_argument("--again", action="store_true", help="go on in the machine of the last run")
    parser.add_argument("--keep", action="store_true", help="do not remove the machine afterwards")
    parser.add_argument("words", nargs="*", metavar="-- COMMAND", help="default: ./dev demo")


def mirror():
    """The first Debian mirror of the suite in the machine's apt sources."""
    folder = Path("/etc/apt")
    texts = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    for text in (file.read_text(encoding="utf-8") for file in texts if file.is_file()):
        for line in re.findall(rf"^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+{SUITE}\s+.*\bmain\b", text, re.MULTILINE):
            return line
        for block in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", block, re.MULTILINE))
            if SUITE in fields.get("Suites", "").split() and "main" in fields.get("Components", "").split():
                return fields["URIs"].split()[0]
    raise console.Failure(f"this machine's apt sources name no mirror for {SUITE} main")


def proxy_configuration():
    shown = console.ask(["apt-config", "dump", "--format", "%F \"%v\";%n", "Acquire::http::Proxy"]) or ""
    return shown.replace("Acquire::http::Proxy \"\";", "").strip()


def as_root(*command):
    return [*([] if os.geteuid() == 0 else ["sudo"]), *command]


def make_base():
    if (BASE / "usr/bin/git").exists():
        return
    needs.packages("fresh-machine")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with console.Step("bare Debian 12 (debootstrap)", log="fresh-debootstrap") as step:
        step.run(as_root("rm", "-rf", str(BASE)))
        step.run(as_root("debootstrap", "--variant=minbase", "--include=ca-certificates,git", SUITE,
                         str(BASE) + ".new", mirror()), "debootstrap failed")
        step.run(as_root("mv", str(BASE) + ".new", str(BASE)))


def make_machine():
    with console.Step("fresh machine with a clone", log="fresh-machine") as step:
        step.run(as_root("rm", "-rf", str(MACHINE)))
        step.run(as_root("cp", "-a", "--reflink=auto", BASE, MACHINE))
        for name in ("etc/resolv.conf", "etc/hosts"):
            step.run(as_root("cp", "-L", f"/{name}", MACHINE / name))
        if any(name in os.environ for name in AUTHORITY_VARIABLES):
            step.run(as_root("cp", "-L", f"/{BUNDLE}", MACHINE / BUNDLE))
        proxy = proxy_configuration()
        if proxy:
            script = f"printf '%s\\n' {shlex.quote(proxy)} > {shlex.quote(str(MACHINE))}/etc/apt/apt.conf.d/99proxy"
            step.run(as_root("sh", "-c", script))
        step.run(as_root("git", "-c", "safe.directory=*", "clone", "-q", "--no-hardlinks", str(paths.ROOT),
                         MACHINE / CLONE), "git could not clone this repository")


def variables():
    kept = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8",
            f"NSL_LOG_LINES={console.TAIL_LINES}"]
    return kept + [f"{name}=/{BUNDLE}" for name in AUTHORITY_VARIABLES if name in os.environ]


def run(options):
    words = options.words or ["./dev", "demo"]
    changed = console.ask(["git", "status", "--porcelain"])
    if changed:
        console.say("  (changes that are not committed stay behind)")
    if not (options.again and (MACHINE / CLONE).exists()):
        make_base()
        make_machine()
    inside = f"cd /{CLONE} && exec " + " ".join(shlex.quote(word) for word in words)
    console.say(f"  in the fresh machine: {' '.join(words)}")
    # --kill-child and the process name space end everything inside, also after a Ctrl-C here.
    status = subprocess.call(as_root(
        "unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private",
        "sh", "-c", INSIDE, "fresh-machine", str(MACHINE), *variables(), "sh", "-c", inside))
    if not options.keep and not options.again:
        shutil.rmtree(MACHINE, ignore_errors=True) if os.geteuid() == 0 else subprocess.call(
            ["sudo", "rm", "-rf", str(MACHINE)])
    console.say(f"fresh-machine: {'passed' if status == 0 else f'failed (exit {status})'}")
    return 1 if status else 0
