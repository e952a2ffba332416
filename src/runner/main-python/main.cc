#include "runner/main-python/language.h"

int main(int count, char** arguments) {
  using namespace nsl::runner;
  return program::run(count, arguments, python_language());
}
