"""Start the service on this machine and stay in the foreground (nsl dev); Ctrl-C stops it cleanly.

Words after -- go to nsl dev:   ./dev run -- --fresh --chain URL
"""
import os
import sys

import ninja
import paths
from commands.demo import PROGRAMS

TELL_TIME = False


def arguments(parser):
    parser.add_argument("--preset", default="release", choices=("dev", "release"))
    parser.add_argument("words", nargs="*", metavar="-- WORD", help="given to nsl dev")


def run(options):
    ninja.build(options.preset, *PROGRAMS)
    sys.stdout.flush()
    program = paths.programs(options.preset) / "nsl"
    os.execve(program, [str(program), "dev", *options.words], paths.environment())
