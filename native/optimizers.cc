// Updates of variables: one pass over each, in place.
#include <cmath>

#include "tasks.h"

namespace hornbeam {
namespace {

// Fewer elements than this are not worth waking a thread for.
constexpr int64_t kElementsOfTask = 1 << 16;

struct Adam {
  float rate, one_minus_beta1, one_minus_beta2, beta1, epsilon;
};

// The compiler writes this loop for each instruction set; which one runs is decided when the library is loaded.
template <bool nesterov>
inline __attribute__((always_inline)) void adam_loop(const Adam& by, const float* grad, const float* var, const float* m,
                                                     const float* v, float* new_var, float* new_m, float* new_v,
                                                     int64_t count) {
#pragma GCC ivdep
  for (int64_t i = 0; i < count; i++) {
    const float g = grad[i];
    const float mean = m[i] + (g - m[i]) * by.one_minus_beta1;
    const float square = v[i] + (g * g - v[i]) * by.one_minus_beta2;
    const float step = nesterov ? g * by.one_minus_beta1 + by.beta1 * mean : mean;
    new_m[i] = mean;
    new_v[i] = square;
    new_var[i] = var[i] - step * by.rate / (std::sqrt(square) + by.epsilon);
  }
}

#define HORNBEAM_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))

HORNBEAM_CLONES void adam_plain(const Adam& by, const float* grad, const float* var, const float* m, const float* v,
                                float* new_var, float* new_m, float* new_v, int64_t count) {
  adam_loop<false>(by, grad, var, m, v, new_var, new_m, new_v, count);
}

HORNBEAM_CLONES void adam_nesterov(const Adam& by, const float* grad, const float* var, const float* m, const float* v,
                                   float* new_var, float* new_m, float* new_v, int64_t count) {
  adam_loop<true>(by, grad, var, m, v, new_var, new_m, new_v, count);
}

float value(ffi::Buffer<ffi::F32>& scalar) { return scalar.typed_data()[0]; }

using Array = ffi::Buffer<ffi::F32>;
using Result = ffi::Result<Array>;

ffi::Error adam(ffi::ThreadPool pool, Array var, Array m, Array v, Array beta1_power, Array beta2_power, Array lr,
                Array beta1, Array beta2, Array epsilon, Array grad, Result new_var, Result new_m, Result new_v,
                bool nesterov) {
  return guarded([&] {
    const float rate = value(lr) * std::sqrt(1 - value(beta2_power)) / (1 - value(beta1_power));
    const Adam by{rate, 1 - value(beta1), 1 - value(beta2), value(beta1), value(epsilon)};
    const auto count = static_cast<int64_t>(var.element_count());
    const Pieces pieces(count, std::min<int64_t>(threads_of(pool), (count + kElementsOfTask - 1) / kElementsOfTask), 16);
    run_tasks(pool, pieces.count, [&](int i) {
      const int64_t at = pieces.begin(i);
      (nesterov ? adam_nesterov : adam_plain)(by, grad.typed_data() + at, var.typed_data() + at, m.typed_data() + at,
                                              v.typed_data() + at, new_var->typed_data() + at, new_m->typed_data() + at,
                                              new_v->typed_data() + at, pieces.length_of(i));
    });
  });
}

}  // namespace
}  // namespace hornbeam

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_adam, hornbeam::adam,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Attr<bool>("use_nesterov"));
