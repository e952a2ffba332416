// An engine without a language: the source names what the run does. It lets supervisor, zygote and
// cage be tested where there is no V8 (sanitizers), and lets a test send any bytes it likes.
#pragma once

#include <memory>

#include "runner/zygote/zygote.h"

namespace nsl::runner::testing {

// Sources: `echo` answers the input; `wait` says nothing for ever; `spin` uses CPU for ever;
// `exit N`; `trap` dies of a signal; `call` makes one host call and answers its reply; `raw` sends
// the input's bytes, read as hex, and ends; `is from template...` says whether it is;
// `counts runs...` answers how many its process has served, `counts runs and grows` also keeps 8
// MB. A template of `does not load`, `never loads`, `traps loading` and `large code` does so;
// `forges ends`, `forges starts` and `forges readiness` are what a captured one could say, and
// `forks beside` what it could do.
std::unique_ptr<zygote::Engine> make_fake_engine();

}  // namespace nsl::runner::testing
