#include "activations.h"

#include <cstring>

namespace hornbeam {
namespace {

inline float widened(uint16_t half) {
  const uint32_t bits = uint32_t(half) << 16;
  float number;
  std::memcpy(&number, &bits, 4);
  return number;
}

// The nearest bfloat16, of two as near the even one; what is not a number stays so.
inline uint16_t narrowed(float number) {
  uint32_t bits;
  std::memcpy(&bits, &number, 4);
  const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return number != number ? bits >> 16 | 0x40 : rounded;
}

// The compiler writes these loops for each instruction set; which one runs is decided when the library is loaded.
#define HORNBEAM_ROWS(name, element)                                                          \
  __attribute__((target_clones("avx512f", "avx2", "default"))) void name(                     \
      element* y, const element* bias, int64_t rows, int64_t columns, int64_t stride)

HORNBEAM_ROWS(rectify_floats, float) {
  for (int64_t i = 0; i < rows; i++, y += stride) {
#pragma GCC ivdep
    for (int64_t c = 0; c < columns; c++) {
      const float sum = y[c] + bias[c];
      y[c] = sum <= 0 ? 0 : sum;
    }
  }
}

HORNBEAM_ROWS(rectify_halves, uint16_t) {
  for (int64_t i = 0; i < rows; i++, y += stride) {
#pragma GCC ivdep
    for (int64_t c = 0; c < columns; c++) {
      const float sum = widened(y[c]) + widened(bias[c]);
      y[c] = narrowed(sum <= 0 ? 0 : sum);
    }
  }
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void normalize_floats(
    float* y, const float* scale, const float* bias, int64_t rows, int64_t columns) {
  for (int64_t i = 0; i < rows; i++, y += columns) {
#pragma GCC ivdep
    for (int64_t c = 0; c < columns; c++) {
      const float sum = y[c] * scale[c] + bias[c];
      y[c] = sum <= 0 ? 0 : sum;
    }
  }
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void normalize_floats_with_more(
    float* y, const float* scale, const float* bias, const float* more, int64_t rows, int64_t columns) {
  for (int64_t i = 0; i < rows; i++, y += columns, more += columns) {
#pragma GCC ivdep
    for (int64_t c = 0; c < columns; c++) {
      const float sum = y[c] * scale[c] + bias[c] + more[c];
      y[c] = sum <= 0 ? 0 : sum;
    }
  }
}

}  // namespace

void normalize_and_rectify(float* y, const float* scale, const float* bias, const float* more, int64_t rows,
                           int64_t columns) {
  if (more)
    normalize_floats_with_more(y, scale, bias, more, rows, columns);
  else
    normalize_floats(y, scale, bias, rows, columns);
}

void add_and_rectify(Type type, void* y, const void* bias, int64_t rows, int64_t columns, int64_t stride) {
  if (type == Type::bf16)
    rectify_halves(static_cast<uint16_t*>(y), static_cast<const uint16_t*>(bias), rows, columns, stride);
  else
    rectify_floats(static_cast<float*>(y), static_cast<const float*>(bias), rows, columns, stride);
}

}  // namespace hornbeam
