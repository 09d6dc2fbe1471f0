// Loops over sixteen numbers at once, in the widest instructions that the processor has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace hornbeam {

constexpr int kLanes = 16;

typedef float Lanes __attribute__((vector_size(4 * kLanes), aligned(4)));
typedef uint32_t Words __attribute__((vector_size(4 * kLanes), aligned(4)));
typedef uint16_t Halves __attribute__((vector_size(2 * kLanes), aligned(2)));

#define HORNBEAM_INLINE inline __attribute__((always_inline))
#define HORNBEAM_HERE __attribute__((always_inline))  // after the parameters of a lambda
// The compiler writes these for each instruction set; which one runs is decided when the library is loaded.
#define HORNBEAM_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))

// `count` elements as numbers, zeros behind them; all lanes where count is kLanes.
HORNBEAM_INLINE void load(const float* from, int count, Lanes& lanes) {
  lanes = Lanes{};
  if (count == kLanes) std::memcpy(&lanes, from, sizeof lanes);
  else std::memcpy(&lanes, from, 4 * count);
}

HORNBEAM_INLINE void load(const uint16_t* from, int count, Lanes& lanes) {
  Halves halves{};
  if (count == kLanes) std::memcpy(&halves, from, sizeof halves);
  else std::memcpy(&halves, from, 2 * count);
  const Words words = __builtin_convertvector(halves, Words) << 16;
  std::memcpy(&lanes, &words, sizeof lanes);
}

template <class T>
HORNBEAM_INLINE Lanes loaded(const T* from, int count) {
  Lanes lanes;
  load(from, count, lanes);
  return lanes;
}

// `yes` in the lanes whose bits are all set in `where`, `no` in the others.
HORNBEAM_INLINE Lanes chosen(const Words& where, const Lanes& yes, const Lanes& no) {
  Words left, right;
  std::memcpy(&left, &yes, sizeof left);
  std::memcpy(&right, &no, sizeof right);
  const Words bits = (left & where) | (right & ~where);
  Lanes found;
  std::memcpy(&found, &bits, sizeof found);
  return found;
}

HORNBEAM_INLINE void store(const Lanes& lanes, int count, float* to) {
  if (count == kLanes) std::memcpy(to, &lanes, sizeof lanes);
  else std::memcpy(to, &lanes, 4 * count);
}

// Rounded to the nearest, to even where two are as near; NaN stays NaN.
HORNBEAM_INLINE void store(const Lanes& lanes, int count, uint16_t* to) {
  Words words;
  std::memcpy(&words, &lanes, sizeof words);
  const Words rounded = (words + 0x7fff + ((words >> 16) & 1)) >> 16;
  const Words nan = (words >> 16) | 0x40;
  const Words is_nan = Words((words & 0x7fffffff) > 0x7f800000);
  const Halves halves = __builtin_convertvector((rounded & ~is_nan) | (nan & is_nan), Halves);
  if (count == kLanes) std::memcpy(to, &halves, sizeof halves);
  else std::memcpy(to, &halves, 2 * count);
}

// How many of kLanes channels there are from `channel` on.
HORNBEAM_INLINE int lanes_from(int64_t channel, int64_t channels) {
  return static_cast<int>(std::min<int64_t>(kLanes, channels - channel));
}

}  // namespace hornbeam
