// A block of 32 (or 8) results stays in registers for each column while one pass goes over the block's part of x: a
// row of x is a vector, an entry of g is spread over another. oneDNN turns x over first and fills its vectors with the
// few columns, which takes twice as long.
#include "columns.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hornbeam {
namespace {

#define HORNBEAM_INLINE inline __attribute__((always_inline))

// `parts` vectors of `width` floats, for each of `columns` columns.
template <int columns, int width, int parts>
HORNBEAM_INLINE void block(const float* x, int64_t stride, const float* g, float* y, int64_t inner) {
  typedef float Vector __attribute__((vector_size(width * 4), aligned(4)));
  Vector sums[columns][parts] = {};
  for (int64_t k = 0; k < inner; k++, x += stride, g += columns) {
    Vector row[parts];
#pragma GCC unroll 4
    for (int p = 0; p < parts; p++) std::memcpy(&row[p], x + p * width, width * 4);
#pragma GCC unroll 16
    for (int j = 0; j < columns; j++)
#pragma GCC unroll 4
      for (int p = 0; p < parts; p++) sums[j][p] += row[p] * g[j];
  }
  for (int j = 0; j < columns; j++)
    for (int p = 0; p < parts; p++)
      for (int i = 0; i < width; i++) y[(p * width + i) * columns + j] = sums[j][p][i];
}

// The last block ends with the last row: it may repeat some of the one before it.
template <int columns, int width, int parts>
HORNBEAM_INLINE void blocks(const float* x, int64_t stride, const float* g, float* y, int64_t rows, int64_t inner) {
  constexpr int64_t size = width * parts;
  for (int64_t done = 0; done < rows; done += size) {
    const int64_t at = std::min(done, rows - size);
    block<columns, width, parts>(x + at, stride, g, y + at * columns, inner);
  }
}

using Product = void(const float*, int64_t, const float*, float*, int64_t, int64_t);

template <int columns>
__attribute__((target("avx512f"))) void with_512(const float* x, int64_t stride, const float* g, float* y, int64_t rows,
                                                 int64_t inner) {
  blocks<columns, 16, 2>(x, stride, g, y, rows, inner);
}

template <int columns>
__attribute__((target("avx2,fma"))) void with_256(const float* x, int64_t stride, const float* g, float* y,
                                                  int64_t rows, int64_t inner) {
  blocks<columns, 8, 1>(x, stride, g, y, rows, inner);
}

template <int columns>
void with_128(const float* x, int64_t stride, const float* g, float* y, int64_t rows, int64_t inner) {
  blocks<columns, 4, 1>(x, stride, g, y, rows, inner);
}

template <int columns>
Product* for_this_processor() {
  if (__builtin_cpu_supports("avx512f")) return with_512<columns>;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return with_256<columns>;
  return with_128<columns>;
}

template <int... columns>
Product* chosen(int64_t wanted, std::integer_sequence<int, columns...>) {
  static Product* const products[] = {for_this_processor<columns + 1>()...};
  return products[wanted - 1];
}

}  // namespace

void turned_product(const float* x, int64_t stride, const float* g, float* y, int64_t rows, int64_t inner,
                    int64_t columns) {
  chosen(columns, std::make_integer_sequence<int, kFewColumns>{})(x, stride, g, y, rows, inner);
}

}  // namespace hornbeam
