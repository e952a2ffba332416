#include "runner/main-csharp/language.h"

int main(int count, char** arguments) {
  using namespace nsl::runner;
  return program::run(count, arguments, csharp_language());
}
