// LSTM over a sequence and its gradient. A block is, in the forward form, the four gates of as many units as a vector
// holds, which are then passed on at once; in the gradient up to four vectors of units.
#include "recurrent.h"

namespace hornbeam {
namespace {

constexpr int kGates = 4;

// Arrays are [steps, batch, units] unless said otherwise; `packed` is what `pack_forward` or `pack_blocks` makes.
struct Forward : Sizes {
  const float *x, *c0, *h0, *packed;  // x: [steps, batch, inputs], c0, h0: [batch, units]
  float *i, *c, *f, *o, *g, *tanh_c, *h;
  int places[kGates];  // of i, f, g and o in the packed weights
};

struct Backward : Sizes {
  const float *c0, *packed, *i, *c, *f, *o, *g, *tanh_c, *dc_given, *dh_given;
  float *dz, *dc0, *dh0;  // dz: [steps, batch, 4 · units], the gradients of what goes into the gates
  float* db;              // [4 · units] for each task
  int places[kGates];     // of i, f, g and o in dz
};

// One step of `rows` rows and `width` units from `unit` on.
template <int width, int rows>
HORNBEAM_INLINE void step(const Forward& of, int64_t t, int64_t row, int64_t unit) {
  const int64_t inner = of.inputs + of.units, units = of.units, at = (t * of.batch + row) * units + unit;
  const float* packed = of.packed + unit * kGates * (inner + 1);
  const int count = static_cast<int>(std::min<int64_t>(width, units - unit));
  Floats<width> sums[rows][kGates];
  for (int r = 0; r < rows; r++) std::memcpy(sums[r], packed, sizeof(sums[r]));
  packed += kGates * width;
  add_products<width, rows, kGates>(sums, of.x + (t * of.batch + row) * of.inputs, of.inputs, packed, of.inputs);
  const float* h_before = t ? of.h + ((t - 1) * of.batch + row) * units : of.h0 + row * units;
  add_products<width, rows, kGates>(sums, h_before, units, packed + of.inputs * kGates * width, units);
  const float* c_before = (t ? of.c + ((t - 1) * of.batch + row) * units : of.c0 + row * units) + unit;
  for (int r = 0; r < rows; r++) {
    const int64_t to = at + r * units;
    const Floats<width> i = sigmoid<width>(sums[r][of.places[0]]), f = sigmoid<width>(sums[r][of.places[1]]);
    const Floats<width> g = hyperbolic_tangent<width>(sums[r][of.places[2]]), o = sigmoid<width>(sums[r][of.places[3]]);
    const Floats<width> c = g * i + load<width>(c_before + r * units, count) * f;
    const Floats<width> tanh_c = hyperbolic_tangent<width>(c);
    store<width>(of.i + to, i, count);
    store<width>(of.c + to, c, count);
    store<width>(of.f + to, f, count);
    store<width>(of.o + to, o, count);
    store<width>(of.g + to, g, count);
    store<width>(of.tanh_c + to, tanh_c, count);
    store<width>(of.h + to, tanh_c * o, count);
  }
}

// One step back of `rows` rows and up to `columns` vectors of units from `unit` on; the step -1 gives dh0.
template <int width, int rows, int columns>
HORNBEAM_INLINE void step_back(const Backward& of, int64_t t, int64_t steps, int64_t row, int64_t unit, float* db) {
  const int64_t units = of.units, wide = kGates * units;
  Floats<width> dh[rows][columns] = {};
  if (t + 1 < steps)
    add_products<width, rows, columns>(dh, of.dz + ((t + 1) * of.batch + row) * wide, wide, of.packed + unit * wide,
                                       wide);
  for (int v = 0; v < columns; v++, unit += width) {
    const int count = static_cast<int>(std::min<int64_t>(width, units - unit));
    if (t < 0) {
      for (int r = 0; r < rows; r++) store<width>(of.dh0 + (row + r) * units + unit, dh[r][v], count);
      continue;
    }
    Floats<width> totals[kGates];
    for (int gate = 0; gate < kGates; gate++) totals[gate] = load<width>(db + gate * units + unit, count);
    for (int r = 0; r < rows; r++) {
      const int64_t at = (t * of.batch + row + r) * units + unit;
      const Floats<width> i = load<width>(of.i + at, count), f = load<width>(of.f + at, count);
      const Floats<width> g = load<width>(of.g + at, count), o = load<width>(of.o + at, count);
      const Floats<width> tanh_c = load<width>(of.tanh_c + at, count);
      const Floats<width> c_before =
          load<width>(t ? of.c + at - of.batch * units : of.c0 + (row + r) * units + unit, count);
      float* dc_after = of.dc0 + (row + r) * units + unit;
      const Floats<width> seen = dh[r][v] + load<width>(of.dh_given + at, count);
      const Floats<width> dc = seen * o * (1.f - tanh_c * tanh_c) + load<width>(of.dc_given + at, count) +
                               load<width>(dc_after, count);
      store<width>(dc_after, dc * f, count);
      const Floats<width> dz[kGates] = {dc * g * i * (1.f - i), dc * c_before * f * (1.f - f), dc * i * (1.f - g * g),
                                        seen * tanh_c * o * (1.f - o)};
      float* to = of.dz + (t * of.batch + row + r) * wide + unit;
      for (int gate = 0; gate < kGates; gate++) {
        store<width>(to + of.places[gate] * units, dz[gate], count);
        totals[gate] += dz[gate];
      }
    }
    for (int gate = 0; gate < kGates; gate++) store<width>(db + gate * units + unit, totals[gate], count);
  }
}

template <int width>
struct Steps {
  const Forward& of;
  int64_t t, unit;

  template <int rows>
  HORNBEAM_INLINE void run(int64_t row) const {
    step<width, rows>(of, t, row, unit);
  }
};

template <int width>
HORNBEAM_INLINE void run_forward(const Forward& of, int64_t steps, int64_t first, int64_t count) {
  for (int64_t t = 0; t < steps; t++)
    for (int64_t unit = 0; unit < of.units; unit += width)
      run_rows<width>(Steps<width>{of, t, unit}, first, count);
}

template <int width, int columns>
struct StepsBack {
  const Backward& of;
  int64_t t, steps, unit;
  float* db;

  template <int rows>
  HORNBEAM_INLINE void run(int64_t row) const {
    step_back<width, rows, columns>(of, t, steps, row, unit, db);
  }
};

template <int width>
struct UnitsBack {
  const Backward& of;
  int64_t t, steps, first, count;
  float* db;

  template <int columns>
  HORNBEAM_INLINE void run(int64_t unit) const {
    run_rows<width>(StepsBack<width, columns>{of, t, steps, unit, db}, first, count);
  }
};

template <int width>
HORNBEAM_INLINE void run_backward(const Backward& of, int64_t steps, int64_t first, int64_t count, float* db) {
  for (int64_t t = steps - 1; t >= -1; t--)
    run_units<width>(UnitsBack<width>{of, t, steps, first, count, db}, of.units);
}

struct Chosen {
  int64_t width;
  void (*forward)(const Forward&, int64_t steps, int64_t first, int64_t count);
  void (*backward)(const Backward&, int64_t steps, int64_t first, int64_t count, float* db);
};

#define HORNBEAM_WIDTH(bits, width, target)                                                                          \
  target void forward_##bits(const Forward& of, int64_t steps, int64_t first, int64_t count) {                       \
    run_forward<width>(of, steps, first, count);                                                                     \
  }                                                                                                                  \
  target void backward_##bits(const Backward& of, int64_t steps, int64_t first, int64_t count, float* db) {          \
    run_backward<width>(of, steps, first, count, db);                                                                \
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

// For each `width` units a block: the biases of their four gates, then their weights, [inner, gate, width].
void pack_forward(const float* w, const float* b, float forget_bias, int forget, int64_t inner, int64_t units,
                  int64_t width, float* packed) {
  for (int64_t unit = 0; unit < units; unit += width) {
    const int64_t count = std::min(width, units - unit);
    for (int64_t k = -1; k < inner; k++)
      for (int gate = 0; gate < kGates; gate++, packed += width) {
        const float* from = (k < 0 ? b : w + k * kGates * units) + gate * units + unit;
        const float more = k < 0 && gate == forget ? forget_bias : 0;
        for (int64_t i = 0; i < width; i++) packed[i] = i < count ? from[i] + more : 0;
      }
  }
}

using Wanted = ffi::Buffer<ffi::S32>;

// How many steps are taken; what belongs to those after them is zeros.
int64_t steps_of(const Wanted& wanted, int64_t most) {
  return std::min<int64_t>(std::max<int64_t>(wanted.typed_data()[0], 0), most);
}

void clear_after(float* array, int64_t steps, const Sizes& sizes, int64_t of_row) {
  const int64_t of_step = sizes.batch * of_row;
  std::memset(array + steps * of_step, 0, sizeof(float) * (sizes.steps - steps) * of_step);
}

void place(int (&places)[kGates], int64_t forget) {
  const int chosen = static_cast<int>(forget);
  places[0] = 0, places[1] = chosen, places[2] = 3 - chosen, places[3] = 3;
}

// forget: whether the gates are in the order i f g o (1) or i g f o (2).
ffi::Error forward(ffi::ThreadPool pool, Wanted wanted, Array x, Array c0, Array h0, Array w, Array b, Result i,
                   Result c, Result f, Result o, Result g, Result tanh_c, Result h, int64_t forget, float forget_bias) {
  return guarded([&] {
    Forward of;
    static_cast<Sizes&>(of) = sizes_of(x, h0.dimensions()[1]);
    of.x = x.typed_data(), of.c0 = c0.typed_data(), of.h0 = h0.typed_data();
    of.i = i->typed_data(), of.c = c->typed_data(), of.f = f->typed_data(), of.o = o->typed_data();
    of.g = g->typed_data(), of.tanh_c = tanh_c->typed_data(), of.h = h->typed_data();
    place(of.places, forget);
    const int64_t inner = of.inputs + of.units, steps = steps_of(wanted, of.steps), width = chosen().width;
    for (float* one : {of.i, of.c, of.f, of.o, of.g, of.tanh_c, of.h}) clear_after(one, steps, of, of.units);
    auto* packed = static_cast<float*>(
        buffer_of_call().at_least(sizeof(float) * rounded_up(of.units, width) * kGates * (inner + 1)));
    pack_forward(w.typed_data(), b.typed_data(), forget_bias, of.places[1], inner, of.units, width, packed);
    of.packed = packed;
    const Pieces pieces = pieces_of(pool, of, kGates);
    run_tasks(pool, pieces.count,
              [&](int task) { chosen().forward(of, steps, pieces.begin(task), pieces.length_of(task)); });
  });
}

ffi::Error backward(ffi::ThreadPool pool, Wanted wanted, Array x, Array c0, Array w, Array i, Array c, Array f, Array o,
                    Array g, Array tanh_c, Array dc, Array dh, Result dz, Result dc0, Result dh0, Result db,
                    int64_t forget) {
  return guarded([&] {
    Backward of;
    static_cast<Sizes&>(of) = sizes_of(x, c0.dimensions()[1]);
    of.c0 = c0.typed_data(), of.i = i.typed_data(), of.c = c.typed_data(), of.f = f.typed_data();
    of.o = o.typed_data(), of.g = g.typed_data(), of.tanh_c = tanh_c.typed_data();
    of.dc_given = dc.typed_data(), of.dh_given = dh.typed_data();
    of.dz = dz->typed_data(), of.dc0 = dc0->typed_data(), of.dh0 = dh0->typed_data();
    place(of.places, forget);
    const int64_t units = of.units, wide = kGates * units, steps = steps_of(wanted, of.steps), width = chosen().width;
    clear_after(of.dz, steps, of, wide);
    std::memset(of.dc0, 0, sizeof(float) * of.batch * units);
    const Pieces pieces = pieces_of(pool, of, kGates);
    const int64_t volume = wide * rounded_up(units, width);
    auto* packed = static_cast<float*>(buffer_of_call().at_least(sizeof(float) * (volume + pieces.count * wide)));
    pack_blocks(w.typed_data() + of.inputs * wide, wide, 1, wide, units, width, packed);
    of.packed = packed;
    of.db = packed + volume;
    std::memset(of.db, 0, sizeof(float) * pieces.count * wide);
    run_tasks(pool, pieces.count, [&](int task) {
      chosen().backward(of, steps, pieces.begin(task), pieces.length_of(task), of.db + task * wide);
    });
    for (int gate = 0; gate < kGates; gate++)
      add_up(of.db + gate * units, pieces.count, wide, units, db->typed_data() + of.places[gate] * units);
  });
}

}  // namespace
}  // namespace hornbeam

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_lstm, hornbeam::forward,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<hornbeam::Wanted>()
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
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Attr<int64_t>("forget")
                                  .Attr<float>("forget_bias"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_lstm_gradient, hornbeam::backward,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<hornbeam::Wanted>()
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
                                  .Arg<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Ret<hornbeam::Array>()
                                  .Attr<int64_t>("forget"));
