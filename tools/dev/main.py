"""Finds the command's module in tools/dev/commands, parses its options, runs it."""
import argparse
import importlib
import sys
import time

import console
import paths

COMMANDS = ["demo", "run", "setup", "build", "test", "lint", "bench", "fuzz", "coverage", "tcb",
            "mutate", "fresh-machine", "clean"]


def main(words):
    if not words or words[0] in ("help", "-h", "--help"):
        sys.stdout.write((paths.ROOT / "tools/dev/usage.txt").read_text(encoding="utf-8"))
        return 0 if words else 2
    if words[0] not in COMMANDS:
        print(f"dev: there is no command '{words[0]}'; ./dev help lists them", file=sys.stderr)
        return 2
    module = importlib.import_module("commands." + words[0].replace("-", "_"))
    parser = argparse.ArgumentParser(prog=f"./dev {words[0]}", description=module.__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    module.arguments(parser)
    options = parser.parse_args(words[1:])
    start = time.monotonic()
    try:
        status = module.run(options)
    except console.Failure as failure:
        failure.show()
        return 1
    except KeyboardInterrupt:
        print("\ndev: interrupted", file=sys.stderr)
        return 130
    if status == 0 and getattr(module, "TELL_TIME", True):
        console.say(f"{words[0]}: done in {console.seconds(time.monotonic() - start)}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
