// Random bits by Threefry-2x32 (Salmon, Moraes, Dror and Shaw 2011), the numbers that JAX draws: number i is the two
// words for the counter (0, i), one xor the other.
#include "lanes.h"
#include "tasks.h"

namespace hornbeam {
namespace {

constexpr int64_t kNumbersOfTask = 1 << 13;

HORNBEAM_INLINE Words turned(const Words& word, int by) { return word << by | word >> (32 - by); }

// Twenty rounds.
HORNBEAM_INLINE Words mixed(const uint32_t (&keys)[3], Words b) {
  constexpr int kRotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  Words a = Words{} + keys[0];
  b += keys[1];
#pragma GCC unroll 5
  for (uint32_t block = 0; block < 5; block++) {
#pragma GCC unroll 4
    for (int by : kRotations[block % 2]) {
      a += b;
      b = a ^ turned(b, by);
    }
    a += keys[(block + 1) % 3];
    b += keys[(block + 2) % 3] + block + 1;
  }
  return a ^ b;
}

HORNBEAM_CLONES void draw(uint32_t k0, uint32_t k1, int64_t first, int64_t many, uint32_t* to) {
  const uint32_t keys[3] = {k0, k1, k0 ^ k1 ^ 0x1bd11bda};
  Words number;
  for (int i = 0; i < kLanes; i++) number[i] = first + i;
  for (int64_t at = 0; at < many; at += kLanes, number += kLanes) {
    const Words words = mixed(keys, number);
    std::memcpy(to + first + at, &words, 4 * std::min<int64_t>(kLanes, many - at));
  }
}

using Vector = ffi::Buffer<ffi::U32, 1>;

ffi::Error threefry(ffi::ThreadPool pool, Vector key, ffi::Result<Vector> bits) {
  if (key.element_count() != 2) return ffi::Error::InvalidArgument("a key has two words");
  return guarded([&] {
    const int64_t count = bits->element_count();
    const Pieces pieces(count, std::min<int64_t>(2 * threads_of(pool), count / kNumbersOfTask + 1), kLanes);
    run_tasks(pool, pieces.count, [&](int i) {
      draw(key.typed_data()[0], key.typed_data()[1], pieces.begin(i), pieces.length_of(i), bits->typed_data());
    });
  });
}

}  // namespace
}  // namespace hornbeam

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_threefry, hornbeam::threefry,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<hornbeam::Vector>()
                                  .Ret<hornbeam::Vector>());
