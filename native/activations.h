// What follows a product or a convolution, while a piece of its result lies in the cache.
#pragma once

#include "types.h"

namespace hornbeam {

// max(y + bias, 0), in place, over rows of `columns` elements that begin `stride` apart; what is not a number stays so.
void add_and_rectify(Type type, void* y, const void* bias, int64_t rows, int64_t columns, int64_t stride);

// max(scale · y + bias + more, 0), or y where the features are positive and else 0. scale, bias: one a column; scale
// (with a bias, of floats) and more (with a scale, as many as y) may be null; with none of them y stays.
struct Finish {
  const void *bias = nullptr, *scale = nullptr, *more = nullptr;
  const void* features = nullptr;  // as many as y

  explicit operator bool() const { return bias || features; }

  // In place, on rows of `columns` elements; `at`: bytes before them in the whole result.
  void operator()(Type type, void* result, int64_t at, int64_t rows, int64_t columns) const;
};

}  // namespace hornbeam
