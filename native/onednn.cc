#include "onednn.h"

namespace hornbeam {

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

dnnl::stream& stream() {
  static thread_local dnnl::stream own(engine());
  return own;
}

void* Buffer::at_least(size_t bytes) {
  if (bytes > size_) {
    std::free(data_);
    size_ = 0;
    data_ = std::aligned_alloc(64, aligned(bytes));
    if (data_ == nullptr) throw std::bad_alloc();
    size_ = aligned(bytes);
  }
  return data_;
}

Buffer& scratch_of_thread() {
  static thread_local Buffer buffer;
  return buffer;
}

Buffer& buffer_of_call() {
  static thread_local Buffer buffer;
  return buffer;
}

Buffer& second_buffer_of_call() {
  static thread_local Buffer buffer;
  return buffer;
}

size_t KeyHash::operator()(const Key& key) const {
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < key.size; i++) hash = (hash ^ static_cast<uint64_t>(key.numbers[i])) * 1099511628211u;
  return hash ^ (hash >> 32);
}

dnnl::primitive_attr attributes() {
  dnnl::primitive_attr chosen;
  chosen.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return chosen;
}

void run(const dnnl::primitive& primitive, const dnnl::memory::desc& scratch, std::initializer_list<Argument> arguments) {
  std::unordered_map<int, dnnl::memory> given;
  for (const Argument& one : arguments)
    given.emplace(one.number, dnnl::memory(*one.layout, engine(), const_cast<void*>(one.data)));
  if (const size_t bytes = scratch.get_size())
    given.emplace(DNNL_ARG_SCRATCHPAD, dnnl::memory(scratch, engine(), scratch_of_thread().at_least(bytes)));
  primitive.execute(stream(), given);
  stream().wait();
}

extern "C" bool hornbeam_has_bfloat16() {
  const int wanted = static_cast<int>(dnnl::cpu_isa::avx512_core_bf16);  // a set of bits: what an instruction set has
  return (static_cast<int>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

}  // namespace hornbeam
