// Convolutions of images by 3 × 3 filters, float32, with a quarter of the multiplications.
#pragma once

#include "activations.h"
#include "tasks.h"

namespace hornbeam {

// Sizes of images with the channels last.
struct Images {
  int64_t count, height, width, channels;
};

// y = x * w, finished; images are padded by zeros, `top` and `left` of them before. w: [3, 3, in, out]; `turned`: it is
// [3, 3, out, in] and turned around, as in the gradient of a convolution's input. Returns false where a result is not
// finite, or oneDNN has no such products: what lies in `to` is void then.
bool winograd(ffi::ThreadPool& pool, const Images& x, const Images& y, int64_t top, int64_t left, const float* from,
              const float* w, bool turned, float* to, const Finish& finish = {});

// The gradient of w in y = x * w, from that of y, under the same terms.
bool winograd_to_filter(ffi::ThreadPool& pool, const Images& x, const Images& y, int64_t top, int64_t left,
                        const float* from, const float* dy, float* dw);

}  // namespace hornbeam
