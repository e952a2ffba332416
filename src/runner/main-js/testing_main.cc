#include "runner/js/testing_natives.h"
#include "runner/main-js/program.h"

int main(int count, char** arguments) {
  // Its cage can be opened layer by layer, to see what each of them stops.
  return nsl::runner::run_program(count, arguments,
                                  {.install_extras = nsl::runner::js::install_testing_natives,
                                   .waivable = ~nsl::runner::sandbox::kNoLayers});
}
