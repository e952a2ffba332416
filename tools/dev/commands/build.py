"""Configure and build one preset. Programs land in build/PRESET/bin, unit tests in build/PRESET/tests.

  dev      g++, fast to build; the default          asan     clang, address and undefined behaviour
  release  g++ -O2, what ships                      tsan     clang, data races
                                                    fuzz     clang, the fuzz targets
"""
import ninja


def arguments(parser):
    parser.add_argument("preset", nargs="?", default="dev", choices=ninja.PRESETS)
    parser.add_argument("targets", nargs="*", help="build only these targets")


def run(options):
    ninja.build(options.preset, *options.targets)
    return 0
