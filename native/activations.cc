#include "activations.h"

#include <cstring>

#include "lanes.h"

namespace hornbeam {
namespace {

HORNBEAM_INLINE float widened(float number) { return number; }

HORNBEAM_INLINE float widened(uint16_t half) {
  const uint32_t bits = uint32_t(half) << 16;
  float number;
  std::memcpy(&number, &bits, 4);
  return number;
}

HORNBEAM_INLINE void narrow(float number, float* to) { *to = number; }

// The nearest bfloat16, of two as near the even one; what is not a number stays so.
HORNBEAM_INLINE void narrow(float number, uint16_t* to) {
  uint32_t bits;
  std::memcpy(&bits, &number, 4);
  const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  *to = number != number ? bits >> 16 | 0x40 : rounded;
}

// What is not a number stays so.
HORNBEAM_INLINE float rectified(float number) { return number <= 0 ? 0 : number; }

template <class T>
HORNBEAM_INLINE void rectify_loop(T* y, const T* bias, int64_t rows, int64_t columns, int64_t stride) {
  for (int64_t i = 0; i < rows; i++, y += stride) {
#pragma GCC ivdep
    for (int64_t c = 0; c < columns; c++) narrow(rectified(widened(y[c]) + widened(bias[c])), y + c);
  }
}

template <bool has_more>
HORNBEAM_INLINE void normalize_loop(float* y, const float* scale, const float* bias, const float* more, int64_t rows,
                                    int64_t columns) {
  for (int64_t i = 0; i < rows; i++, y += columns, more += has_more ? columns : 0) {
#pragma GCC ivdep
    for (int64_t c = 0; c < columns; c++) y[c] = rectified(y[c] * scale[c] + bias[c] + (has_more ? more[c] : 0));
  }
}

template <class T>
HORNBEAM_INLINE void mask_loop(T* y, const T* features, int64_t count) {
#pragma GCC ivdep
  for (int64_t i = 0; i < count; i++) y[i] = widened(features[i]) > 0 ? y[i] : T(0);
}

#define HORNBEAM_LOOPS(T)                                                                                    \
  HORNBEAM_CLONES void rectify(T* y, const T* bias, int64_t rows, int64_t columns, int64_t stride) {         \
    rectify_loop(y, bias, rows, columns, stride);                                                            \
  }                                                                                                          \
  HORNBEAM_CLONES void mask(T* y, const T* features, int64_t count) { mask_loop(y, features, count); }

HORNBEAM_LOOPS(float)
HORNBEAM_LOOPS(uint16_t)

HORNBEAM_CLONES void normalize(float* y, const float* scale, const float* bias, const float* more, int64_t rows,
                               int64_t columns) {
  if (more) normalize_loop<true>(y, scale, bias, more, rows, columns);
  else normalize_loop<false>(y, scale, bias, more, rows, columns);
}

template <class T>
T* as(const void* data) {
  return static_cast<T*>(const_cast<void*>(data));
}

}  // namespace

void add_and_rectify(Type type, void* y, const void* bias, int64_t rows, int64_t columns, int64_t stride) {
  if (type == Type::bf16) rectify(as<uint16_t>(y), as<uint16_t>(bias), rows, columns, stride);
  else rectify(as<float>(y), as<float>(bias), rows, columns, stride);
}

void Finish::operator()(Type type, void* result, int64_t at, int64_t rows, int64_t columns) const {
  auto here = [&](const void* data) { return data ? static_cast<const char*>(data) + at : nullptr; };
  const void* y = here(result);
  if (features && type == Type::bf16) mask(as<uint16_t>(y), as<uint16_t>(here(features)), rows * columns);
  else if (features) mask(as<float>(y), as<float>(here(features)), rows * columns);
  else if (scale) normalize(as<float>(y), as<float>(scale), as<float>(bias), as<float>(here(more)), rows, columns);
  else if (bias) add_and_rectify(type, as<void>(y), bias, rows, columns, columns);
}

}  // namespace hornbeam
