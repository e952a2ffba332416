#include "runner/csharp/testing_natives.h"
#include "runner/main-csharp/language.h"

int main(int count, char** arguments) {
  using namespace nsl::runner;
  program::Language language = csharp_language(csharp::install_testing_natives);
  // Its cage can be opened layer by layer, to see what each of them stops.
  language.waivable = ~sandbox::kNoLayers;
  return program::run(count, arguments, language);
}
