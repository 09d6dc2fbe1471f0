// Sums over rows; batch normalisation in training, and its gradient: x is [rows, channels], what belongs to a channel is
// float32.
//
// Rows are cut into pieces that stay in the cache. Each is summed by itself, and its squares around its own mean; the
// sums of the pieces are then put together in double precision (Chan, Golub and LeVeque 1983), in their order: the bits
// do not depend on the threads.
#include <algorithm>
#include <cmath>
#include <vector>

#include "lanes.h"
#include "tasks.h"
#include "types.h"

namespace hornbeam {
namespace {

constexpr int64_t kElementsOfPiece = 1 << 14;
constexpr int64_t kFewestRows = 64;  // of a piece

// Σ of f(row) over rows, for the lanes from one channel on. Four sums side by side: an addition takes as many cycles.
template <class F>
HORNBEAM_INLINE Lanes sum_of_rows(int64_t rows, const F& f) {
  Lanes sums[4] = {};
  int64_t r = 0;
  for (; r + 4 <= rows; r += 4)
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) sums[i] += f(r + i);
  for (; r < rows; r++) sums[0] += f(r);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// A piece's means, and its sums of squares around them.
template <class T>
HORNBEAM_INLINE void moments_loop(const T* x, int64_t rows, int64_t channels, float* means, float* squares) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    const int count = lanes_from(c, channels);
    auto row = [&](int64_t r) HORNBEAM_HERE { return loaded(x + r * channels + c, count); };
    const Lanes mean = sum_of_rows(rows, row) / static_cast<float>(rows);
    const Lanes square = sum_of_rows(rows, [&](int64_t r) HORNBEAM_HERE {
      const Lanes d = row(r) - mean;
      return d * d;
    });
    store(mean, count, means + c);
    store(square, count, squares + c);
  }
}

// (x - mean) · factor + offset.
template <class T>
HORNBEAM_INLINE void normalize_loop(const T* x, int64_t rows, int64_t channels, const float* mean, const float* factor,
                                    const float* offset, T* y) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    const int count = lanes_from(c, channels);
    Lanes m, f, o;
    load(mean + c, count, m), load(factor + c, count, f), load(offset + c, count, o);
    for (int64_t r = 0; r < rows; r++) {
      Lanes v;
      load(x + r * channels + c, count, v);
      store((v - m) * f + o, count, y + r * channels + c);
    }
  }
}

// A piece's Σ x.
template <class T>
HORNBEAM_INLINE void sums_loop(const T* x, int64_t rows, int64_t channels, float* sums) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    const int count = lanes_from(c, channels);
    auto row = [&](int64_t r) HORNBEAM_HERE { return loaded(x + r * channels + c, count); };
    store(sum_of_rows(rows, row), count, sums + c);
  }
}

// A piece's Σ dy and Σ dy · (x - mean).
template <class T>
HORNBEAM_INLINE void products_loop(const T* dy, const T* x, int64_t rows, int64_t channels, const float* mean,
                                   float* sums, float* products) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    const int count = lanes_from(c, channels);
    Lanes m;
    load(mean + c, count, m);
    auto of = [&](const T* from, int64_t r) HORNBEAM_HERE { return loaded(from + r * channels + c, count); };
    store(sum_of_rows(rows, [&](int64_t r) HORNBEAM_HERE { return of(dy, r); }), count, sums + c);
    store(sum_of_rows(rows, [&](int64_t r) HORNBEAM_HERE { return of(dy, r) * (of(x, r) - m); }),
          count, products + c);
  }
}

// (dy - mean_dy) · of_dy + (x - mean) · of_x.
template <class T>
HORNBEAM_INLINE void gradient_loop(const T* dy, const T* x, int64_t rows, int64_t channels, const float* mean,
                                   const float* mean_dy, const float* of_dy, const float* of_x, T* dx) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    const int count = lanes_from(c, channels);
    Lanes m, p, q, k;
    load(mean + c, count, m), load(mean_dy + c, count, k), load(of_dy + c, count, p), load(of_x + c, count, q);
    for (int64_t r = 0; r < rows; r++) {
      Lanes d, v;
      load(dy + r * channels + c, count, d), load(x + r * channels + c, count, v);
      store((d - k) * p + (v - m) * q, count, dx + r * channels + c);
    }
  }
}

#define HORNBEAM_LOOPS(T)                                                                                             \
  HORNBEAM_CLONES void moments(const T* x, int64_t rows, int64_t channels, float* means, float* squares) {           \
    moments_loop(x, rows, channels, means, squares);                                                                  \
  }                                                                                                                   \
  HORNBEAM_CLONES void sum(const T* x, int64_t rows, int64_t channels, float* sums) {                                 \
    sums_loop(x, rows, channels, sums);                                                                              \
  }                                                                                                                  \
  HORNBEAM_CLONES void normalize(const T* x, int64_t rows, int64_t channels, const float* mean, const float* factor, \
                                 const float* offset, T* y) {                                                         \
    normalize_loop(x, rows, channels, mean, factor, offset, y);                                                       \
  }                                                                                                                   \
  HORNBEAM_CLONES void products(const T* dy, const T* x, int64_t rows, int64_t channels, const float* mean,          \
                                float* sums, float* products) {                                                       \
    products_loop(dy, x, rows, channels, mean, sums, products);                                                       \
  }                                                                                                                   \
  HORNBEAM_CLONES void gradient(const T* dy, const T* x, int64_t rows, int64_t channels, const float* mean,          \
                                const float* mean_dy, const float* of_dy, const float* of_x, T* dx) {                \
    gradient_loop(dy, x, rows, channels, mean, mean_dy, of_dy, of_x, dx);                                            \
  }

HORNBEAM_LOOPS(float)
HORNBEAM_LOOPS(uint16_t)

// The rows of one call, cut up, and two numbers a piece and channel.
class Rows {
 public:
  Rows(int64_t elements, int64_t channels)
      : channels(channels), rows(channels ? elements / channels : 0),
        pieces_(rows, (rows + rows_of_piece() - 1) / rows_of_piece()), first_(pieces_.count * channels),
        second_(pieces_.count * channels) {}

  // task(first row, number of rows, both numbers of the piece).
  template <class Task>
  void run(ffi::ThreadPool& pool, const Task& task) {
    const Pieces tasks(pieces_.count, 4 * threads_of(pool));
    run_tasks(pool, tasks.count, [&](int t) {
      for (int64_t i = tasks.begin(t), end = i + tasks.length_of(t); i < end; i++)
        task(pieces_.begin(i), pieces_.length_of(i), &first_[i * channels], &second_[i * channels]);
    });
  }

  // The mean of channel c, and the sum of squares around it, from the pieces' own.
  void together(int64_t c, double& mean, double& square) const {
    double count = 0;
    mean = square = 0;
    for (int i = 0; i < pieces_.count; i++) {
      const double more = pieces_.length_of(i), all = count + more, apart = first_[i * channels + c] - mean;
      square += second_[i * channels + c] + apart * apart * count * more / all;
      mean += apart * more / all;
      count = all;
    }
  }

  // The sums of both numbers of channel c.
  void sums(int64_t c, double& first, double& second) const {
    first = second = 0;
    for (int i = 0; i < pieces_.count; i++) {
      first += first_[i * channels + c];
      second += second_[i * channels + c];
    }
  }

  const int64_t channels, rows;

 private:
  int64_t rows_of_piece() const { return std::max(kFewestRows, kElementsOfPiece / std::max<int64_t>(channels, 1)); }

  const Pieces pieces_;
  std::vector<float> first_, second_;
};

using Vector = ffi::Buffer<ffi::F32, 1>;
using Matrix = ffi::Buffer<ffi::F32, 2>;

template <class T>
void normalized(ffi::ThreadPool& pool, Rows& all, const T* x, const float* scale, const float* offset, float epsilon,
                T* y, float* mean, float* variance) {
  all.run(pool, [&](int64_t at, int64_t rows, float* means, float* squares) {
    moments(x + at * all.channels, rows, all.channels, means, squares);
  });
  std::vector<float> factor(all.channels);
  for (int64_t c = 0; c < all.channels; c++) {
    double middle, square;
    all.together(c, middle, square);
    mean[c] = middle;
    variance[c] = square / all.rows;
    factor[c] = scale[c] / std::sqrt(variance[c] + epsilon);
  }
  all.run(pool, [&](int64_t at, int64_t rows, float*, float*) {
    normalize(x + at * all.channels, rows, all.channels, mean, factor.data(), offset, y + at * all.channels);
  });
}

template <class T>
void gradients(ffi::ThreadPool& pool, Rows& all, const T* dy, const T* x, const float* scale, const float* mean,
               const float* variance, float epsilon, T* dx, float* dscale, float* doffset) {
  all.run(pool, [&](int64_t at, int64_t rows, float* sums, float* with_x) {
    products(dy + at * all.channels, x + at * all.channels, rows, all.channels, mean, sums, with_x);
  });
  std::vector<float> mean_dy(all.channels), of_dy(all.channels), of_x(all.channels);
  for (int64_t c = 0; c < all.channels; c++) {
    double sum, with_x;
    all.sums(c, sum, with_x);
    const double root = 1 / std::sqrt(static_cast<double>(variance[c]) + epsilon);
    doffset[c] = sum;
    dscale[c] = with_x * root;
    of_dy[c] = root * scale[c];
    of_x[c] = -root * scale[c] * with_x * root * root / all.rows;
    mean_dy[c] = sum / all.rows;
  }
  all.run(pool, [&](int64_t at, int64_t rows, float*, float*) {
    gradient(dy + at * all.channels, x + at * all.channels, rows, all.channels, mean, mean_dy.data(),
             of_dy.data(), of_x.data(), dx + at * all.channels);
  });
}

template <class T>
void summed(ffi::ThreadPool& pool, Rows& all, const T* x, float* y) {
  all.run(pool, [&](int64_t at, int64_t rows, float* sums, float*) {
    sum(x + at * all.channels, rows, all.channels, sums);
  });
  for (int64_t c = 0; c < all.channels; c++) {
    double total, none;
    all.sums(c, total, none);
    y[c] = total;
  }
}

bool are_of(int64_t channels, std::initializer_list<size_t> counts) {
  return channels > 0 && std::all_of(counts.begin(), counts.end(), [&](size_t n) { return int64_t(n) == channels; });
}

ffi::Error sum_rows(ffi::ThreadPool pool, Matrix x, ffi::Result<Vector> y) {
  Rows all(x.element_count(), y->element_count());
  if (!are_of(all.channels, {size_t(x.dimensions()[1])})) return ffi::Error::InvalidArgument("not one sum a column");
  return guarded([&] { summed(pool, all, x.typed_data(), y->typed_data()); });
}

// Results: y; the mean and the variance of each channel, the latter divided by the number of rows.
ffi::Error batch_norm(ffi::ThreadPool pool, ffi::AnyBuffer x, Vector scale, Vector offset,
                      ffi::Result<ffi::AnyBuffer> y, ffi::Result<Vector> mean, ffi::Result<Vector> variance,
                      float epsilon) {
  Rows all(x.element_count(), scale.element_count());
  if (!are_of(all.channels, {offset.element_count(), mean->element_count(), variance->element_count()}))
    return ffi::Error::InvalidArgument("not one number a channel");
  return guarded([&] {
    auto go = [&](auto* from, auto* to) {
      normalized(pool, all, from, scale.typed_data(), offset.typed_data(), epsilon, to, mean->typed_data(),
                 variance->typed_data());
    };
    if (type_of(x.element_type()) == Type::bf16)
      go(static_cast<const uint16_t*>(x.untyped_data()), static_cast<uint16_t*>(y->untyped_data()));
    else
      go(static_cast<const float*>(x.untyped_data()), static_cast<float*>(y->untyped_data()));
  });
}

// Results: the gradients of x, scale and offset.
ffi::Error batch_norm_gradient(ffi::ThreadPool pool, ffi::AnyBuffer dy, ffi::AnyBuffer x, Vector scale, Vector mean,
                               Vector variance, ffi::Result<ffi::AnyBuffer> dx, ffi::Result<Vector> dscale,
                               ffi::Result<Vector> doffset, float epsilon) {
  Rows all(x.element_count(), scale.element_count());
  if (!are_of(all.channels, {mean.element_count(), variance.element_count(), dscale->element_count(),
                             doffset->element_count()}) || dy.element_count() != x.element_count())
    return ffi::Error::InvalidArgument("not one number a channel, or another gradient than of y");
  return guarded([&] {
    auto go = [&](auto* grad, auto* from, auto* to) {
      gradients(pool, all, grad, from, scale.typed_data(), mean.typed_data(), variance.typed_data(), epsilon, to,
                dscale->typed_data(), doffset->typed_data());
    };
    if (type_of(x.element_type()) == Type::bf16)
      go(static_cast<const uint16_t*>(dy.untyped_data()), static_cast<const uint16_t*>(x.untyped_data()),
         static_cast<uint16_t*>(dx->untyped_data()));
    else
      go(static_cast<const float*>(dy.untyped_data()), static_cast<const float*>(x.untyped_data()),
         static_cast<float*>(dx->untyped_data()));
  });
}

}  // namespace
}  // namespace hornbeam

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_sum_rows, hornbeam::sum_rows,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<hornbeam::Matrix>()
                                  .Ret<hornbeam::Vector>());

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_batch_norm, hornbeam::batch_norm,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<xla::ffi::AnyBuffer>()
                                  .Arg<hornbeam::Vector>()
                                  .Arg<hornbeam::Vector>()
                                  .Ret<xla::ffi::AnyBuffer>()
                                  .Ret<hornbeam::Vector>()
                                  .Ret<hornbeam::Vector>()
                                  .Attr<float>("epsilon"));

XLA_FFI_DEFINE_HANDLER_SYMBOL(hornbeam_batch_norm_gradient, hornbeam::batch_norm_gradient,
                              xla::ffi::Ffi::Bind()
                                  .Ctx<xla::ffi::ThreadPool>()
                                  .Arg<xla::ffi::AnyBuffer>()
                                  .Arg<xla::ffi::AnyBuffer>()
                                  .Arg<hornbeam::Vector>()
                                  .Arg<hornbeam::Vector>()
                                  .Arg<hornbeam::Vector>()
                                  .Ret<xla::ffi::AnyBuffer>()
                                  .Ret<hornbeam::Vector>()
                                  .Ret<hornbeam::Vector>()
                                  .Attr<float>("epsilon"));
