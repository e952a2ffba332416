"""The files of a function of several, and what an import finds among them. Called by runtime.py.

Modules are named from the top of the archive: lib/price.py is lib.price. A folder is a package, with or without an
__init__.py. Nothing outside is found, and nothing native is loaded.
"""
import builtins
import importlib.machinery
import sys

NATIVE = (".so", ".pyd", ".dll", ".dylib")

_files = {}
_entry_file = ""
# What a template has compiled, by path.
_codes = {}
_known = frozenset()
_builtins = {}


class BundleError(Exception):
    """A file that cannot be a part of a function."""

    def __init__(self, path, message):
        super().__init__(message)
        self.path = path


def prepare(built_in_names):
    """In the zygote. `built_in_names`: what user code finds as __builtins__."""
    global _builtins, _known
    _builtins = built_in_names
    _known = frozenset(sys.stdlib_module_names) | frozenset(name.partition(".")[0] for name in sys.modules)
    sys.meta_path.insert(0, Finder)


def open_bundle(files, entry_file, codes=None):
    """`files`: bytes by path. `codes`: of compile_all()."""
    global _files, _entry_file, _codes
    _files, _entry_file, _codes = dict(files), entry_file, codes or {}


def is_open():
    return bool(_files)


def has_file(path):
    return path in _files


def has_module(name):
    return bool(_files) and _top_of(name) in {_top_of_path(path) for path in _files}


def _top_of(name):
    return name.partition(".")[0]


def _top_of_path(path):
    first, slash, _ = path.partition("/")
    return first if slash else first.partition(".")[0]


def text_of(path):
    """The source text of a file; lone bytes are not guessed at."""
    try:
        return _files[path].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BundleError(path, "The file is not UTF-8") from None


def code_of(path):
    return _codes.get(path) or compile(text_of(path), path, "exec", dont_inherit=True)


def compile_all():
    """Code by path; nothing of it runs."""
    return {path: code_of(path) for path in _files if path.endswith(".py")}


def check():
    """Raises what is wrong with the first file that cannot be."""
    if not _entry_file.endswith(".py"):
        raise BundleError(_entry_file, "The entry file must be .py")
    for path in sorted(_files):
        if path.endswith(".py"):
            if _top_of_path(path) in _known:
                raise BundleError(path, f"'{_top_of_path(path)}' is the name of a module of Python's own")
            code_of(path)


def import_entry():
    name = _entry_file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return importlib.import_module(name)


def absolute_name(name, package, level):
    """What `from ..name import x` in a package means."""
    if not package:
        raise ImportError("attempted relative import with no known parent package: name it from the top of the archive")
    parts = package.rsplit(".", level - 1)
    if len(parts) < level:
        raise ImportError("attempted relative import beyond top-level package")
    return f"{parts[0]}.{name}" if name else parts[0]


class Finder:
    """On sys.meta_path; finds nothing while no bundle is open."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        place = fullname.replace(".", "/")
        for file in (f"{place}/__init__.py", f"{place}.py"):
            if file in _files:
                is_package = file.endswith("/__init__.py")
                spec = importlib.machinery.ModuleSpec(fullname, Loader(file), origin=file, is_package=is_package)
                spec.has_location = True
                if is_package:
                    spec.submodule_search_locations = [place]
                return spec
        if any(f"{place}{ending}" in _files for ending in NATIVE):
            raise ImportError(f"A function cannot load native code: '{fullname}'", name=fullname)
        if any(file.startswith(f"{place}/") for file in _files):
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [place]
            return spec
        return None


class Loader:
    """PEP 302's, with get_data for files that are data."""

    def __init__(self, path):
        self._path = path

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__builtins__ = _builtins
        builtins.exec(code_of(self._path), module.__dict__)

    def get_data(self, path):
        try:
            return _files[path]
        except KeyError:
            raise OSError(f"The function has no file '{path}'") from None

    def get_source(self, fullname):
        return text_of(self._path)
