// LSTM over a sequence and its gradient. Rows of a batch do not depend on each other: a task takes some of them through
// all steps and waits for nobody.
//
// A block of sums stays in registers while one pass goes over what is multiplied: in the forward form the four gates of
// as many units as a vector holds, which are then passed on at once; in the gradient up to four vectors of units. The
// weights are laid out for these blocks once a call. Every sum is added up in the same order however the batch is cut.
#include <algorithm>
#include <cstring>
#include <vector>

#include "tasks.h"

namespace hornbeam {
namespace {

#define HORNBEAM_INLINE inline __attribute__((always_inline))

constexpr int kGates = 4;
constexpr int kColumns = 4;            // vectors of a block
constexpr double kWorkOfTask = 1e6;    // floating-point operations that are worth a task

// Arrays are [steps, batch, units] unless said otherwise; `packed` is what `pack` makes.
struct Sizes {
  int64_t steps, batch, inputs, units;
};

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

template <int width>
struct Vectors {
  typedef float Floats __attribute__((vector_size(width * 4), aligned(4)));
  typedef int32_t Ints __attribute__((vector_size(width * 4), aligned(4)));
};
template <int width>
using Floats = typename Vectors<width>::Floats;

// `count` floats, zeros after them.
template <int width>
HORNBEAM_INLINE Floats<width> load(const float* from, int count) {
  Floats<width> found = {};
  if (count >= width)
    std::memcpy(&found, from, width * 4);
  else
    for (int i = 0; i < count; i++) found[i] = from[i];
  return found;
}

template <int width>
HORNBEAM_INLINE void store(float* to, const Floats<width>& value, int count) {
  if (count >= width)
    std::memcpy(to, &value, width * 4);
  else
    for (int i = 0; i < count; i++) to[i] = value[i];
}

// eˣ = scale + rest, where scale is a power of two and rest is exact for small x.
template <int width>
HORNBEAM_INLINE void exponential(Floats<width> x, Floats<width>& scale, Floats<width>& rest) {
  using Ints = typename Vectors<width>::Ints;
  constexpr float round = 12582912.f;  // 1.5 · 2²³: what is added to it is rounded to whole numbers
  x = x < -87.f ? Floats<width>{} - 87.f : x;
  x = x > 87.f ? Floats<width>{} + 87.f : x;
  const Floats<width> shifted = x * 1.44269504f + round;
  const Floats<width> n = shifted - round;
  const Floats<width> r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
  Floats<width> p = r * (1 / 5040.f) + 1 / 720.f;
  p = p * r + 1 / 120.f;
  p = p * r + 1 / 24.f;
  p = p * r + 1 / 6.f;
  p = p * r + 0.5f;
  p = p * r * r + r;
  Ints bits;
  std::memcpy(&bits, &shifted, width * 4);
  bits = (bits + 127) << 23;
  std::memcpy(&scale, &bits, width * 4);
  rest = p * scale;
}

template <int width>
HORNBEAM_INLINE Floats<width> sigmoid(const Floats<width>& x) {
  Floats<width> scale, rest;
  exponential<width>(-x, scale, rest);
  return 1.f / (1.f + (scale + rest));
}

template <int width>
HORNBEAM_INLINE Floats<width> hyperbolic_tangent(const Floats<width>& x) {
  Floats<width> scale, rest;
  exponential<width>(x + x, scale, rest);
  const Floats<width> less_one = (scale - 1.f) + rest;
  // Beyond 43 its exponential is held at e⁸⁷, where the quotient is 1.
  return less_one / (less_one + 2.f);
}

// sums[r][v] += Σ a[r][k] · packed[k][v], over rows of `a` that begin `stride` apart.
template <int width, int rows, int columns>
HORNBEAM_INLINE void add_products(Floats<width> (&sums)[rows][columns], const float* a, int64_t stride,
                                  const float* packed, int64_t inner) {
  for (int64_t k = 0; k < inner; k++, packed += columns * width) {
    Floats<width> line[columns];
#pragma GCC unroll 4
    for (int v = 0; v < columns; v++) std::memcpy(&line[v], packed + v * width, width * 4);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
      for (int v = 0; v < columns; v++) sums[r][v] += line[v] * a[r * stride + k];
  }
}

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

// Rows of a block: as many as there are registers for, or nearly so, so that the last is not much shorter.
template <int width>
HORNBEAM_INLINE int64_t rows_of_block(int64_t left) {
  constexpr int64_t most = width == 16 ? 6 : 3;
  return left >= 2 * most ? most : left > most ? (left + 1) / 2 : left;
}

template <int width>
HORNBEAM_INLINE void run_forward(const Forward& of, int64_t steps, int64_t first, int64_t count) {
  for (int64_t t = 0; t < steps; t++)
    for (int64_t unit = 0; unit < of.units; unit += width)
      for (int64_t row = first, rows; row < first + count; row += rows) {
        rows = rows_of_block<width>(first + count - row);
        switch (rows) {
          case 1: step<width, 1>(of, t, row, unit); break;
          case 2: step<width, 2>(of, t, row, unit); break;
          case 3: step<width, 3>(of, t, row, unit); break;
          case 4: step<width, 4>(of, t, row, unit); break;
          case 5: step<width, 5>(of, t, row, unit); break;
          default: step<width, 6>(of, t, row, unit);
        }
      }
}

template <int width, int columns>
HORNBEAM_INLINE void block_back(const Backward& of, int64_t t, int64_t steps, int64_t first, int64_t count,
                                int64_t unit, float* db) {
  for (int64_t row = first, rows; row < first + count; row += rows) {
    rows = rows_of_block<width>(first + count - row);
    switch (rows) {
      case 1: step_back<width, 1, columns>(of, t, steps, row, unit, db); break;
      case 2: step_back<width, 2, columns>(of, t, steps, row, unit, db); break;
      case 3: step_back<width, 3, columns>(of, t, steps, row, unit, db); break;
      case 4: step_back<width, 4, columns>(of, t, steps, row, unit, db); break;
      case 5: step_back<width, 5, columns>(of, t, steps, row, unit, db); break;
      default: step_back<width, 6, columns>(of, t, steps, row, unit, db);
    }
  }
}

template <int width>
HORNBEAM_INLINE void run_backward(const Backward& of, int64_t steps, int64_t first, int64_t count, float* db) {
  for (int64_t t = steps - 1; t >= -1; t--)
    for (int64_t unit = 0; unit < of.units; unit += kColumns * width) {
      if (of.units - unit > (kColumns - 1) * width)
        block_back<width, kColumns>(of, t, steps, first, count, unit, db);
      else  // what is left, a vector at a time
        for (int64_t rest = unit; rest < of.units; rest += width)
          block_back<width, 1>(of, t, steps, first, count, rest, db);
    }
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

// For each block of units the recurrent weights turned over: [4 · units, units of the block], as `run_backward` cuts.
void pack_backward(const float* w, int64_t units, int64_t width, float* packed) {
  const int64_t wide = kGates * units;
  for (int64_t unit = 0, block; unit < units; unit += block) {
    block = units - unit > (kColumns - 1) * width ? kColumns * width : width;
    const int64_t count = std::min(block, units - unit);
    for (int64_t i = 0; i < block; i++)
      for (int64_t k = 0; k < wide; k++) packed[k * block + i] = i < count ? w[(unit + i) * wide + k] : 0;
    packed += wide * block;
  }
}

int64_t rounded_up(int64_t number, int64_t step) { return (number + step - 1) / step * step; }

Pieces pieces_of(const ffi::ThreadPool& pool, const Sizes& sizes) {
  const double work = 2.0 * sizes.steps * sizes.batch * kGates * sizes.units * (sizes.inputs + sizes.units);
  return Pieces(sizes.batch, std::max<int64_t>(1, std::min<int64_t>(threads_of(pool), work / kWorkOfTask)));
}

using Array = ffi::Buffer<ffi::F32>;
using Result = ffi::Result<Array>;
using Steps = ffi::Buffer<ffi::S32>;

// How many steps are taken; what belongs to those after them is zeros.
int64_t steps_of(const Steps& wanted, int64_t most) {
  return std::min<int64_t>(std::max<int64_t>(wanted.typed_data()[0], 0), most);
}

void clear_after(float* array, int64_t steps, const Sizes& sizes, int64_t of_row) {
  const int64_t of_step = sizes.batch * of_row;
  std::memset(array + steps * of_step, 0, sizeof(float) * (sizes.steps - steps) * of_step);
}

Sizes sizes_of(const Array& x, int64_t units) {
  const auto dims = x.dimensions();
  return {dims[0], dims[1], dims[2], units};
}

void place(int (&places)[kGates], int64_t forget) {
  const int chosen = static_cast<int>(forget);
  places[0] = 0, places[1] = chosen, places[2] = 3 - chosen, places[3] = 3;
}

// forget: whether the gates are in the order i f g o (1) or i g f o (2).
ffi::Error forward(ffi::ThreadPool pool, Steps wanted, Array x, Array c0, Array h0, Array w, Array b, Result i,
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
    const Pieces pieces = pieces_of(pool, of);
    run_tasks(pool, pieces.count,
              [&](int task) { chosen().forward(of, steps, pieces.begin(task), pieces.length_of(task)); });
  });
}

ffi::Error backward(ffi::ThreadPool pool, Steps wanted, Array x, Array c0, Array w, Array i, Array c, Array f, Array o,
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
    const Pieces pieces = pieces_of(pool, of);
    const int64_t volume = wide * rounded_up(units, width);
    auto* packed = static_cast<float*>(buffer_of_call().at_least(sizeof(float) * (volume + pieces.count * wide)));
    pack_backward(w.typed_data() + of.inputs * wide, units, width, packed);
    of.packed = packed;
    of.db = packed + volume;
    std::memset(of.db, 0, sizeof(float) * pieces.count * wide);
    run_tasks(pool, pieces.count, [&](int task) {
      chosen().backward(of, steps, pieces.begin(task), pieces.length_of(task), of.db + task * wide);
    });
    for (int gate = 0; gate < kGates; gate++) {
      float* total = db->typed_data() + of.places[gate] * units;
      for (int64_t unit = 0; unit < units; unit++) {
        total[unit] = of.db[gate * units + unit];
        for (int task = 1; task < pieces.count; task++) total[unit] += of.db[task * wide + gate * units + unit];
      }
    }
  });
}

}  // namespace
}  // namespace hornbeam

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_lstm, hornbeam::forward,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<hornbeam::Steps>()
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
                                  .Arg<hornbeam::Steps>()
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
