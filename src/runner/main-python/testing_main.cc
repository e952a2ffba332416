#include "runner/main-python/language.h"
#include "runner/python/testing_natives.h"

int main(int count, char** arguments) {
  using namespace nsl::runner;
  program::Language language = python_language(python::install_testing_natives);
  // Its cage can be opened layer by layer, to see what each of them stops.
  language.waivable = ~sandbox::kNoLayers;
  return program::run(count, arguments, language);
}
