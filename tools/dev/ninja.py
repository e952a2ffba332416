"""Configure and build a preset."""
import console
import needs
import paths

CLANG_PRESETS = ("asan", "tsan", "fuzz")
PRESETS = ("dev", "release", *CLANG_PRESETS)


def folder(preset):
    return paths.BUILD / preset


def prepare(preset):
    """Packages, engines and the CMake cache; cheap when nothing is missing."""
    needs.packages(*(["clang"] if preset in CLANG_PRESETS else []))
    needs.engines()
    if not (folder(preset) / "build.ninja").exists():
        with console.Step(f"configure {preset}", log=f"configure-{preset}") as step:
            step.run(["cmake", "--preset", preset], f"cmake could not configure the preset '{preset}'")


def targets(preset):
    """Every target ninja knows, by name (programs, tests, fuzz targets)."""
    shown = console.ask(["ninja", "-C", folder(preset), "-t", "targets", "all"]) or ""
    return {line.split(":")[0] for line in shown.splitlines() if ": " in line}


def programs_in(preset, place):
    """Names of the programs a build makes in one of its folders: bin, tests, fuzz or bench."""
    return sorted(name.partition("/")[2] for name in targets(preset)
                  if name.startswith(place + "/") and name.count("/") == 1)


def build(preset, *names):
    prepare(preset)
    with console.Step(f"build {preset}", log=f"build-{preset}") as step:
        step.run(["ninja", "-C", folder(preset), "-j", paths.cores(), *names],
                 f"the build of preset '{preset}' failed")
