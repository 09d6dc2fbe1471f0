// Work cut into tasks and run by XLA's own threads: no second pool, no OpenMP teams.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>

#include "onednn.h"
#include "xla/ffi/api/ffi.h"

namespace hornbeam {

namespace ffi = xla::ffi;

// What the tasks of one call share. It outlives the call: a thread that comes late finds nothing left to do.
struct Tasks {
  std::atomic<int> next{0};
  std::atomic<int> done{0};
  std::mutex mutex;
  std::condition_variable all_done;
  std::exception_ptr failure;
};

inline int threads_of(const ffi::ThreadPool& pool) { return static_cast<int>(std::max<int64_t>(1, pool.num_threads())); }

// Runs task(0) ... task(count - 1). Threads draw the next number from a shared counter, and the caller works too, so
// that it never waits for a thread that does not come; what it waits for is running.
template <class Task>
void run_tasks(ffi::ThreadPool& pool, int count, const Task& task) {
  if (count == 1) {
    OneThread scope;
    task(0);
    return;
  }
  auto shared = std::make_shared<Tasks>();
  const Task* work_of_call = &task;  // read only while a task is not done, and so while the caller waits
  auto work = [shared, count, work_of_call] {
    OneThread scope;
    for (int i; (i = shared->next.fetch_add(1)) < count;) {
      try {
        (*work_of_call)(i);
      } catch (...) {
        std::lock_guard<std::mutex> lock(shared->mutex);
        shared->failure = std::current_exception();
      }
      if (shared->done.fetch_add(1) + 1 == count) {
        std::lock_guard<std::mutex> lock(shared->mutex);
        shared->all_done.notify_all();
      }
    }
  };
  const int helpers = std::min(count, threads_of(pool)) - 1;
  for (int i = 0; i < helpers; i++) {
    auto copy = work;
    pool.Schedule(std::move(copy));
  }
  work();
  for (int spins = 0; spins < 2000 && shared->done.load() != count; spins++) __builtin_ia32_pause();
  if (shared->done.load() != count) {
    std::unique_lock<std::mutex> lock(shared->mutex);
    shared->all_done.wait(lock, [&] { return shared->done.load() == count; });
  }
  std::lock_guard<std::mutex> lock(shared->mutex);
  if (shared->failure) std::rethrow_exception(shared->failure);
}

// `size` cut into at most `count` pieces of equal length, the last one shorter; lengths are multiples of `step`.
struct Pieces {
  Pieces(int64_t size, int64_t count, int64_t step = 1) : size(size) {
    const int64_t each = (size + count - 1) / std::max<int64_t>(count, 1);
    length = std::max<int64_t>((each + step - 1) / step * step, 1);
    this->count = static_cast<int>((size + length - 1) / length);
  }
  int64_t begin(int i) const { return i * length; }
  int64_t length_of(int i) const { return std::min(length, size - i * length); }

  int64_t size, length;
  int count;
};

// Runs a handler's body; what oneDNN throws becomes the error that XLA reports.
template <class Body>
ffi::Error guarded(const Body& body) {
  try {
    body();
  } catch (const std::exception& error) {
    return ffi::Error::Internal(error.what());
  }
  return ffi::Error::Success();
}

}  // namespace hornbeam
