// GRU over a sequence and its gradient, with the reset gate after the product with the state or before it. A step with
// the gate before it has two passes over the units: the second multiplies what the gates of all units let through.
#include "recurrent.h"

namespace hornbeam {
namespace {

constexpr int kGates = 3;   // z, r and the candidate g
constexpr int kSums = 4;    // those, and what the candidate gets from the state
constexpr int kBiases = 4;  // gradients of biases: of z, r, g, and of what g gets from the state

// Arrays are [steps, batch, units] unless said otherwise. q: what the candidate gets from the state: its product with
// the weights, or r·h where the gate comes before it. `packed` is what `pack_forward` makes, `packed_g` and the
// gradient's are what `pack_blocks` makes.
struct Forward : Sizes {
  bool after;
  const float *x, *h0, *packed, *packed_g;  // x: [steps, batch, inputs], h0: [batch, units]
  float *z, *r, *q, *g, *h;
};

struct Backward : Sizes {
  bool after;
  const float *h0, *packed, *packed_g, *z, *r, *q, *g, *h, *dh_given;
  // [steps, batch, 3 · units]: the gradients of what goes into the gates from the inputs, and from the state, which are
  // the same where the gate comes before the product.
  float *dx, *dq;
  float* dh0;
  float* db;  // [kBiases · units] for each task
};

// The state of a row before a step.
template <class Run>
HORNBEAM_INLINE const float* state_before(const Run& of, int64_t t, int64_t row) {
  return t ? of.h + ((t - 1) * of.batch + row) * of.units : of.h0 + row * of.units;
}

// z·h + (1 − z)·g
template <int width>
HORNBEAM_INLINE Floats<width> mixed(const Floats<width>& z, const Floats<width>& h, const Floats<width>& g) {
  return z * h + (1.f - z) * g;
}

// One step of `rows` rows and `width` units from `unit` on; with the gate before the product its first pass, which
// leaves what the inputs give the candidate in g.
template <int width, int rows, bool after>
HORNBEAM_INLINE void step(const Forward& of, int64_t t, int64_t row, int64_t unit) {
  constexpr int from_state = after ? 3 : 2;  // products of each unit with the state
  const int64_t units = of.units, at = (t * of.batch + row) * units + unit;
  const float* packed = of.packed + unit * (kSums + kGates * of.inputs + from_state * units);
  const int count = static_cast<int>(std::min<int64_t>(width, units - unit));
  Floats<width> sums[rows][kSums];
  for (int r = 0; r < rows; r++) std::memcpy(sums[r], packed, sizeof(sums[r]));
  packed += kSums * width;
  add_products<width, rows, kSums, kGates>(sums, of.x + (t * of.batch + row) * of.inputs, of.inputs, packed, of.inputs);
  const float* h_before = state_before(of, t, row);
  packed += of.inputs * kGates * width;
  add_products<width, rows, kSums, from_state, after ? 3 : 1>(sums, h_before, units, packed, units);
  for (int r = 0; r < rows; r++) {
    const int64_t to = at + r * units;
    const Floats<width> z = sigmoid<width>(sums[r][0]), reset = sigmoid<width>(sums[r][1]);
    const Floats<width> before = load<width>(h_before + r * units + unit, count);
    store<width>(of.z + to, z, count);
    store<width>(of.r + to, reset, count);
    if (after) {
      const Floats<width> g = hyperbolic_tangent<width>(sums[r][2] + reset * sums[r][3]);
      store<width>(of.q + to, sums[r][3], count);
      store<width>(of.g + to, g, count);
      store<width>(of.h + to, mixed<width>(z, before, g), count);
    } else {
      store<width>(of.q + to, reset * before, count);
      store<width>(of.g + to, sums[r][2], count);
    }
  }
}

// The second pass of a step, of up to `columns` vectors of units from `unit` on.
template <int width, int rows, int columns>
HORNBEAM_INLINE void second_step(const Forward& of, int64_t t, int64_t row, int64_t unit) {
  const int64_t units = of.units, first = (t * of.batch + row) * units;
  Floats<width> sums[rows][columns];
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < columns; v++) {
      const int64_t at = unit + v * width;
      sums[r][v] = load<width>(of.g + first + r * units + at, static_cast<int>(std::min<int64_t>(width, units - at)));
    }
  add_products<width, rows, columns>(sums, of.q + first, units, of.packed_g + unit * units, units);
  const float* h_before = state_before(of, t, row);
  for (int v = 0; v < columns; v++, unit += width) {
    const int count = static_cast<int>(std::min<int64_t>(width, units - unit));
    for (int r = 0; r < rows; r++) {
      const int64_t to = first + r * units + unit;
      const Floats<width> g = hyperbolic_tangent<width>(sums[r][v]), z = load<width>(of.z + to, count);
      store<width>(of.g + to, g, count);
      store<width>(of.h + to, mixed<width>(z, load<width>(h_before + r * units + unit, count), g), count);
    }
  }
}

// One step back of `rows` rows and up to `columns` vectors of units from `unit` on; the step -1 gives dh0. With the
// gate before the product its first pass, which leaves r for the second.
template <int width, int rows, int columns, bool after>
HORNBEAM_INLINE void step_back(const Backward& of, int64_t t, int64_t row, int64_t unit, float* db) {
  const int64_t units = of.units, wide = kGates * units, inner = after ? wide : 2 * units;
  Floats<width> dh[rows][columns] = {};
  if (t + 1 < of.steps)
    add_products<width, rows, columns>(dh, (after ? of.dq : of.dx) + ((t + 1) * of.batch + row) * wide, wide,
                                       of.packed + unit * inner, inner);
  for (int v = 0; v < columns; v++, unit += width) {
    const int count = static_cast<int>(std::min<int64_t>(width, units - unit));
    if (t < 0) {
      for (int r = 0; r < rows; r++) {
        float* to = of.dh0 + (row + r) * units + unit;
        store<width>(to, dh[r][v] + load<width>(to, count), count);
      }
      continue;
    }
    Floats<width> totals[kBiases];
    for (int k = 0; k < kBiases; k++) totals[k] = load<width>(db + k * units + unit, count);
    for (int r = 0; r < rows; r++) {
      const int64_t at = (t * of.batch + row + r) * units + unit;
      const float* h_before = state_before(of, t, row + r) + unit;
      const Floats<width> z = load<width>(of.z + at, count), g = load<width>(of.g + at, count);
      float* passed = of.dh0 + (row + r) * units + unit;  // what the step after it passes on without its weights
      const Floats<width> seen = dh[r][v] + load<width>(of.dh_given + at, count) + load<width>(passed, count);
      store<width>(passed, seen * z, count);
      const Floats<width> dz = seen * (load<width>(h_before, count) - g) * z * (1.f - z);
      const Floats<width> dg = seen * (1.f - z) * (1.f - g * g);
      float* to = of.dx + (t * of.batch + row + r) * wide + unit;
      store<width>(to, dz, count);
      store<width>(to + 2 * units, dg, count);
      totals[0] += dz, totals[2] += dg;
      if (after) {
        const Floats<width> reset = load<width>(of.r + at, count);
        const Floats<width> dr = dg * load<width>(of.q + at, count) * reset * (1.f - reset), dq = dg * reset;
        store<width>(to + units, dr, count);
        to = of.dq + (t * of.batch + row + r) * wide + unit;
        store<width>(to, dz, count);
        store<width>(to + units, dr, count);
        store<width>(to + 2 * units, dq, count);
        totals[1] += dr, totals[3] += dq;
      } else {
        totals[3] += dg;
      }
    }
    for (int k = 0; k < kBiases; k++) store<width>(db + k * units + unit, totals[k], count);
  }
}

// The second pass of a step back.
template <int width, int rows, int columns>
HORNBEAM_INLINE void second_step_back(const Backward& of, int64_t t, int64_t row, int64_t unit, float* db) {
  const int64_t units = of.units, wide = kGates * units;
  float* dx = of.dx + (t * of.batch + row) * wide;
  Floats<width> through[rows][columns] = {};
  add_products<width, rows, columns>(through, dx + 2 * units, wide, of.packed_g + unit * units, units);
  for (int v = 0; v < columns; v++, unit += width) {
    const int count = static_cast<int>(std::min<int64_t>(width, units - unit));
    Floats<width> total = load<width>(db + units + unit, count);
    for (int r = 0; r < rows; r++) {
      const float* h_before = state_before(of, t, row + r) + unit;
      const Floats<width> reset = load<width>(of.r + (t * of.batch + row + r) * units + unit, count);
      float* passed = of.dh0 + (row + r) * units + unit;
      store<width>(passed, load<width>(passed, count) + through[r][v] * reset, count);
      const Floats<width> dr = through[r][v] * load<width>(h_before, count) * reset * (1.f - reset);
      store<width>(dx + r * wide + units + unit, dr, count);
      total += dr;
    }
    store<width>(db + units + unit, total, count);
  }
}

// What `run_rows` and `run_units` run --------------------------------------------------------------------------------

template <int width, bool after>
struct Steps {
  const Forward& of;
  int64_t t, unit;

  template <int rows>
  HORNBEAM_INLINE void run(int64_t row) const {
    step<width, rows, after>(of, t, row, unit);
  }
};

template <int width, int columns>
struct SecondSteps {
  const Forward& of;
  int64_t t, unit;

  template <int rows>
  HORNBEAM_INLINE void run(int64_t row) const {
    second_step<width, rows, columns>(of, t, row, unit);
  }
};

template <int width>
struct SecondUnits {
  const Forward& of;
  int64_t t, first, count;

  template <int columns>
  HORNBEAM_INLINE void run(int64_t unit) const {
    run_rows<width>(SecondSteps<width, columns>{of, t, unit}, first, count);
  }
};

// pass: 0 where a step has one, else its number.
template <int width, int columns, int pass>
struct StepsBack {
  const Backward& of;
  int64_t t, unit;
  float* db;

  template <int rows>
  HORNBEAM_INLINE void run(int64_t row) const {
    if constexpr (pass == 2)
      second_step_back<width, rows, columns>(of, t, row, unit, db);
    else
      step_back<width, rows, columns, pass == 0>(of, t, row, unit, db);
  }
};

template <int width, int pass>
struct UnitsBack {
  const Backward& of;
  int64_t t, first, count;
  float* db;

  template <int columns>
  HORNBEAM_INLINE void run(int64_t unit) const {
    run_rows<width>(StepsBack<width, columns, pass>{of, t, unit, db}, first, count);
  }
};

template <int width>
HORNBEAM_INLINE void run_forward(const Forward& of, int64_t first, int64_t count) {
  for (int64_t t = 0; t < of.steps; t++) {
    for (int64_t unit = 0; unit < of.units; unit += width) {
      if (of.after)
        run_rows<width>(Steps<width, true>{of, t, unit}, first, count);
      else
        run_rows<width>(Steps<width, false>{of, t, unit}, first, count);
    }
    if (!of.after) run_units<width>(SecondUnits<width>{of, t, first, count}, of.units);
  }
}

template <int width>
HORNBEAM_INLINE void run_backward(const Backward& of, int64_t first, int64_t count, float* db) {
  for (int64_t t = of.steps - 1; t >= -1; t--) {
    if (of.after) {
      run_units<width>(UnitsBack<width, 0>{of, t, first, count, db}, of.units);
      continue;
    }
    run_units<width>(UnitsBack<width, 1>{of, t, first, count, db}, of.units);
    if (t >= 0) run_units<width>(UnitsBack<width, 2>{of, t, first, count, db}, of.units);
  }
}

struct Chosen {
  int64_t width;
  void (*forward)(const Forward&, int64_t first, int64_t count);
  void (*backward)(const Backward&, int64_t first, int64_t count, float* db);
};

#define HORNBEAM_WIDTH(bits, width, target)                                                                          \
  target void forward_##bits(const Forward& of, int64_t first, int64_t count) {                                      \
    run_forward<width>(of, first, count);                                                                            \
  }                                                                                                                  \
  target void backward_##bits(const Backward& of, int64_t first, int64_t count, float* db) {                         \
    run_backward<width>(of, first, count, db);                                                                       \
  }
HORNBEAM_WIDTH(512, 16, __attribute__((target("avx512f"))))
HORNBEAM_WIDTH(256, 8, __attribute__((target("avx2,fma"))))
HORNBEAM_WIDTH(128, 4, )

Chosen for_this_processor() {
  if (__builtin_cpu_supports("avx512f")) return {16, forward_512, backward_512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {8, forward_256, backward_256};
  return {4, forward_128, backward_128};
}

const Chosen& chosen() {
  static const Chosen found = for_this_processor();
  return found;
}

// For each `width` units a block: their sums before anything is added, [kSums, width]; then the weights of the inputs
// [inputs, 3, width] and those of the state, [units, 3 or 2, width].
void pack_forward(const Forward& of, const float* w, const float* u, const float* b, const float* ub, int64_t width,
                  float* packed) {
  const int64_t units = of.units, wide = kGates * units;
  for (int64_t unit = 0; unit < units; unit += width) {
    const int64_t count = std::min(width, units - unit);
    auto add = [&](const float* from, const float* more) {
      for (int64_t i = 0; i < width; i++) packed[i] = i < count ? (from ? from[i] : 0) + (more ? more[i] : 0) : 0;
      packed += width;
    };
    b += unit ? width : 0, ub += unit ? width : 0, w += unit ? width : 0, u += unit ? width : 0;
    add(b, ub);
    add(b + units, ub + units);
    add(b + 2 * units, of.after ? nullptr : ub + 2 * units);
    add(of.after ? ub + 2 * units : nullptr, nullptr);
    for (int64_t k = 0; k < of.inputs; k++)
      for (int gate = 0; gate < kGates; gate++) add(w + k * wide + gate * units, nullptr);
    for (int64_t k = 0; k < units; k++)
      for (int gate = 0; gate < (of.after ? 3 : 2); gate++) add(u + k * wide + gate * units, nullptr);
  }
}

// after: whether the reset gate comes after the product with the state.
ffi::Error forward(ffi::ThreadPool pool, Array x, Array h0, Array w, Array u, Array b, Array ub, Result z, Result r,
                   Result q, Result g, Result h, bool after) {
  return guarded([&] {
    Forward of;
    static_cast<Sizes&>(of) = sizes_of(x, h0.dimensions()[1]);
    of.after = after, of.x = x.typed_data(), of.h0 = h0.typed_data();
    of.z = z->typed_data(), of.r = r->typed_data(), of.q = q->typed_data(), of.g = g->typed_data();
    of.h = h->typed_data();
    const int64_t units = of.units, width = chosen().width, rounded = rounded_up(units, width);
    const int64_t volume = rounded * (kSums + kGates * of.inputs + (after ? 3 : 2) * units);
    auto* packed = static_cast<float*>(
        buffer_of_call().at_least(sizeof(float) * (volume + (after ? 0 : rounded * units))));
    pack_forward(of, w.typed_data(), u.typed_data(), b.typed_data(), ub.typed_data(), width, packed);
    if (!after)
      pack_blocks(u.typed_data() + 2 * units, 1, kGates * units, units, units, width, packed + volume);
    of.packed = packed, of.packed_g = packed + volume;
    const Pieces pieces = pieces_of(pool, of, kGates);
    run_tasks(pool, pieces.count, [&](int task) { chosen().forward(of, pieces.begin(task), pieces.length_of(task)); });
  });
}

// dq: as dx where the gate comes after the product, else of no size. db, dub: [3 · units].
ffi::Error backward(ffi::ThreadPool pool, Array x, Array h0, Array u, Array z, Array r, Array q, Array g, Array h,
                    Array dh, Result dx, Result dq, Result dh0, Result db, Result dub, bool after) {
  return guarded([&] {
    Backward of;
    static_cast<Sizes&>(of) = sizes_of(x, h0.dimensions()[1]);
    of.after = after, of.h0 = h0.typed_data(), of.z = z.typed_data(), of.r = r.typed_data(), of.q = q.typed_data();
    of.g = g.typed_data(), of.h = h.typed_data(), of.dh_given = dh.typed_data();
    of.dx = dx->typed_data(), of.dq = dq->typed_data(), of.dh0 = dh0->typed_data();
    const int64_t units = of.units, wide = kGates * units, width = chosen().width, rounded = rounded_up(units, width);
    std::memset(of.dh0, 0, sizeof(float) * of.batch * units);
    const Pieces pieces = pieces_of(pool, of, kGates);
    const int64_t volume = wide * rounded, inner = after ? wide : 2 * units, biases = kBiases * units;
    auto* packed = static_cast<float*>(buffer_of_call().at_least(sizeof(float) * (volume + pieces.count * biases)));
    pack_blocks(u.typed_data(), wide, 1, inner, units, width, packed);
    if (!after) pack_blocks(u.typed_data() + inner, wide, 1, units, units, width, packed + inner * rounded);
    of.packed = packed, of.packed_g = packed + inner * rounded, of.db = packed + volume;
    std::memset(of.db, 0, sizeof(float) * pieces.count * biases);
    run_tasks(pool, pieces.count, [&](int task) {
      chosen().backward(of, pieces.begin(task), pieces.length_of(task), of.db + task * biases);
    });
    for (int gate = 0; gate < kGates; gate++) {
      const int of_state = gate == 2 ? 3 : gate;
      add_up(of.db + gate * units, pieces.count, biases, units, db->typed_data() + gate * units);
      add_up(of.db + of_state * units, pieces.count, biases, units, dub->typed_data() + gate * units);
    }
  });
}

}  // namespace
}  // namespace hornbeam

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_gru, hornbeam::forward,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Arg<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Attr<bool>("after"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_gru_gradient, hornbeam::backward,
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
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Attr<bool>("after"));
