// Convolutions of images by 3 × 3 filters with a quarter of the multiplications (Winograd; Lavin and Gray 2016).
//
// Images are cut into tiles of 4 × 4 results, each from 6 × 6 pixels. A tile and a filter, transformed, are multiplied
// number by number, so that each of the 36 places is one product of matrices, [tiles, in] by [in, out]. The tiles of a
// task stay in its core's cache on their way through the three steps.
//
// The transforms evaluate polynomials at 0, ±3/4, ±3/2 and ∞: their rounding errors are half of those at 0, ±1, ±2, ∞,
// and about five times those of the sums written out. A pixel that is not finite would spoil its whole tiles: where a
// result is not, the caller is told to have the sums written out.
#include "winograd.h"

#include <algorithm>
#include <atomic>
#include <type_traits>
#include <vector>

#include "lanes.h"
#include "onednn.h"

namespace hornbeam {
namespace {

using dims = dnnl::memory::dims;
using layout = dnnl::memory::desc;

constexpr int kTile = 4, kFilter = 3, kWide = kTile + kFilter - 1, kPlaces = kWide * kWide;
constexpr float kA = 0.75f, kB = 1.5f, kA2 = kA * kA, kB2 = kB * kB;
constexpr int64_t kCache = 3 << 18;  // bytes of transformed tiles that a task works on at once
constexpr int64_t kFewestTiles = 24, kMostTiles = 256;

// Six numbers from six: those of a tile's pixels.
HORNBEAM_INLINE void of_pixels(const Lanes (&d)[kWide], Lanes (&v)[kWide]) {
  const Lanes even_a = d[4] - kB2 * d[2], odd_a = kA * (d[3] - kB2 * d[1]);
  const Lanes even_b = d[4] - kA2 * d[2], odd_b = kB * (d[3] - kA2 * d[1]);
  v[0] = d[4] - (kA2 + kB2) * d[2] + kA2 * kB2 * d[0];
  v[1] = even_a + odd_a, v[2] = even_a - odd_a;
  v[3] = even_b + odd_b, v[4] = even_b - odd_b;
  v[5] = d[5] - (kA2 + kB2) * d[3] + kA2 * kB2 * d[1];
}

// Six from three: a filter's.
HORNBEAM_INLINE void of_filter(const Lanes (&g)[kFilter], Lanes (&u)[kWide]) {
  constexpr float at_a = 1 / (2 * kA2 * (kA2 - kB2)), at_b = 1 / (2 * kB2 * (kB2 - kA2));
  const Lanes even_a = (g[0] + kA2 * g[2]) * at_a, odd_a = (kA * at_a) * g[1];
  const Lanes even_b = (g[0] + kB2 * g[2]) * at_b, odd_b = (kB * at_b) * g[1];
  u[0] = g[0] / (kA2 * kB2);
  u[1] = even_a + odd_a, u[2] = even_a - odd_a;
  u[3] = even_b + odd_b, u[4] = even_b - odd_b;
  u[5] = g[2];
}

// Three from six: the transpose of that, for a filter's gradient.
HORNBEAM_INLINE void to_filter(const Lanes (&u)[kWide], Lanes (&g)[kFilter]) {
  constexpr float at_a = 1 / (2 * kA2 * (kA2 - kB2)), at_b = 1 / (2 * kB2 * (kB2 - kA2));
  const Lanes sum_a = (u[1] + u[2]) * at_a, sum_b = (u[3] + u[4]) * at_b;
  g[0] = u[0] / (kA2 * kB2) + sum_a + sum_b;
  g[1] = (kA * at_a) * (u[1] - u[2]) + (kB * at_b) * (u[3] - u[4]);
  g[2] = kA2 * sum_a + kB2 * sum_b + u[5];
}

// Four from six: the results of a tile.
HORNBEAM_INLINE void to_results(const Lanes (&m)[kWide], Lanes (&y)[kTile]) {
  const Lanes even_a = m[1] + m[2], odd_a = m[1] - m[2], even_b = m[3] + m[4], odd_b = m[3] - m[4];
  y[0] = m[0] + even_a + even_b;
  y[1] = kA * odd_a + kB * odd_b;
  y[2] = kA2 * even_a + kB2 * even_b;
  y[3] = (kA * kA2) * odd_a + (kB * kB2) * odd_b + m[5];
}

// Six from four: the transpose of that, for the gradient of a tile's results.
HORNBEAM_INLINE void of_results(const Lanes (&y)[kTile], Lanes (&m)[kWide]) {
  const Lanes even_a = y[0] + kA2 * y[2], odd_a = kA * y[1] + (kA * kA2) * y[3];
  const Lanes even_b = y[0] + kB2 * y[2], odd_b = kB * y[1] + (kB * kB2) * y[3];
  m[0] = y[0];
  m[1] = even_a + odd_a, m[2] = even_a - odd_a;
  m[3] = even_b + odd_b, m[4] = even_b - odd_b;
  m[5] = y[3];
}

// A transform of the columns and then of the rows of a square: take(i, j) gives its numbers, give(i, j, number) gets
// those of the result.
template <int from, int to, class Take, class Transform, class Give>
HORNBEAM_INLINE void both_ways(const Take& take, const Transform& transform, const Give& give) {
  Lanes half[to][from];
#pragma GCC unroll 6
  for (int j = 0; j < from; j++) {
    Lanes column[from], made[to];
#pragma GCC unroll 6
    for (int i = 0; i < from; i++) column[i] = take(i, j);
    transform(column, made);
#pragma GCC unroll 6
    for (int i = 0; i < to; i++) half[i][j] = made[i];
  }
#pragma GCC unroll 6
  for (int i = 0; i < to; i++) {
    Lanes made[to];
    transform(half[i], made);
#pragma GCC unroll 6
    for (int j = 0; j < to; j++) give(i, j, made[j]);
  }
}

HORNBEAM_INLINE bool is_zero(const Lanes& lanes) {
  bool all = true;
  for (int i = 0; i < kLanes; i++) all &= lanes[i] == 0;
  return all;
}

// How results are cut into tiles.
struct Tiling {
  explicit Tiling(const Images& results)
      : down((results.height + kTile - 1) / kTile), across((results.width + kTile - 1) / kTile),
        count(results.count * down * across) {}

  int64_t down, across, count;
};

// Where in an image a tile begins, which may lie outside of it.
struct Part {
  Part(const Images& images, const Tiling& tiling, int64_t tile, int64_t top, int64_t left) {
    const int64_t in_image = tile % (tiling.down * tiling.across);
    image = tile / (tiling.down * tiling.across);
    row = in_image / tiling.across * kTile - top;
    column = in_image % tiling.across * kTile - left;
    at = ((image * images.height + row) * images.width + column) * images.channels;
    step = images.width * images.channels;
  }

  // Whether so many pixels from there on, both ways, lie in the image.
  bool holds(const Images& images, int size) const {
    return row >= 0 && column >= 0 && row + size <= images.height && column + size <= images.width;
  }

  int64_t image, row, column, at, step;
};

// f(count) for the channels from one on; a constant where they fill all lanes, so that the compiler unrolls f.
template <class F>
HORNBEAM_INLINE void with_lanes(int64_t channel, int64_t channels, const F& f) {
  const int count = lanes_from(channel, channels);
  if (count == kLanes) f(std::integral_constant<int, kLanes>());
  else f(count);
}

// A square of pixels at the edge of an image, copied, with zeros where it lies outside.
template <int size, class Count>
HORNBEAM_INLINE void copy_part(const float* x, const Images& images, const Part& part, int64_t channel, Count count,
                               float (&square)[size][size][kLanes]) {
  for (int i = 0; i < size; i++)
    for (int j = 0; j < size; j++) {
      const int64_t row = part.row + i, column = part.column + j;
      const bool inside = row >= 0 && row < images.height && column >= 0 && column < images.width;
      const float* from = x + part.at + i * part.step + j * images.channels + channel;
      store(inside ? loaded(from, count) : Lanes{}, kLanes, square[i][j]);
    }
}

// Transformed tiles [places, tiles, channels], from `first` on, of what images hold. Places lie `stride` apart.
template <int size, class Transform>
HORNBEAM_INLINE void tiles_loop(const float* x, const Images& images, const Tiling& tiling, int64_t top, int64_t left,
                                int64_t first, int64_t many, int64_t stride, float* to, const Transform& transform) {
  for (int64_t t = 0; t < many; t++) {
    const Part part(images, tiling, first + t, top, left);
    const bool whole = part.holds(images, size);
    for (int64_t channel = 0; channel < images.channels; channel += kLanes) {
      float square[size][size][kLanes];
      const float* from = whole ? x + part.at + channel : square[0][0];
      const int64_t row = whole ? part.step : size * kLanes, pixel = whole ? images.channels : kLanes;
      float* place = to + t * images.channels + channel;
      with_lanes(channel, images.channels, [&](auto count) HORNBEAM_HERE {
        if (!whole) copy_part(x, images, part, channel, count, square);
        auto take = [&](int i, int j) HORNBEAM_HERE { return loaded(from + i * row + j * pixel, count); };
        both_ways<size, kWide>(take, transform, [&](int i, int j, const Lanes& v) HORNBEAM_HERE {
          store(v, count, place + (i * kWide + j) * stride);
        });
      });
    }
  }
}

HORNBEAM_CLONES void transform_pixels(const float* x, const Images& images, const Tiling& tiling, int64_t top,
                                      int64_t left, int64_t first, int64_t many, int64_t stride, float* to) {
  tiles_loop<kWide>(x, images, tiling, top, left, first, many, stride, to,
                    [](const Lanes (&d)[kWide], Lanes (&v)[kWide]) HORNBEAM_HERE { of_pixels(d, v); });
}

HORNBEAM_CLONES void transform_gradients(const float* dy, const Images& images, const Tiling& tiling, int64_t first,
                                         int64_t many, int64_t stride, float* to) {
  tiles_loop<kTile>(dy, images, tiling, 0, 0, first, many, stride, to,
                    [](const Lanes (&d)[kTile], Lanes (&v)[kWide]) HORNBEAM_HERE { of_results(d, v); });
}

// The results of tiles, from their products, finished. Returns whether they were finite before.
HORNBEAM_CLONES bool transform_products(const float* from, int64_t stride, const Images& images, const Tiling& tiling,
                                        int64_t first, int64_t many, const Finish& finish, float* y) {
  Lanes zero = {};  // until something is not finite
  for (int64_t t = 0; t < many; t++) {
    const Part part(images, tiling, first + t, 0, 0);
    const int64_t rows = std::min<int64_t>(kTile, images.height - part.row);
    const int64_t columns = std::min<int64_t>(kTile, images.width - part.column);
    for (int64_t channel = 0; channel < images.channels; channel += kLanes)
      with_lanes(channel, images.channels, [&](auto count) HORNBEAM_HERE {
        const float* place = from + t * images.channels + channel;
        auto take = [&](int i, int j) HORNBEAM_HERE { return loaded(place + (i * kWide + j) * stride, count); };
        auto transform = [](const Lanes (&m)[kWide], Lanes (&r)[kTile]) HORNBEAM_HERE { to_results(m, r); };
        both_ways<kWide, kTile>(take, transform, [&](int i, int j, const Lanes& v) HORNBEAM_HERE {
          if (i >= rows || j >= columns) return;
          zero += v - v;
          store(v, count, y + part.at + i * part.step + j * images.channels + channel);
        });
      });
    for (int i = 0; finish && i < rows; i++)
      finish(Type::f32, y, 4 * (part.at + i * part.step), columns, images.channels);
  }
  return is_zero(zero);
}

// Filters [3, 3, in, out] transformed, [places, in, out], for a range of `in`.
HORNBEAM_CLONES void transform_filters(const float* w, int64_t in, int64_t out, int64_t first, int64_t many,
                                       float* to) {
  for (int64_t c = first; c < first + many; c++)
    for (int64_t k = 0; k < out; k += kLanes) {
      const int count = lanes_from(k, out);
      auto take = [&](int i, int j) HORNBEAM_HERE { return loaded(w + ((i * kFilter + j) * in + c) * out + k, count); };
      auto transform = [](const Lanes (&g)[kFilter], Lanes (&u)[kWide]) HORNBEAM_HERE { of_filter(g, u); };
      both_ways<kFilter, kWide>(take, transform, [&](int i, int j, const Lanes& v) HORNBEAM_HERE {
        store(v, count, to + ((i * kWide + j) * in + c) * out + k);
      });
    }
}

// Filters' gradients, from sums over tiles: `parts` of them [places, in, out], `apart` numbers apart. Returns whether
// they are finite.
HORNBEAM_CLONES bool transform_sums(const float* sums, int64_t parts, int64_t apart, int64_t in, int64_t out,
                                    int64_t first, int64_t many, float* dw) {
  Lanes zero = {};
  for (int64_t c = first; c < first + many; c++)
    for (int64_t k = 0; k < out; k += kLanes) {
      const int count = lanes_from(k, out);
      auto take = [&](int i, int j) HORNBEAM_HERE {
        const float* place = sums + ((i * kWide + j) * in + c) * out + k;
        Lanes sum = loaded(place, count);
        for (int64_t p = 1; p < parts; p++) sum += loaded(place + p * apart, count);
        return sum;
      };
      auto transform = [](const Lanes (&u)[kWide], Lanes (&g)[kFilter]) HORNBEAM_HERE { to_filter(u, g); };
      both_ways<kWide, kFilter>(take, transform, [&](int i, int j, const Lanes& v) HORNBEAM_HERE {
        zero += v - v;
        store(v, count, dw + ((i * kFilter + j) * in + c) * out + k);
      });
    }
  return is_zero(zero);
}

// Filters [3, 3, out, in] turned around in all ways to [3, 3, in, out], for a range of `in`.
void turn_filters(const float* w, int64_t in, int64_t out, int64_t first, int64_t many, float* to) {
  for (int place = 0; place < kFilter * kFilter; place++) {
    const float* from = w + (kFilter * kFilter - 1 - place) * in * out;
    for (int64_t c = first; c < first + many; c++)
      for (int64_t k = 0; k < out; k++) to[(place * in + c) * out + k] = from[k * in + c];
  }
}

// 36 products of matrices.
struct Products {
  layout a, b, b_given, y, scratch, scratch_of_move;
  dnnl::primitive primitive, move;
  bool moves = false;
};

Cache<Products>& kept_products() {
  static auto* kept = new Cache<Products>();  // never destroyed: threads of the pool may outlive static objects
  return *kept;
}

// Places of tiles lie a little apart from multiples of a page, which would share one set of the first cache.
int64_t stride_of(int64_t tiles, int64_t channels) { return (tiles * channels + kLanes - 1) / kLanes * kLanes + kLanes; }

// [tiles, in] by [in, out], which are the filters' and are moved to where oneDNN wants them. most: tiles of a buffer.
std::shared_ptr<const Products> of_tiles(int64_t tiles, int64_t most, int64_t in, int64_t out) {
  Key key;
  for (int64_t n : {int64_t(0), tiles, most, in, out}) key.add(n);
  return kept_products().get(key, [&] {
    Products made;
    const auto f32 = dnnl::memory::data_type::f32;
    made.a = layout({kPlaces, tiles, in}, f32, dims{stride_of(most, in), in, 1});
    made.b_given = layout({kPlaces, in, out}, f32, dims{in * out, out, 1});
    made.y = layout({kPlaces, tiles, out}, f32, dims{stride_of(most, out), out, 1});
    const layout any({kPlaces, in, out}, f32, dnnl::memory::format_tag::any);
    dnnl::matmul::primitive_desc description(engine(), made.a, any, made.y, attributes());
    made.b = description.weights_desc();
    made.scratch = description.scratchpad_desc();
    made.primitive = dnnl::matmul(description);
    made.moves = made.b != made.b_given;
    if (made.moves) {
      dnnl::reorder::primitive_desc move(engine(), made.b_given, engine(), made.b, attributes());
      made.scratch_of_move = move.scratchpad_desc();
      made.move = dnnl::reorder(move);
    }
    return made;
  });
}

// [in, tiles] by [tiles, out], added to what is there.
std::shared_ptr<const Products> over_tiles(int64_t tiles, int64_t most, int64_t in, int64_t out, bool add) {
  Key key;
  for (int64_t n : {int64_t(1), tiles, most, in, out, int64_t(add)}) key.add(n);
  return kept_products().get(key, [&] {
    Products made;
    const auto f32 = dnnl::memory::data_type::f32;
    made.a = layout({kPlaces, in, tiles}, f32, dims{stride_of(most, in), 1, in});
    made.b = layout({kPlaces, tiles, out}, f32, dims{stride_of(most, out), out, 1});
    made.y = layout({kPlaces, in, out}, f32, dims{in * out, out, 1});
    dnnl::primitive_attr chosen = attributes();
    if (add) {
      dnnl::post_ops sum;
      sum.append_sum(1.0f);
      chosen.set_post_ops(sum);
    }
    dnnl::matmul::primitive_desc description(engine(), made.a, made.b, made.y, chosen);
    made.scratch = description.scratchpad_desc();
    made.primitive = dnnl::matmul(description);
    return made;
  });
}

Buffer& tiles_of_thread() {  // its own: primitives take their scratch memory while it is held
  static thread_local Buffer buffer;
  return buffer;
}

// Pieces of tiles that are worked on at once: those whose numbers fit into `bytes`, and at least `tasks` of them.
Pieces pieces_of(const Tiling& tiling, int64_t tasks, int64_t channels, int64_t bytes = kCache) {
  const int64_t fit = std::clamp<int64_t>(bytes / (4 * kPlaces * channels), kFewestTiles, kMostTiles);
  return Pieces(tiling.count, std::max((tiling.count + fit - 1) / fit, std::min(tasks, tiling.count / kFewestTiles)));
}

// Tasks for each thread where more than one runs, so that one that is held up does not hold up the rest.
int64_t tasks_of(ffi::ThreadPool& pool, int64_t each) { return threads_of(pool) == 1 ? 1 : each * threads_of(pool); }

// What is done to parts of a filter, by its channels.
template <class F>
void each_part(ffi::ThreadPool& pool, int64_t in, const F& f) {
  const Pieces parts(in, tasks_of(pool, 4), 4);
  run_tasks(pool, parts.count, [&](int i) { f(parts.begin(i), parts.length_of(i)); });
}

}  // namespace

bool winograd(ffi::ThreadPool& pool, const Images& x, const Images& y, int64_t top, int64_t left, const float* from,
              const float* w, bool turned, float* to, const Finish& finish) {
  const Tiling tiling(y);
  const int64_t in = x.channels, out = y.channels;
  const Pieces pieces = pieces_of(tiling, tasks_of(pool, 2), in + out);
  const int64_t most = pieces.length;
  const auto usual = of_tiles(most, most, in, out);
  const auto last = of_tiles(pieces.length_of(pieces.count - 1), most, in, out);
  if (last->b != usual->b) return false;  // oneDNN would have the filters otherwise for fewer tiles
  float* filters = static_cast<float*>(buffer_of_call().at_least(4 * kPlaces * in * out));
  float* moved = usual->moves || turned ? static_cast<float*>(second_buffer_of_call().at_least(usual->b.get_size())) : filters;
  if (turned) each_part(pool, in, [&](int64_t first, int64_t many) { turn_filters(w, in, out, first, many, moved); });
  each_part(pool, in, [&](int64_t first, int64_t many) {
    transform_filters(turned ? moved : w, in, out, first, many, filters);
  });
  if (usual->moves) {
    OneThread scope;
    run(usual->move, usual->scratch_of_move,
        {{DNNL_ARG_FROM, &usual->b_given, filters}, {DNNL_ARG_TO, &usual->b, moved}});
  }
  const float* chosen_filters = usual->moves ? moved : filters;
  std::atomic<bool> finite{true};
  run_tasks(pool, pieces.count, [&](int i) {
    const Products& chosen = i + 1 == pieces.count ? *last : *usual;
    const int64_t first = pieces.begin(i), many = pieces.length_of(i);
    const int64_t a = kPlaces * stride_of(most, in), b = kPlaces * stride_of(most, out);
    float* tiles = static_cast<float*>(tiles_of_thread().at_least(4 * (a + b)));
    transform_pixels(from, x, tiling, top, left, first, many, stride_of(most, in), tiles);
    run(chosen.primitive, chosen.scratch,
        {{DNNL_ARG_SRC, &chosen.a, tiles}, {DNNL_ARG_WEIGHTS, &chosen.b, chosen_filters},
         {DNNL_ARG_DST, &chosen.y, tiles + a}});
    if (!transform_products(tiles + a, stride_of(most, out), y, tiling, first, many, finish, to)) finite = false;
  });
  return finite;
}

bool winograd_to_filter(ffi::ThreadPool& pool, const Images& x, const Images& y, int64_t top, int64_t left,
                        const float* from, const float* dy, float* dw) {
  const Tiling tiling(y);
  const int64_t in = x.channels, out = y.channels, volume = kPlaces * in * out;
  // Large sums are read and written once for many tiles, and there are few of them.
  const int64_t wanted = tasks_of(pool, 4 * volume > kCache ? 1 : 2);
  const Pieces pieces = pieces_of(tiling, wanted, in + out, std::max(kCache, 4 * volume));
  const int64_t most = pieces.length;
  const Pieces tasks(pieces.count, wanted);
  float* sums = static_cast<float*>(buffer_of_call().at_least(4 * volume * tasks.count));
  run_tasks(pool, tasks.count, [&](int task) {
    const int64_t a = kPlaces * stride_of(most, in), b = kPlaces * stride_of(most, out);
    float* tiles = static_cast<float*>(tiles_of_thread().at_least(4 * (a + b)));
    for (int64_t i = tasks.begin(task), end = i + tasks.length_of(task); i < end; i++) {
      const int64_t first = pieces.begin(i), many = pieces.length_of(i);
      transform_pixels(from, x, tiling, top, left, first, many, stride_of(most, in), tiles);
      transform_gradients(dy, y, tiling, first, many, stride_of(most, out), tiles + a);
      const auto chosen = over_tiles(many, most, in, out, i > tasks.begin(task));
      run(chosen->primitive, chosen->scratch,
          {{DNNL_ARG_SRC, &chosen->a, tiles}, {DNNL_ARG_WEIGHTS, &chosen->b, tiles + a},
           {DNNL_ARG_DST, &chosen->y, sums + task * volume}});
    }
  });
  std::atomic<bool> finite{true};
  each_part(pool, in, [&](int64_t first, int64_t many) {
    if (!transform_sums(sums, tasks.count, volume, in, out, first, many, dw)) finite = false;
  });
  return finite;
}

}  // namespace hornbeam
