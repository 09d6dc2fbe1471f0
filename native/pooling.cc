// Pooling over images with the channels last, and its gradients. Sums are float32.
//
// A window's maximum has no number in the arrays that a gradient is given: the first element that equals the maximum
// is looked for again, which takes less than keeping where each was.
#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "lanes.h"
#include "tasks.h"
#include "types.h"

namespace hornbeam {
namespace {

constexpr int kSpace = 3;  // dimensions; one that images do not have is of size 1
constexpr int64_t kElementsOfTask = 1 << 14;

struct Range {
  int64_t begin, end;
  int64_t size() const { return std::max<int64_t>(end - begin, 0); }
};

// One dimension that windows slide along.
struct Axis {
  Axis(int64_t size, int64_t outputs, int64_t window, int64_t stride, int64_t before)
      : size(size), outputs(outputs), overlap(window > stride && outputs > 1) {
    for (int64_t o = 0; o < outputs; o++) {
      const int64_t at = o * stride - before;
      inside.push_back({std::max<int64_t>(at, 0), std::min(at + window, size)});
    }
    for (int64_t place = 0; place < size; place++) {
      const int64_t at = place + before, past = at - window;
      around.push_back({past < 0 ? 0 : past / stride + 1, std::min(at / stride + 1, outputs)});
    }
  }

  // Whether every place lies in a window.
  bool all_held() const {
    return std::all_of(around.begin(), around.end(), [](const Range& of) { return of.size() > 0; });
  }

  int64_t size, outputs;
  bool overlap;
  std::vector<Range> inside;  // the places in each window
  std::vector<Range> around;  // the windows that each place lies in
};

// How windows slide over images of [images, a, b, c, channels].
struct Windows {
  int64_t images, channels;
  Axis a, b, c;

  int64_t input(int64_t image, int64_t i, int64_t j, int64_t k) const {
    return (((image * a.size + i) * b.size + j) * c.size + k) * channels;
  }
  int64_t output(int64_t image, int64_t i, int64_t j, int64_t k) const {
    return (((image * a.outputs + i) * b.outputs + j) * c.outputs + k) * channels;
  }
  int64_t pixels() const { return a.size * b.size * c.size; }
  int64_t most_in_window() const { return most(a.inside) * most(b.inside) * most(c.inside); }
  int64_t most_around() const { return most(a.around) * most(b.around) * most(c.around); }

 private:
  static int64_t most(const std::vector<Range>& of) {
    int64_t found = 0;
    for (const Range& range : of) found = std::max(found, range.size());
    return found;
  }
};

// Where elements lie that belong to one pixel; kept by a task, so that nothing is allocated for a pixel.
using Places = std::vector<int64_t>;

// The elements of one window. Returns how many there are.
inline int64_t list_window(const Windows& w, int64_t image, int64_t oi, int64_t oj, int64_t ok, Places& places) {
  const Range a = w.a.inside[oi], b = w.b.inside[oj], c = w.c.inside[ok];
  int64_t n = 0;
  for (int64_t i = a.begin; i < a.end; i++)
    for (int64_t j = b.begin; j < b.end; j++)
      for (int64_t k = c.begin; k < c.end; k++) places[n++] = w.input(image, i, j, k);
  return n;
}

// One number for each channel of each of a row of windows, those whose first index is `row` in the image: what
// `take(so far, element)` makes of a window's elements, from `start` on, and `end(that, how many)` of it.
template <class T, class Take, class End>
HORNBEAM_INLINE void pool_loop(const Windows& w, const T* x, int64_t image, int64_t row, Places& places, Lanes start,
                               const Take& take, const End& end, T* y) {
  for (int64_t j = 0; j < w.b.outputs; j++)
    for (int64_t k = 0; k < w.c.outputs; k++) {
      const int64_t held = list_window(w, image, row, j, k, places);
      T* to = y + w.output(image, row, j, k);
      for (int64_t channel = 0; channel < w.channels; channel += kLanes) {
        const int count = lanes_from(channel, w.channels);
        Lanes found = start;
        for (int64_t n = 0; n < held; n++) found = take(found, loaded(x + places[n] + channel, count));
        store(end(found, held), count, to + channel);
      }
    }
}

// A maximum of what is not a number is NaN.
template <class T>
HORNBEAM_INLINE void maxima_loop(const Windows& w, const T* x, int64_t image, int64_t row, Places& places, T* y) {
  auto take = [](const Lanes& best, const Lanes& v) HORNBEAM_HERE {
    return chosen(Words(v > best) | Words(v != v), v, best);
  };
  pool_loop(w, x, image, row, places, Lanes{} - std::numeric_limits<float>::infinity(), take,
            [](const Lanes& best, int64_t) HORNBEAM_HERE { return best; }, y);
}

// Means of what of the windows lies in the image.
template <class T>
HORNBEAM_INLINE void means_loop(const Windows& w, const T* x, int64_t image, int64_t row, Places& places, T* y) {
  pool_loop(w, x, image, row, places, Lanes{},
            [](const Lanes& sum, const Lanes& v) HORNBEAM_HERE { return sum + v; },
            [](const Lanes& sum, int64_t held) HORNBEAM_HERE {
              return sum / static_cast<float>(std::max<int64_t>(held, 1));
            }, y);
}

// The gradient of the means, for one row of the image: a share of each window that an element lies in.
template <class T>
HORNBEAM_INLINE void shares_loop(const Windows& w, const T* dy, int64_t image, int64_t row, Places& places,
                                 std::vector<float>& shares, T* dx) {
  const Range a = w.a.around[row];
  for (int64_t pj = 0; pj < w.b.size; pj++)
    for (int64_t pk = 0; pk < w.c.size; pk++) {
      const Range b = w.b.around[pj], c = w.c.around[pk];
      int64_t held = 0;
      for (int64_t i = a.begin; i < a.end; i++)
        for (int64_t j = b.begin; j < b.end; j++)
          for (int64_t k = c.begin; k < c.end; k++) {
            shares[held] = 1.0f / (w.a.inside[i].size() * w.b.inside[j].size() * w.c.inside[k].size());
            places[held++] = w.output(image, i, j, k);
          }
      T* to = dx + w.input(image, row, pj, pk);
      for (int64_t channel = 0; channel < w.channels; channel += kLanes) {
        const int count = lanes_from(channel, w.channels);
        Lanes sum = {};
        for (int64_t n = 0; n < held; n++) sum += loaded(dy + places[n] + channel, count) * shares[n];
        store(sum, count, to + channel);
      }
    }
}

// The gradient of the maxima of one image, for channels [from, to): windows that overlap add what they give.
template <class T>
HORNBEAM_INLINE void at_maxima_loop(const Windows& w, const T* x, const T* y, const T* dy, int64_t image, int64_t from,
                                    int64_t to, bool overlap, Places& places, T* dx) {
  for (int64_t i = 0; i < w.a.outputs; i++)
    for (int64_t j = 0; j < w.b.outputs; j++)
      for (int64_t k = 0; k < w.c.outputs; k++) {
        const int64_t held = list_window(w, image, i, j, k, places), out = w.output(image, i, j, k);
        for (int64_t channel = from; channel < to; channel += kLanes) {
          const int count = lanes_from(channel, to);
          const Lanes best = loaded(y + out + channel, count);
          Lanes given = loaded(dy + out + channel, count);
          for (int64_t n = 0; n < held; n++) {
            const int64_t at = places[n] + channel;
            const Words hit = Words(loaded(x + at, count) == best);
            const Lanes got = chosen(hit, given, Lanes{});
            store(overlap ? loaded(dx + at, count) + got : got, count, dx + at);
            given = chosen(hit, Lanes{}, given);  // the first alone gets it
          }
        }
      }
}

#define HORNBEAM_LOOPS(T)                                                                                            \
  HORNBEAM_CLONES void maxima(const Windows& w, const T* x, int64_t image, int64_t row, Places& places, T* y) {     \
    maxima_loop(w, x, image, row, places, y);                                                                        \
  }                                                                                                                  \
  HORNBEAM_CLONES void means(const Windows& w, const T* x, int64_t image, int64_t row, Places& places, T* y) {      \
    means_loop(w, x, image, row, places, y);                                                                         \
  }                                                                                                                  \
  HORNBEAM_CLONES void shares(const Windows& w, const T* dy, int64_t image, int64_t row, Places& places,            \
                              std::vector<float>& shares, T* dx) {                                                   \
    shares_loop(w, dy, image, row, places, shares, dx);                                                              \
  }                                                                                                                  \
  HORNBEAM_CLONES void at_maxima(const Windows& w, const T* x, const T* y, const T* dy, int64_t image, int64_t from, \
                                 int64_t to, bool overlap, Places& places, T* dx) {                                  \
    if (overlap) at_maxima_loop(w, x, y, dy, image, from, to, true, places, dx);                                     \
    else at_maxima_loop(w, x, y, dy, image, from, to, false, places, dx);                                            \
  }

HORNBEAM_LOOPS(float)
HORNBEAM_LOOPS(uint16_t)

// Raises std::invalid_argument where the sizes do not belong together.
Windows windows(Numbers x, Numbers y, Numbers window, Numbers strides, Numbers before) {
  const size_t space = window.size();
  if (space > kSpace || x.size() != space + 2 || y.size() != space + 2 || strides.size() != space ||
      before.size() != space || x.front() != y.front() || x.back() != y.back())
    throw std::invalid_argument("pooling: windows of another rank than the images, or other images than pooled ones");
  auto axis = [&](size_t i) {
    if (i >= space) return Axis(1, 1, 1, 1, 0);
    if (window[i] < 1 || strides[i] < 1)
      throw std::invalid_argument("pooling: a window or a stride that is not positive");
    return Axis(x[i + 1], y[i + 1], window[i], strides[i], before[i]);
  };
  return {x.front(), x.back(), axis(0), axis(1), axis(2)};
}

int64_t tasks_of(ffi::ThreadPool& pool, int64_t elements) {
  return std::min<int64_t>(4 * threads_of(pool), elements / kElementsOfTask + 1);
}

// f(image, row, what a task keeps) for the rows of all images, in tasks. elements: of all rows.
template <class Keep, class F>
void each_row(ffi::ThreadPool& pool, int64_t images, int64_t rows, int64_t elements, const Keep& keep, const F& f) {
  const Pieces pieces(images * rows, tasks_of(pool, elements));
  run_tasks(pool, pieces.count, [&](int task) {
    auto kept = keep();
    for (int64_t at = pieces.begin(task), end = at + pieces.length_of(task); at < end; at++)
      f(at / rows, at % rows, kept);
  });
}

// f(image, first channel, end, places) for all images, in tasks: few images are cut by channels.
template <class F>
void each_image(ffi::ThreadPool& pool, const Windows& w, int64_t elements, const F& f) {
  const int64_t wanted = tasks_of(pool, elements);
  const Pieces images(w.images, wanted), channels(w.channels, wanted / w.images, kLanes);
  run_tasks(pool, images.count * channels.count, [&](int task) {
    const int i = task / channels.count, j = task % channels.count;
    Places places(w.most_in_window());
    for (int64_t image = images.begin(i), end = image + images.length_of(i); image < end; image++)
      f(image, channels.begin(j), channels.begin(j) + channels.length_of(j), places);
  });
}

// go(arrays...) with the arrays' own type of elements.
template <class Go, class... Arrays>
void typed(ffi::DataType type, const Go& go, Arrays*... arrays) {
  if (type_of(type) == Type::bf16) go(static_cast<uint16_t*>(arrays)...);
  else go(static_cast<float*>(arrays)...);
}

template <bool maximum>
ffi::Error pool_handler(ffi::ThreadPool pool, ffi::AnyBuffer x, ffi::Result<ffi::AnyBuffer> y, Numbers window,
                        Numbers strides, Numbers before) {
  return guarded([&] {
    const Windows w = windows(x.dimensions(), y->dimensions(), window, strides, before);
    if (!y->element_count()) return;
    typed(x.element_type(), [&](auto* from, auto* to) {
      each_row(pool, w.images, w.a.outputs, x.element_count(), [&] { return Places(w.most_in_window()); },
               [&](int64_t image, int64_t row, Places& places) {
                 if (maximum) maxima(w, from, image, row, places, to);
                 else means(w, from, image, row, places, to);
               });
    }, x.untyped_data(), y->untyped_data());
  });
}

ffi::Error max_pool_gradient(ffi::ThreadPool pool, ffi::AnyBuffer x, ffi::AnyBuffer y, ffi::AnyBuffer dy,
                             ffi::Result<ffi::AnyBuffer> dx, Numbers window, Numbers strides, Numbers before) {
  return guarded([&] {
    const Windows w = windows(x.dimensions(), y.dimensions(), window, strides, before);
    if (dy.element_count() != y.element_count() || dx->element_count() != x.element_count())
      throw std::invalid_argument("pooling: another gradient than of what was pooled");
    if (!x.element_count()) return;
    const bool overlap = w.a.overlap || w.b.overlap || w.c.overlap;
    const bool clear = overlap || !(w.a.all_held() && w.b.all_held() && w.c.all_held());
    typed(x.element_type(), [&](auto* from, auto* best, auto* given, auto* to) {
      each_image(pool, w, x.element_count(), [&](int64_t image, int64_t first, int64_t end, Places& places) {
        for (int64_t p = 0; clear && p < w.pixels(); p++) {
          auto* pixel = to + (image * w.pixels() + p) * w.channels;
          std::fill(pixel + first, pixel + end, 0);
        }
        at_maxima(w, from, best, given, image, first, end, overlap, places, to);
      });
    }, x.untyped_data(), y.untyped_data(), dy.untyped_data(), dx->untyped_data());
  });
}

ffi::Error average_pool_gradient(ffi::ThreadPool pool, ffi::AnyBuffer dy, ffi::Result<ffi::AnyBuffer> dx,
                                 Numbers window, Numbers strides, Numbers before) {
  return guarded([&] {
    const Windows w = windows(dx->dimensions(), dy.dimensions(), window, strides, before);
    if (!dx->element_count()) return;
    typed(dy.element_type(), [&](auto* given, auto* to) {
      auto keep = [&] { return std::pair(Places(w.most_around()), std::vector<float>(w.most_around())); };
      each_row(pool, w.images, w.a.size, dx->element_count(), keep, [&](int64_t image, int64_t row, auto& kept) {
        shares(w, given, image, row, kept.first, kept.second, to);
      });
    }, dy.untyped_data(), dx->untyped_data());
  });
}

constexpr auto max_pool = pool_handler<true>;
constexpr auto average_pool = pool_handler<false>;

}  // namespace
}  // namespace hornbeam

#define HORNBEAM_POOLING(symbol, handler, arguments)                             \
  XLA_FFI_DEFINE_HANDLER_SYMBOL(symbol, handler,                                 \
                                xla::ffi::Ffi::Bind()                            \
                                    .Ctx<xla::ffi::ThreadPool>() arguments       \
                                    .Ret<xla::ffi::AnyBuffer>()                  \
                                    .Attr<hornbeam::Numbers>("window")           \
                                    .Attr<hornbeam::Numbers>("strides")          \
                                    .Attr<hornbeam::Numbers>("before"))
#define HORNBEAM_ONE .Arg<xla::ffi::AnyBuffer>()

HORNBEAM_POOLING(hornbeam_max_pool, hornbeam::max_pool, HORNBEAM_ONE);
HORNBEAM_POOLING(hornbeam_max_pool_gradient, hornbeam::max_pool_gradient, HORNBEAM_ONE HORNBEAM_ONE HORNBEAM_ONE);
HORNBEAM_POOLING(hornbeam_average_pool, hornbeam::average_pool, HORNBEAM_ONE);
HORNBEAM_POOLING(hornbeam_average_pool_gradient, hornbeam::average_pool_gradient, HORNBEAM_ONE);
