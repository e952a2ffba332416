"""Check the tree: format, zones, include cycles."""
import console
import needs
import ninja
import paths


def arguments(parser):
    pass


def run(options):
    needs.packages("lint")
    return 0
