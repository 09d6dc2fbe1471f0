// xᵀ·g where g has few columns: the gradient of a small layer's weights.
#pragma once

#include <cstdint>

namespace hornbeam {

constexpr int64_t kFewColumns = 14;  // their sums stay in registers
constexpr int64_t kRowsOfBlock = 32;

// y[rows, columns] = xᵀ·g for a stretch of x's columns, at least `kRowsOfBlock`. x: [inner, stride] from its first
// column on; g: [inner, columns]; columns at most `kFewColumns`.
void turned_product(const float* x, int64_t stride, const float* g, float* y, int64_t rows, int64_t inner,
                    int64_t columns);

}  // namespace hornbeam
