#include "runner/main-js/program.h"

int main(int count, char** arguments) { return nsl::runner::run_program(count, arguments, {}); }
