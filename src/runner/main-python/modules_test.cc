#include "runner/main-python/fixture.h"
#include "runner/testing/files.h"

namespace nsl::runner {
namespace {

using testing::Files;
using testing::to_request;

class PythonModules : public PythonRun {
 protected:
  static v1::RunFinished run_files(const Files& files) {
    return driver_->run(to_request(files)).finished;
  }
  static std::string output(const Files& files) { return testing::output_of(*driver_, files); }
  static std::string mistake(const Files& files) { return testing::mistake_of(*driver_, files); }
};

TEST_F(PythonModules, ImportsModulesAndPackages) {
  EXPECT_EQ(
      output({{"main.py",
               "import prices.median\n"
               "from prices import NAME, rounding as r\n"
               "from helpers import *\n"
               "def main(p):\n"
               "  return [prices.median.of([3, 1, 2]), NAME, r.cut(1.26), helped(2), __name__]"},
              {"helpers.py", "def helped(n): return n * 2"},
              {"prices/__init__.py", "NAME = 'prices'"},
              {"prices/median.py",
               "import statistics\nfrom .rounding import cut\nfrom . import NAME\n"
               "def of(values): return cut(statistics.median(values))"},
              {"prices/rounding.py", "def cut(x): return round(x, 1)"}}),
      R"([2,"prices",1.3,4,"main"])");
}

TEST_F(PythonModules, AFolderIsAPackageWithoutAnInitToo) {
  EXPECT_EQ(
      output({{"main.py", "from a.b import c\nimport a.b.d as d\ndef main(): return [c.X, d.Y]"},
              {"a/b/c.py", "X = 1"},
              {"a/b/d.py", "from ..b.c import X\nY = X + 1"}}),
      "[1,2]");
}

TEST_F(PythonModules, TheEntryFileMayLieInAFolder) {
  EXPECT_EQ(
      output({{"app/main.py", "from . import a\nfrom app.a import X\ndef main(): return X + a.X"},
              {"app/a.py", "X = 2"}}),
      "4");
  EXPECT_EQ(
      output({{"app/__init__.py", "from .a import main"}, {"app/a.py", "def main(): return 5"}}),
      "5");
  EXPECT_EQ(output({{"function.py", "def main(): return 6"}}), "6");
}

TEST_F(PythonModules, CyclesAreHandledAsTheLanguageDoes) {
  EXPECT_EQ(output({{"main.py", "import a\ndef main(): return a.value() + ['main' in dir(a.main)]"},
                    {"a.py", "import main\ndef value(): return [hasattr(main, 'main')]"}}),
            "[true,true]");
  EXPECT_NE(output({{"main.py", "from a import x\ny = 1\ndef main(): pass"},
                    {"a.py", "from main import y\nx = 1"}})
                .find("partially initialized module 'main'"),
            std::string::npos);
}

TEST_F(PythonModules, EachModuleRunsOnce) {
  EXPECT_EQ(output({{"main.py", "import a, b, count\ndef main(): return count.n"},
                    {"a.py", "import count\ncount.n += 1"},
                    {"b.py", "import count\ncount.n += 1"},
                    {"count.py", "n = 0"}}),
            "2");
}

TEST_F(PythonModules, ModulesSeeWhatAFunctionSeesAndNoMore) {
  EXPECT_EQ(output({{"main.py", "import a\ndef main(): return a.refusals()"},
                    {"a.py",
                     "def refusals():\n"
                     "  found = [neo_service.NeoServiceError is NeoServiceError]\n"
                     "  for attempt in (lambda: open('x'), lambda: eval('1'),\n"
                     "                  lambda: __import__('os'), lambda: __import__('socket')):\n"
                     "    try: attempt(); found.append(False)\n"
                     "    except (OSError, RuntimeError, ImportError): found.append(True)\n"
                     "  return found"}}),
            "[true,true,true,true,true]");
  const std::string forged = output(
      {{"main.py", "__package__ = 'os'\nfrom . import path\ndef main(): return 1"}, {"a.py", ""}});
  EXPECT_NE(forged.find("cannot import 'os'"), std::string::npos) << forged;
}

TEST_F(PythonModules, NothingOutsideTheBundleIsFound) {
  EXPECT_NE(
      output({{"main.py", "import missing\ndef main(): pass"}}).find("cannot import 'missing'"),
      std::string::npos);
  EXPECT_NE(output({{"main.py", "import lib.missing\ndef main(): pass"}, {"lib/a.py", ""}})
                .find("No module named 'lib.missing'"),
            std::string::npos);
  EXPECT_NE(output({{"main.py", "from . import a\ndef main(): pass"}, {"a.py", ""}})
                .find("no known parent package"),
            std::string::npos);
  EXPECT_NE(output({{"lib/main.py", "from ... import a\ndef main(): pass"}, {"a.py", ""}})
                .find("beyond top-level package"),
            std::string::npos);
  EXPECT_NE(output({{"main.py", "import fast\ndef main(): pass"},
                    {"fast.so",
                     "\x7f"
                     "ELF"}})
                .find("native code: 'fast'"),
            std::string::npos);
}

TEST_F(PythonModules, DataIsReadByTheLoader) {
  EXPECT_EQ(output({{"main.py",
                     "import json\n"
                     "def main(): return json.loads(__loader__.get_data('data/pairs.json'))"},
                    {"data/pairs.json", "[\"NEO-USD\"]"}}),
            "[\"NEO-USD\"]");
  EXPECT_NE(output({{"main.py", "def main(): __loader__.get_data('/etc/passwd')"}}).find("no file"),
            std::string::npos);
}

TEST_F(PythonModules, EveryFileIsCheckedAtDeployWithItsPlace) {
  EXPECT_EQ(mistake({{"main.py", "import lib.a\ndef main(): pass"}, {"lib/a.py", "x = 1"}}), "");
  EXPECT_EQ(mistake({{"main.py", "def main(): pass"}, {"lib/a.py", "x = 1\ny = ]"}}),
            "lib/a.py:2:5 SyntaxError: unmatched ']'");
  EXPECT_EQ(mistake({{"main.py", "def main(): pass"}, {"lib/a.py", "'\xff'"}}),
            "lib/a.py:1:1 The file is not UTF-8");
  EXPECT_EQ(mistake({{"main.py", "def main(): pass"}, {"random.py", ""}}),
            "random.py:1:1 'random' is the name of a module of Python's own");
  EXPECT_EQ(mistake({{"main.py", "def main(): pass"}, {"os/path.py", ""}}),
            "os/path.py:1:1 'os' is the name of a module of Python's own");
  EXPECT_EQ(mistake({{"main.py", "1"}, {"image.png", "\xff\xfe"}, {"README.md", "# ]"}}), "");
  EXPECT_EQ(mistake({{"main.txt", "1"}}), "main.txt:1:1 The entry file must be .py");
}

TEST_F(PythonModules, ErrorsNameTheFileAndTheLine) {
  const v1::RunFinished finished =
      run_files({{"main.py", "import lib.a\ndef main(): return lib.a.fail()"},
                 {"lib/a.py", "def fail():\n  x = 1\n  raise ValueError('no price')"}});
  EXPECT_EQ(finished.error().file(), "lib/a.py");
  EXPECT_EQ(finished.error().line(), 3U);
  EXPECT_EQ(finished.error().column(), 3U);
  EXPECT_NE(finished.error().stack().find("File \"lib/a.py\", line 3, column 3, in fail"),
            std::string::npos)
      << finished.error().stack();
  EXPECT_NE(finished.error().stack().find("File \"main.py\", line 2"), std::string::npos);
  EXPECT_EQ(driver_->run("def main(): return 1 / 0").finished.error().file(), "");
}

}  // namespace
}  // namespace nsl::runner
