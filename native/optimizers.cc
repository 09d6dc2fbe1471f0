// Updates of variables: one pass over a variable and its slots, in place.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <string_view>

#include "tasks.h"

namespace hornbeam {
namespace {

// Fewer elements than this are not worth waking a thread for.
constexpr int64_t kElementsOfTask = 1 << 16;
constexpr int kMost = 3;  // a variable and two slots

using Array = ffi::Buffer<ffi::F32>;
using Flag = ffi::Buffer<ffi::PRED>;
using Numbers = std::array<float, 5>;

// What one task goes over: the variable, then its slots.
struct Part {
  const float* grad;
  std::array<const float*, kMost> old;
  std::array<float*, kMost> fresh;
  int64_t count;
};

using Loop = void (*)(const Numbers& by, const Part& part);

// The compiler writes these loops for each instruction set; which one runs is decided when the library is loaded.
#define HORNBEAM_LOOP(name) \
  __attribute__((target_clones("avx512f", "avx2", "default"))) void name(const Numbers& by, const Part& part)

template <bool nesterov>
inline __attribute__((always_inline)) void adam_loop(const Numbers& by, const Part& part) {
  const auto [rate, one_minus_beta1, one_minus_beta2, beta1, epsilon] = by;
  const float *grad = part.grad, *var = part.old[0], *m = part.old[1], *v = part.old[2];
  float *new_var = part.fresh[0], *new_m = part.fresh[1], *new_v = part.fresh[2];
#pragma GCC ivdep
  for (int64_t i = 0; i < part.count; i++) {
    const float g = grad[i];
    const float mean = m[i] + (g - m[i]) * one_minus_beta1;
    const float square = v[i] + (g * g - v[i]) * one_minus_beta2;
    const float step = nesterov ? g * one_minus_beta1 + beta1 * mean : mean;
    new_m[i] = mean;
    new_v[i] = square;
    new_var[i] = var[i] - step * rate / (std::sqrt(square) + epsilon);
  }
}

HORNBEAM_LOOP(adam_plain) { adam_loop<false>(by, part); }
HORNBEAM_LOOP(adam_nesterov) { adam_loop<true>(by, part); }

HORNBEAM_LOOP(rms_prop_plain) {
  const float rate = by[0], one_minus_rho = by[1], epsilon = by[2];
  const float *grad = part.grad, *var = part.old[0], *ms = part.old[1];
  float *new_var = part.fresh[0], *new_ms = part.fresh[1];
#pragma GCC ivdep
  for (int64_t i = 0; i < part.count; i++) {
    const float g = grad[i];
    const float square = ms[i] + (g * g - ms[i]) * one_minus_rho;
    new_ms[i] = square;
    new_var[i] = var[i] - rate * g / std::sqrt(square + epsilon);
  }
}

HORNBEAM_LOOP(rms_prop_with_momentum) {
  const float rate = by[0], one_minus_rho = by[1], epsilon = by[2], momentum = by[3];
  const float *grad = part.grad, *var = part.old[0], *ms = part.old[1], *mom = part.old[2];
  float *new_var = part.fresh[0], *new_ms = part.fresh[1], *new_mom = part.fresh[2];
#pragma GCC ivdep
  for (int64_t i = 0; i < part.count; i++) {
    const float g = grad[i];
    const float square = ms[i] + (g * g - ms[i]) * one_minus_rho;
    const float step = momentum * mom[i] + rate * g / std::sqrt(square + epsilon);
    new_ms[i] = square;
    new_mom[i] = step;
    new_var[i] = var[i] - step;
  }
}

template <bool nesterov>
inline __attribute__((always_inline)) void momentum_loop(const Numbers& by, const Part& part) {
  const float rate = by[0], momentum = by[1];
  const float *grad = part.grad, *var = part.old[0], *accum = part.old[1];
  float *new_var = part.fresh[0], *new_accum = part.fresh[1];
#pragma GCC ivdep
  for (int64_t i = 0; i < part.count; i++) {
    const float g = grad[i];
    const float sum = accum[i] * momentum + g;
    new_accum[i] = sum;
    new_var[i] = var[i] - rate * (nesterov ? g + sum * momentum : sum);
  }
}

HORNBEAM_LOOP(momentum_plain) { momentum_loop<false>(by, part); }
HORNBEAM_LOOP(momentum_nesterov) { momentum_loop<true>(by, part); }

// One way to update: the numbers that its loop takes, of the scalar arguments in the order of the op's.
struct Rule {
  const char* name;
  size_t scalars;
  Numbers (*numbers)(const float* of);
  Loop loop;
};

// Scalars: β₁ᵗ, β₂ᵗ, the learning rate, β₁, β₂, ε.
Numbers of_adam(const float* of) {
  return {of[2] * std::sqrt(1 - of[1]) / (1 - of[0]), 1 - of[3], 1 - of[4], of[3], of[5]};
}
// The learning rate, ρ, ε.
Numbers of_rms_prop(const float* of) { return {of[0], 1 - of[1], of[2]}; }
// The learning rate, ρ, the momentum, ε.
Numbers of_rms_prop_momentum(const float* of) { return {of[0], 1 - of[1], of[3], of[2]}; }
// The learning rate, the momentum.
Numbers of_momentum(const float* of) { return {of[0], of[1]}; }

constexpr Rule kRules[] = {
    {"adam", 6, of_adam, adam_plain},
    {"adam_nesterov", 6, of_adam, adam_nesterov},
    {"rms_prop", 3, of_rms_prop, rms_prop_plain},
    {"rms_prop_momentum", 4, of_rms_prop_momentum, rms_prop_with_momentum},
    {"momentum", 2, of_momentum, momentum_plain},
    {"momentum_nesterov", 2, of_momentum, momentum_nesterov},
};

// Arguments: the variable and its slots, the rule's scalars, the gradient; a flag that says whether a check of the
// program failed, so that everything stays as it was; and what is not read: it was computed after everything that
// reads the variable, so that the update may be in place. Results: the variable and its slots.
ffi::Error update(ffi::ThreadPool pool, ffi::RemainingArgs args, ffi::RemainingRets rets, std::string_view name) {
  const Rule* rule = std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& r) { return r.name == name; });
  const size_t count = rets.size();
  if (rule == std::end(kRules) || count > kMost || args.size() != count + rule->scalars + 3)
    return ffi::Error::InvalidArgument("no such rule, or not its arguments");
  std::array<float, 6> scalars{};
  for (size_t i = 0; i < rule->scalars; i++) scalars[i] = args.get<Array>(count + i)->typed_data()[0];
  const Array grad = *args.get<Array>(count + rule->scalars);
  const bool keep = args.get<Flag>(count + rule->scalars + 1)->typed_data()[0];
  std::array<const float*, kMost> old{};
  std::array<float*, kMost> fresh{};
  for (size_t k = 0; k < count; k++) {
    old[k] = args.get<Array>(k)->typed_data();
    fresh[k] = (*rets.get<Array>(k))->typed_data();
  }
  const Numbers by = rule->numbers(scalars.data());
  return guarded([&] {
    const auto elements = static_cast<int64_t>(grad.element_count());
    const int64_t tasks = std::min<int64_t>(threads_of(pool), (elements + kElementsOfTask - 1) / kElementsOfTask);
    const Pieces pieces(elements, tasks, 16);
    run_tasks(pool, pieces.count, [&](int i) {
      const int64_t at = pieces.begin(i);
      Part part{grad.typed_data() + at, old, fresh, pieces.length_of(i)};
      for (size_t k = 0; k < count; k++) {
        part.old[k] += at;
        part.fresh[k] += at;
        if (keep && part.old[k] != part.fresh[k])
          std::memcpy(part.fresh[k], part.old[k], sizeof(float) * part.count);
      }
      if (!keep) rule->loop(by, part);
    });
  });
}

}  // namespace
}  // namespace hornbeam

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_update, hornbeam::update,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .RemainingArgs()
                                  .RemainingRets()
                                  .Attr<std::string_view>("rule"));
