"""The whole service on real parts: a private Neo N3 network, the service, a contract event that runs a
function, which answers on chain; then the receipt, checked offline. Installs and builds what is missing.

Evidence is left in build/demo. Ends with "demo: passed".
"""
import os
import sys

import needs
import ninja
import paths

PROGRAMS = ["nsl", "nsl-host", "nsl-enclave-dev", "nsl-runner-js", "nsl-runner-python",
            "nsl-runner-csharp"]
TELL_TIME = False


def arguments(parser):
    parser.add_argument("--preset", default="release", choices=("dev", "release"))
    parser.add_argument("--runtime", default="javascript", choices=("javascript", "python", "csharp"),
                        help="the language of the function that answers")
    parser.add_argument("--no-build", action="store_true", help="take the programs as they are")


def run(options):
    script = paths.ROOT / "tests/demo/demo.py"
    python = needs.python()
    needs.neo_go()
    if not options.no_build:
        ninja.build(options.preset, *PROGRAMS)
    sys.stdout.flush()
    # The demo takes this process's place, so that Ctrl-C and its exit status are its own.
    os.execve(python, [str(python), "-B", str(script), "--programs", str(paths.programs(options.preset)),
                       "--runtime", options.runtime],
              paths.environment(PYTHONPATH=paths.ROOT / "tests"))
