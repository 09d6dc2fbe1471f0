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

}  // namespace hornbeam
