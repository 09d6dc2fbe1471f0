// What follows a product or a convolution, while a piece of its result lies in the cache.
#pragma once

#include "types.h"

namespace hornbeam {

// max(y + bias, 0), in place, over rows of `columns` elements that begin `stride` apart; what is not a number stays so.
void add_and_rectify(Type type, void* y, const void* bias, int64_t rows, int64_t columns, int64_t stride);

// max(scale · y + bias + more, 0), in place, over rows of `columns` floats; what is not a number stays so. scale, bias:
// one a column; more: as many as y, or null.
void normalize_and_rectify(float* y, const float* scale, const float* bias, const float* more, int64_t rows,
                           int64_t columns);

// What is done to a piece of a result while it lies in the cache: max(scale · y + bias + more, 0). Without a bias
// nothing is; `scale` (of floats) and `more` (with a scale) may be null.
struct Finish {
  const char *bias = nullptr, *scale = nullptr, *more = nullptr;

  void operator()(Type type, char* y, int64_t at, int64_t rows, int64_t columns) const {
    if (!bias) return;
    if (!scale) return add_and_rectify(type, y + at, bias, rows, columns, columns);
    auto floats = [](const char* data) { return reinterpret_cast<const float*>(data); };
    normalize_and_rectify(reinterpret_cast<float*>(y + at), floats(scale), floats(bias),
                          more ? floats(more + at) : nullptr, rows, columns);
  }
};

}  // namespace hornbeam
