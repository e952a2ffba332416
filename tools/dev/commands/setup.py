"""Install what the project needs: Debian packages (as root or through sudo), and pinned python,
Go and npm packages under build/deps. Nothing is done when nothing is missing.

Without options: what build, demo and test need. --all adds what lint, fuzz and coverage need.
"""
import needs


def arguments(parser):
    parser.add_argument("--all", action="store_true", help="also for lint, fuzz, coverage and bench")


def run(options):
    needs.packages(*(["lint", "clang", "coverage"] if options.all else []))
    needs.python()
    needs.engines()
    needs.neo_go()
    needs.neo_peer()
    needs.neon_js()
    if options.all:
        needs.node()
        needs.jscpd()
    return 0
