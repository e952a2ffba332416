"""Other runtimes that functions could run in: where they are, and what they are called with. One that is missing
is named and left out; `./dev bench --peers` installs them.
"""
import os
import shutil
import subprocess
import time
from pathlib import Path

from fixtures.processes import Process, free_port, listening_ports, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
# Another tree may bring its own.
FOLDER = Path(os.environ.get("NSL_PEERS", ROOT / "build/deps/peers")) / "node_modules"
WORKERD = FOLDER / "@cloudflare/workerd-linux-64/bin/workerd"
DENO = FOLDER / "@deno/linux-x64-glibc/deno"
PYTHON = Path("/usr/bin/python3")  # Debian's; one on the PATH may be a script that looks for another

# The function of every comparison, as workerd takes it: what it is given and answers is as over our own HTTP.
WORKER = """async function main(params) { return { sum: params.a + 1 }; }
export default { async fetch(request) {
  const { input } = await request.json();
  return Response.json({ output: JSON.stringify(await main(JSON.parse(input))) });
} };
"""
BODY = '{"input":"{\\"a\\":1}","wait":true}'
OUTPUT = '{\\"sum\\":2}'  # in the text of an answer
# A new isolate with that code for each request; those of /keep stay.
LOADER = """import code from "worker.txt";
let kept = 0;
export default { async fetch(request, env) {
  const name = new URL(request.url).pathname === "/keep" ? `kept ${++kept}` : null;
  const worker = env.LOADER.get(name, () => (
    { compatibilityDate: "2026-01-01", mainModule: "main.js", modules: { "main.js": code } }));
  return worker.getEntrypoint().fetch(request);
} };
"""
CONFIGURATION = """using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "warm", worker = (modules = [(name = "main.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-01-01")),
    (name = "fresh", worker = (modules = [(name = "main.js", esModule = embed "loader.js"),
        (name = "worker.txt", text = embed "worker.js")],
      compatibilityDate = "2026-01-01", bindings = [(name = "LOADER", workerLoader = (id = "loader"))]))],
  sockets = [
    (name = "warm", address = "127.0.0.1:WARM", http = (), service = "warm"),
    (name = "fresh", address = "127.0.0.1:FRESH", http = (), service = "fresh")]);
"""


def missing(program, name):
    """Whether there is none; says so."""
    if program and Path(program).exists():
        return False
    print(f"{name}: left out: no {program}; ./dev bench --peers installs it", flush=True)
    return True


class Workerd:
    """workerd with the function twice: in one isolate that stays, and in a new isolate for each request."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.warm_port, self.fresh_port = free_port(), free_port()
        (folder / "worker.js").write_text(WORKER, encoding="utf-8")
        (folder / "loader.js").write_text(LOADER, encoding="utf-8")
        (folder / "config.capnp").write_text(
            CONFIGURATION.replace("WARM", str(self.warm_port)).replace("FRESH", str(self.fresh_port)), encoding="utf-8")
        # A binding that loads code at run time is experimental.
        self.process = Process([WORKERD, "serve", "--experimental", folder / "config.capnp"], folder / "workerd.log")
        wait_until(lambda: {self.warm_port, self.fresh_port} <= listening_ports(self.process.pid), "workerd")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stop()


def processes(folder):
    """{name: command} of runtimes that start a process for each run; what they run does nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    if not missing(shutil.which("node"), "node"):
        found["node -e 0"] = [shutil.which("node"), "-e", "0"]
    if not missing(DENO, "deno"):
        (folder / "nothing.js").write_text("", encoding="utf-8")
        found["deno run"] = [DENO, "run", "--no-prompt", "--no-remote", folder / "nothing.js"]
    if not missing(PYTHON, "python3"):
        found["python3 -c pass"] = [PYTHON, "-c", "pass"]
        found["python3 -I -S -c pass"] = [PYTHON, "-I", "-S", "-c", "pass"]
    if not missing(shutil.which("mono"), "mono") and not missing(shutil.which("mcs"), "mono"):
        (folder / "hello.cs").write_text('class N { static void Main() { System.Console.WriteLine("hello"); } }',
                                         encoding="utf-8")
        subprocess.run(["mcs", f"-out:{folder}/hello.exe", folder / "hello.cs"], check=True)
        found["mono hello.exe"] = [shutil.which("mono"), folder / "hello.exe"]
    return {name: [str(word) for word in command] for name, command in found.items()}


def process_us(command):
    """Wall time of a process of that command, from before it is made until it is reaped."""
    environment = {**os.environ, "DENO_NO_UPDATE_CHECK": "1", "DENO_DIR": str(FOLDER / ".deno")}
    quiet = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_RDWR, 0) for number in (0, 1, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawn(command[0], command, environment, file_actions=quiet)
    status = os.waitpid(pid, 0)[1]
    taken = time.perf_counter() - begin
    if status != 0:
        raise RuntimeError(f"{command}: status {status}")
    return taken * 1e6
