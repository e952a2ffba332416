// Owners for OpenSSL objects, used by the _unsafe.cc files of this folder only. It names no OpenSSL
// type itself: `using Pkey = Handle<EVP_PKEY, EVP_PKEY_free>;`
#pragma once

#include <memory>

namespace nsl::crypto::internal {

template <auto free_function>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};

template <class T, auto free_function>
using Handle = std::unique_ptr<T, FreeWith<free_function>>;

}  // namespace nsl::crypto::internal
