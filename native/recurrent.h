// What the kernels of recurrent networks share. Rows of a batch do not depend on each other: a task takes some of them
// through all steps and waits for nobody.
//
// A block of sums stays in registers while one pass goes over what is multiplied; the weights are laid out for these
// blocks once a call. Every sum is added up in the same order however the batch is cut.
#pragma once

#include <algorithm>
#include <cstring>

#include "tasks.h"

namespace hornbeam {

// A function for one width of vectors has all that it calls inside it, compiled for that width.
#define HORNBEAM_INLINE inline __attribute__((always_inline))

constexpr int kColumns = 4;            // vectors of a block
constexpr double kWorkOfTask = 1e6;    // floating-point operations that are worth a task

// Arrays are [steps, batch, units] unless said otherwise.
struct Sizes {
  int64_t steps, batch, inputs, units;
};

template <int width>
struct Vectors {
  typedef float Floats __attribute__((vector_size(width * 4), aligned(4)));
  typedef int32_t Ints __attribute__((vector_size(width * 4), aligned(4)));
};
template <int width>
using Floats = typename Vectors<width>::Floats;

// `count` floats, zeros after them.
template <int width>
HORNBEAM_INLINE Floats<width> load(const float* from, int count) {
  Floats<width> found = {};
  if (count >= width)
    std::memcpy(&found, from, width * 4);
  else
    for (int i = 0; i < count; i++) found[i] = from[i];
  return found;
}

template <int width>
HORNBEAM_INLINE void store(float* to, const Floats<width>& value, int count) {
  if (count >= width)
    std::memcpy(to, &value, width * 4);
  else
    for (int i = 0; i < count; i++) to[i] = value[i];
}

// eˣ = scale + rest, where scale is a power of two and rest is exact for small x.
template <int width>
HORNBEAM_INLINE void exponential(Floats<width> x, Floats<width>& scale, Floats<width>& rest) {
  using Ints = typename Vectors<width>::Ints;
  constexpr float round = 12582912.f;  // 1.5 · 2²³: what is added to it is rounded to whole numbers
  x = x < -87.f ? Floats<width>{} - 87.f : x;
  x = x > 87.f ? Floats<width>{} + 87.f : x;
  const Floats<width> shifted = x * 1.44269504f + round;
  const Floats<width> n = shifted - round;
  const Floats<width> r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
  Floats<width> p = r * (1 / 5040.f) + 1 / 720.f;
  p = p * r + 1 / 120.f;
  p = p * r + 1 / 24.f;
  p = p * r + 1 / 6.f;
  p = p * r + 0.5f;
  p = p * r * r + r;
  Ints bits;
  std::memcpy(&bits, &shifted, width * 4);
  bits = (bits + 127) << 23;
  std::memcpy(&scale, &bits, width * 4);
  rest = p * scale;
}

template <int width>
HORNBEAM_INLINE Floats<width> sigmoid(const Floats<width>& x) {
  Floats<width> scale, rest;
  exponential<width>(-x, scale, rest);
  return 1.f / (1.f + (scale + rest));
}

template <int width>
HORNBEAM_INLINE Floats<width> hyperbolic_tangent(const Floats<width>& x) {
  Floats<width> scale, rest;
  exponential<width>(x + x, scale, rest);
  const Floats<width> less_one = (scale - 1.f) + rest;
  // Beyond 43 its exponential is held at e⁸⁷, where the quotient is 1.
  return less_one / (less_one + 2.f);
}

// sums[r][v] += Σ a[r][k] · packed[k][v], over rows of `a` that begin `stride` apart. `count` columns of the sums take
// part: the first ones, with `last` in place of the last of them.
template <int width, int rows, int columns, int count = columns, int last = count - 1>
HORNBEAM_INLINE void add_products(Floats<width> (&sums)[rows][columns], const float* a, int64_t stride,
                                  const float* packed, int64_t inner) {
  for (int64_t k = 0; k < inner; k++, packed += count * width) {
    Floats<width> line[count];
#pragma GCC unroll 4
    for (int v = 0; v < count; v++) std::memcpy(&line[v], packed + v * width, width * 4);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
      for (int v = 0; v < count; v++) sums[r][v == count - 1 ? last : v] += line[v] * a[r * stride + k];
  }
}

// Runs `block.run<rows>(row)` over the rows in blocks: as many rows as there are registers for, or nearly so, so that
// the last block is not much shorter.
template <int width, class Block>
HORNBEAM_INLINE void run_rows(const Block& block, int64_t first, int64_t count) {
  constexpr int64_t most = width == 16 ? 6 : 3;
  for (int64_t row = first, rows; row < first + count; row += rows) {
    const int64_t left = first + count - row;
    rows = left >= 2 * most ? most : left > most ? (left + 1) / 2 : left;
    switch (rows) {
      case 1: block.template run<1>(row); break;
      case 2: block.template run<2>(row); break;
      case 3: block.template run<3>(row); break;
      case 4: block.template run<4>(row); break;
      case 5: block.template run<5>(row); break;
      default: block.template run<6>(row);
    }
  }
}

// Runs `blocks.run<columns>(unit)` over the units in blocks of `kColumns` vectors, and what is left a vector at a time.
template <int width, class Blocks>
HORNBEAM_INLINE void run_units(const Blocks& blocks, int64_t units) {
  for (int64_t unit = 0; unit < units; unit += kColumns * width) {
    if (units - unit > (kColumns - 1) * width)
      blocks.template run<kColumns>(unit);
    else
      for (int64_t rest = unit; rest < units; rest += width) blocks.template run<1>(rest);
  }
}

// For each block of units that `run_units` makes, one after another: [inner, units of the block]. What belongs to unit
// u and number k lies at from[u · of_unit + k · of_inner].
inline void pack_blocks(const float* from, int64_t of_unit, int64_t of_inner, int64_t inner, int64_t units,
                        int64_t width, float* packed) {
  for (int64_t unit = 0, block; unit < units; unit += block) {
    block = units - unit > (kColumns - 1) * width ? kColumns * width : width;
    const int64_t count = std::min(block, units - unit);
    for (int64_t i = 0; i < block; i++)
      for (int64_t k = 0; k < inner; k++)
        packed[k * block + i] = i < count ? from[(unit + i) * of_unit + k * of_inner] : 0;
    packed += inner * block;
  }
}

inline int64_t rounded_up(int64_t number, int64_t step) { return (number + step - 1) / step * step; }

// gates: as many products of each unit with inputs and states.
inline Pieces pieces_of(const ffi::ThreadPool& pool, const Sizes& sizes, int gates) {
  const double work = 2.0 * sizes.steps * sizes.batch * gates * sizes.units * (sizes.inputs + sizes.units);
  return Pieces(sizes.batch, std::max<int64_t>(1, std::min<int64_t>(threads_of(pool), work / kWorkOfTask)));
}

using Array = ffi::Buffer<ffi::F32>;
using Result = ffi::Result<Array>;

inline Sizes sizes_of(const Array& x, int64_t units) {
  const auto dims = x.dimensions();
  return {dims[0], dims[1], dims[2], units};
}

// The sums of each unit that tasks have kept apart, `stride` from each other, as one.
inline void add_up(const float* parts, int tasks, int64_t stride, int64_t units, float* total) {
  for (int64_t unit = 0; unit < units; unit++) {
    total[unit] = parts[unit];
    for (int task = 1; task < tasks; task++) total[unit] += parts[task * stride + unit];
  }
}

}  // namespace hornbeam
