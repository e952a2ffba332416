// The C++ half of testing/Testing.cs. Linked into nsl-runner-csharp-test only.
#pragma once

namespace nsl::runner::csharp {

void install_testing_natives();

}  // namespace nsl::runner::csharp
