// The reading connections of a store. A Reader borrows one for as long as it lives.
#pragma once

#include <memory>
#include <utility>

#include "core/base/assert.h"
#include "core/base/bounded_queue.h"
#include "host/store/sqlite.h"

namespace nsl::host::store {

using ReaderPool = BoundedQueue<std::unique_ptr<Database>>;

class Reader {
 public:
  // Waits until a connection is free.
  explicit Reader(ReaderPool& pool) : pool_(pool), database_(*pool.pop()) {}
  ~Reader() {
    const bool is_back = pool_.try_push(std::move(database_));
    NSL_ASSERT(is_back);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Database* operator->() { return database_.get(); }
  Database& operator*() { return *database_; }

 private:
  ReaderPool& pool_;
  std::unique_ptr<Database> database_;
};

}  // namespace nsl::host::store
