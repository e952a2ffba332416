// The program's code on huge pages.
//
// A forked process does not inherit the page table entries of file mappings: every run would fault
// in some hundred and twenty pieces of V8's code again, which is a third of its life. Code in
// anonymous memory is inherited, and in 2 MB pages a fork copies sixteen entries for all of it. The
// price is a private copy of the code (30 MB) in each zygote.
#pragma once

namespace nsl::runner::posix {

// False when nothing was moved (no huge pages here); the program goes on as it was.
bool move_code_to_huge_pages();

}  // namespace nsl::runner::posix
