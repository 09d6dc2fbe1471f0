// What every handler shares of oneDNN: the engine, one stream a thread, buffers that are kept, primitives that are kept.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "oneapi/dnnl/dnnl.hpp"

extern "C" {  // libgomp's, which oneDNN brings
void omp_set_num_threads(int);
int omp_get_max_threads(void);
}

namespace hornbeam {

const dnnl::engine& engine();
dnnl::stream& stream();

// Within its scope oneDNN uses this thread alone. The setting of a thread that is not ours comes back after it.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) {
    if (before_ != 1) omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before_ != 1) omp_set_num_threads(before_);
  }

 private:
  int before_;
};

// A buffer that only grows: one a thread and purpose, so that no call after the first allocates.
class Buffer {
 public:
  ~Buffer() { std::free(data_); }
  void* at_least(size_t bytes);

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

Buffer& scratch_of_thread();  // for a primitive's scratchpad while it runs
Buffer& buffer_of_call();     // for what the tasks of one call share; belongs to the thread that called
Buffer& second_buffer_of_call();

// Numbers that say which primitive is meant.
struct Key {
  std::array<int64_t, 40> numbers{};
  size_t size = 0;

  void add(int64_t number) { numbers.at(size++) = number; }
  template <class Numbers>
  void add_all(const Numbers& many) {
    for (auto number : many) add(number);
  }
  bool operator==(const Key& other) const { return size == other.size && numbers == other.numbers; }
};

struct KeyHash {
  size_t operator()(const Key& key) const;
};

// The last `capacity` values that were asked for, made once each. Values in use outlive their place in it.
template <class Value>
class Cache {
 public:
  explicit Cache(size_t capacity = 512) : capacity_(capacity) {}

  template <class Make>
  std::shared_ptr<const Value> get(const Key& key, const Make& make) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      auto found = places_.find(key);
      if (found != places_.end()) {
        order_.splice(order_.begin(), order_, found->second);
        return found->second->second;
      }
    }
    OneThread scope;  // the number of threads is part of how a primitive is made
    std::shared_ptr<const Value> made = std::make_shared<const Value>(make());
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = places_.find(key);
    if (found != places_.end()) return found->second->second;
    order_.emplace_front(key, made);
    places_[key] = order_.begin();
    if (order_.size() > capacity_) {
      places_.erase(order_.back().first);
      order_.pop_back();
    }
    return made;
  }

  size_t size() {
    std::lock_guard<std::mutex> lock(mutex_);
    return order_.size();
  }

 private:
  using Order = std::list<std::pair<Key, std::shared_ptr<const Value>>>;
  size_t capacity_;
  std::mutex mutex_;
  Order order_;
  std::unordered_map<Key, typename Order::iterator, KeyHash> places_;
};

// The attributes of every primitive here: scratch memory is ours, one buffer a thread.
dnnl::primitive_attr attributes();

// Runs a primitive on this thread. `scratch` describes what it needs besides its arguments.
struct Argument {
  int number;
  const dnnl::memory::desc* layout;
  const void* data;
};
void run(const dnnl::primitive& primitive, const dnnl::memory::desc& scratch, std::initializer_list<Argument> arguments);

inline size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace hornbeam
