"""Remove build output. Downloaded dependencies stay, so that the next build needs no network."""
import shutil

import paths


def arguments(parser):
    parser.add_argument("--all", action="store_true", help="dependencies and tools too")


def run(options):
    keep = set() if options.all else {paths.DEPS, paths.TOOLS}
    for entry in paths.BUILD.iterdir() if paths.BUILD.exists() else []:
        if entry not in keep:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return 0
