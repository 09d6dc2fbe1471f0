// Convolutions and their two gradients: images of a batch are cut into tasks, channels come last. Those that are told
// to try it are computed as `winograd.h` says.
//
// Filters are [*space, in / groups, out]. A primitive wants them in a layout of its own: they are moved there once a
// call, before the tasks. The tasks of a filter's gradient each sum their images; their sums, float32 whatever the
// type of the arrays, are added in order.
#include <string>
#include <vector>

#include "activations.h"
#include "onednn.h"
#include "tasks.h"
#include "types.h"
#include "winograd.h"

namespace hornbeam {

// How a filter slides, and whether Winograd's way is to be tried.
struct Sliding {
  int64_t groups;
  Numbers strides, dilations, before, after;
  bool in_tiles;
};

namespace {

using dims = dnnl::memory::dims;
using layout = dnnl::memory::desc;

constexpr double kWorkOfTask = 4e6;  // floating-point operations that are worth a task

constexpr int64_t kCache = 1 << 19;   // bytes of a piece that another pass finds in its core's cache

enum Kind : int64_t { kForward, kToInput, kToFilter };

// One convolution, as the ops describe it: sizes [batch, *space, channels], and how the filter slides.
struct Shape {
  dims x, w, y, strides, dilations, before, after;
  int64_t groups;
  Type type;

  double work() const {
    double total = 2.0 * w[w.size() - 2];
    for (auto n : y) total *= n;
    for (size_t i = 0; i + 2 < w.size(); i++) total *= w[i];
    return total;
  }
};

// Channels-last sizes in oneDNN's order, with the strides that say where they lie.
layout image(const dims& sizes, int64_t batch, Type type) {
  const size_t rank = sizes.size();
  dims ordered{batch, sizes[rank - 1]}, strides(rank, 1);
  int64_t step = sizes[rank - 1];
  for (size_t i = 1; i + 1 < rank; i++) ordered.push_back(sizes[i]);
  for (size_t i = rank - 2; i >= 1; i--) {
    strides[i + 1] = step;
    step *= sizes[i];
  }
  strides[0] = step;
  return layout(ordered, type, strides);
}

// A filter's sizes in oneDNN's order: where it lies in memory, or (`any`) wherever the primitive likes it.
layout filter(const dims& sizes, int64_t groups, bool any, Type type) {
  const size_t rank = sizes.size(), space = rank - 2;
  const int64_t in = sizes[rank - 2], out = sizes[rank - 1];
  dims ordered{out / groups, in}, strides{1, out};
  if (groups > 1) {
    ordered.insert(ordered.begin(), groups);
    strides.insert(strides.begin(), out / groups);
  }
  int64_t step = in * out;
  dims steps(space);
  for (size_t i = space; i-- > 0; step *= sizes[i]) steps[i] = step;
  ordered.insert(ordered.end(), sizes.begin(), sizes.begin() + space);
  strides.insert(strides.end(), steps.begin(), steps.end());
  if (any) return layout(ordered, type, dnnl::memory::format_tag::any);
  return layout(ordered, type, strides);
}

// What runs one piece of a batch. `w` is the filter as the primitive has it, `w_given` as the op has it.
struct Convolution {
  layout x, w, w_given, y, scratch, scratch_of_move;
  dnnl::primitive primitive, move;
  std::string name;
  bool moves = false;
};

template <class Description>
void keep(Convolution& made, const Description& description, const layout& w) {
  made.w = w;
  made.scratch = description.scratchpad_desc();
  made.name = description.impl_info_str();
}

Convolution make(Kind kind, const Shape& shape, int64_t batch) {
  Convolution made;
  made.x = image(shape.x, batch, shape.type);
  made.y = image(shape.y, batch, shape.type);
  made.w_given = filter(shape.w, shape.groups, false, shape.type);
  const layout any = filter(shape.w, shape.groups, true, shape.type);
  dims gaps = shape.dilations;
  for (auto& gap : gaps) gap -= 1;
  const auto algorithm = dnnl::algorithm::convolution_direct;
  dnnl::convolution_forward::primitive_desc forward(
      engine(), kind == kForward ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training, algorithm,
      made.x, any, made.y, shape.strides, gaps, shape.before, shape.after, attributes());
  if (kind == kForward) {
    keep(made, forward, forward.weights_desc());
    made.primitive = dnnl::convolution_forward(forward);
  } else if (kind == kToInput) {
    dnnl::convolution_backward_data::primitive_desc backward(engine(), algorithm, made.x, any, made.y, shape.strides,
                                                             gaps, shape.before, shape.after, forward, attributes());
    keep(made, backward, backward.weights_desc());
    made.primitive = dnnl::convolution_backward_data(backward);
  } else {
    dnnl::convolution_backward_weights::primitive_desc backward(
        engine(), algorithm, made.x, filter(shape.w, shape.groups, true, Type::f32), made.y, shape.strides, gaps,
        shape.before, shape.after, forward, attributes());
    keep(made, backward, backward.diff_weights_desc());
    made.primitive = dnnl::convolution_backward_weights(backward);
  }
  made.moves = made.w != made.w_given;
  if (made.moves) {
    const bool out = kind == kToFilter;
    dnnl::reorder::primitive_desc description(engine(), out ? made.w : made.w_given, engine(),
                                              out ? made.w_given : made.w, attributes());
    made.scratch_of_move = description.scratchpad_desc();
    made.move = dnnl::reorder(description);
  }
  return made;
}

Cache<Convolution>& convolutions() {
  static auto* kept = new Cache<Convolution>();  // never destroyed: threads of the pool may outlive static objects
  return *kept;
}

std::shared_ptr<const Convolution> convolution(Kind kind, const Shape& shape, int64_t batch) {
  Key key;
  for (int64_t n : {int64_t(kind), int64_t(shape.type), batch, shape.groups, int64_t(shape.x.size())}) key.add(n);
  for (size_t i = 1; i < shape.x.size(); i++) key.add(shape.x[i]);
  for (size_t i = 1; i < shape.y.size(); i++) key.add(shape.y[i]);
  for (const dims* part : {&shape.w, &shape.strides, &shape.dilations, &shape.before, &shape.after}) key.add_all(*part);
  return convolutions().get(key, [&] { return make(kind, shape, batch); });
}

// Moves a filter to or from the primitive's layout, on this thread.
void move(const Convolution& chosen, const layout& from_layout, const void* from, const layout& to_layout, void* to) {
  OneThread scope;
  run(chosen.move, chosen.scratch_of_move, {{DNNL_ARG_FROM, &from_layout, from}, {DNNL_ARG_TO, &to_layout, to}});
}

int64_t volume_of_one(const dims& sizes) {
  int64_t total = 1;
  for (size_t i = 1; i < sizes.size(); i++) total *= sizes[i];
  return total;
}

// How a batch is cut: for each thread several pieces where there is work for them, so that a thread that is held up by
// another process does not hold up the rest.
Pieces pieces_of(const Shape& shape, int threads, int each) {
  const int64_t worth = std::max<int64_t>(1, static_cast<int64_t>(shape.work() / kWorkOfTask));
  return Pieces(shape.x[0], std::min<int64_t>({worth, int64_t(threads) * (threads == 1 ? 1 : each), shape.x[0]}));
}

// `w` in the layout of the primitives of every piece. The pieces of a batch share one: it does not depend on the length
// of a piece unless oneDNN says so, and then the last piece has its own.
struct Filter {
  Filter(const Convolution& chosen, const void* w, Buffer& buffer) : data(w) {
    if (chosen.moves) {
      void* moved = buffer.at_least(chosen.w.get_size());
      move(chosen, chosen.w_given, w, chosen.w, moved);
      data = moved;
    }
  }
  const void* data;
};

// The forward form and the input's gradient: each image of one operand and the filter give an image of the other.
void by_images(ffi::ThreadPool& pool, Kind kind, const Shape& shape, const char* w, const char* from, char* to,
               const Finish& finish = {}) {
  const bool forward = kind == kForward;
  const dims &operand = forward ? shape.x : shape.y, &result = forward ? shape.y : shape.x;
  const int64_t read = volume_of_one(operand) * bytes_of(shape.type);
  const int64_t written = volume_of_one(result) * bytes_of(shape.type);
  Pieces pieces = pieces_of(shape, threads_of(pool), 4);
  if (finish) pieces = Pieces(shape.x[0], std::max<int64_t>(pieces.count, shape.x[0] * written / kCache));
  const auto usual = convolution(kind, shape, pieces.length_of(0));
  const auto last = convolution(kind, shape, pieces.length_of(pieces.count - 1));
  const Filter filter(*usual, w, buffer_of_call());
  const bool alike = usual->w == last->w && usual->moves == last->moves;
  const Filter filter_of_last = alike ? filter : Filter(*last, w, second_buffer_of_call());
  run_tasks(pool, pieces.count, [&](int i) {
    const bool is_last = i + 1 == pieces.count;
    const Convolution& chosen = is_last ? *last : *usual;
    const int64_t at = pieces.begin(i);
    run(chosen.primitive, chosen.scratch,
        {{DNNL_ARG_WEIGHTS, &chosen.w, (is_last ? filter_of_last : filter).data},
         {forward ? DNNL_ARG_SRC : DNNL_ARG_DIFF_DST, forward ? &chosen.x : &chosen.y, from + at * read},
         {forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_SRC, forward ? &chosen.y : &chosen.x, to + at * written}});
    finish(shape.type, to, at * written, pieces.length_of(i) * volume_of_one(result) / result.back(), result.back());
  });
}

void to_filter(ffi::ThreadPool& pool, const Shape& shape, const char* x, const char* dy, char* dw) {
  // More sums than threads only where adding them is little beside making them.
  const double adding = 100.0 * volume_of_one(shape.w) * shape.w[0];
  const int each = static_cast<int>(std::clamp(shape.work() / adding / threads_of(pool), 1.0, 4.0));
  const Pieces pieces = pieces_of(shape, threads_of(pool), each);
  const auto usual = convolution(kToFilter, shape, pieces.length_of(0));
  auto last = convolution(kToFilter, shape, pieces.length_of(pieces.count - 1));
  const size_t bytes = aligned(usual->w.get_size());
  // Sums lie one after another; the first lies where the result goes if that is how the primitive writes it. A last one
  // that is laid out otherwise lies behind them, and is moved to its place among them.
  const bool alike = last->w == usual->w;
  const size_t room = bytes * pieces.count + (alike ? 0 : last->w.get_size());
  char* sums = static_cast<char*>(buffer_of_call().at_least(room));
  auto sum_of = [&](int i) { return i == 0 && !usual->moves ? dw : sums + bytes * i; };
  char* odd = sums + bytes * pieces.count;
  const int64_t item = bytes_of(shape.type);
  const int64_t x_bytes = volume_of_one(shape.x) * item, y_bytes = volume_of_one(shape.y) * item;
  run_tasks(pool, pieces.count, [&](int i) {
    const bool is_last = i + 1 == pieces.count;
    const Convolution& chosen = is_last ? *last : *usual;
    run(chosen.primitive, chosen.scratch,
        {{DNNL_ARG_SRC, &chosen.x, x + pieces.begin(i) * x_bytes},
         {DNNL_ARG_DIFF_DST, &chosen.y, dy + pieces.begin(i) * y_bytes},
         {DNNL_ARG_DIFF_WEIGHTS, &chosen.w, is_last && !alike ? odd : sum_of(i)}});
  });
  if (!alike) {
    OneThread scope;
    const dnnl::reorder::primitive_desc description(engine(), last->w, engine(), usual->w, attributes());
    run(dnnl::reorder(description), description.scratchpad_desc(),
        {{DNNL_ARG_FROM, &last->w, odd}, {DNNL_ARG_TO, &usual->w, sum_of(pieces.count - 1)}});
  }
  float* total = reinterpret_cast<float*>(sum_of(0));
  const size_t count = usual->w.get_size() / 4;
  for (int i = 1; i < pieces.count; i++) {
    const float* more = reinterpret_cast<const float*>(sum_of(i));
    for (size_t j = 0; j < count; j++) total[j] += more[j];
  }
  if (usual->moves) move(*usual, usual->w, total, usual->w_given, dw);
}

const char* data(const ffi::AnyBuffer& buffer) { return static_cast<const char*>(buffer.untyped_data()); }

const float* floats(const ffi::AnyBuffer& buffer) { return reinterpret_cast<const float*>(data(buffer)); }

Shape described(const Sliding& how, const ffi::AnyBuffer& x, const ffi::AnyBuffer& w, const ffi::AnyBuffer& y) {
  auto all = [](const auto& numbers) { return dims(numbers.begin(), numbers.end()); };
  return {all(x.dimensions()), all(w.dimensions()), all(y.dimensions()), all(how.strides), all(how.dilations),
          all(how.before), all(how.after), how.groups, type_of(x.element_type())};
}

Images images(const dims& sizes) { return {sizes[0], sizes[1], sizes[2], sizes[3]}; }

// The forward form, finished if there is a bias. After the filter come the bias, the scale if there is one, and what is
// added to all.
ffi::Error forward_handler(ffi::ThreadPool pool, ffi::AnyBuffer x, ffi::AnyBuffer w, ffi::RemainingArgs others,
                           ffi::Result<ffi::AnyBuffer> y, Sliding how) {
  return guarded([&] {
    const Shape shape = described(how, x, w, *y);
    auto other = [&](size_t i) { return others.size() > i ? data(*others.get<ffi::AnyBuffer>(i)) : nullptr; };
    const Finish finish{other(0), other(1), other(2)};
    if (how.in_tiles && winograd(pool, images(shape.x), images(shape.y), how.before[0], how.before[1], floats(x),
                                 floats(w), false, static_cast<float*>(y->untyped_data()), finish))
      return;
    by_images(pool, kForward, shape, data(w), data(x), static_cast<char*>(y->untyped_data()), finish);
  });
}

// The input's gradient; with features that of the ReLU that made the input, too.
ffi::Error to_input_handler(ffi::ThreadPool pool, ffi::AnyBuffer w, ffi::AnyBuffer dy, ffi::RemainingArgs features,
                            ffi::Result<ffi::AnyBuffer> dx, Sliding how) {
  return guarded([&] {
    const Shape shape = described(how, *dx, w, dy);
    Finish finish;
    if (features.size()) finish.features = data(*features.get<ffi::AnyBuffer>(0));
    if (how.in_tiles && winograd(pool, images(shape.y), images(shape.x), 2 - how.before[0], 2 - how.before[1],
                                 floats(dy), floats(w), true, static_cast<float*>(dx->untyped_data()), finish))
      return;
    by_images(pool, kToInput, shape, data(w), data(dy), static_cast<char*>(dx->untyped_data()), finish);
  });
}

ffi::Error to_filter_handler(ffi::ThreadPool pool, ffi::AnyBuffer x, ffi::AnyBuffer dy, ffi::Result<ffi::AnyBuffer> dw,
                             Sliding how) {
  return guarded([&] {
    const Shape shape = described(how, x, *dw, dy);
    if (how.in_tiles && winograd_to_filter(pool, images(shape.x), images(shape.y), how.before[0], how.before[1],
                                           floats(x), floats(dy), static_cast<float*>(dw->untyped_data())))
      return;
    to_filter(pool, shape, data(x), data(dy), static_cast<char*>(dw->untyped_data()));
  });
}

}  // namespace

// The name of the implementation that oneDNN chooses for a convolution, empty where it has none. `sizes` holds x, w and
// y with `space` spatial dimensions each, then strides, dilations and padding before and after; an element has `bits`.
extern "C" const char* hornbeam_convolution_name(int64_t kind, int64_t groups, int64_t space, const int64_t* sizes,
                                                 int64_t bits) {
  static thread_local std::string name;
  auto take = [&sizes](int64_t count) {
    dims taken(sizes, sizes + count);
    sizes += count;
    return taken;
  };
  Shape shape;
  for (dims* part : {&shape.x, &shape.w, &shape.y}) *part = take(space + 2);
  for (dims* part : {&shape.strides, &shape.dilations, &shape.before, &shape.after}) *part = take(space);
  shape.groups = groups;
  shape.type = bits == 16 ? Type::bf16 : Type::f32;
  try {
    name = convolution(static_cast<Kind>(kind), shape, shape.x[0])->name;
  } catch (const std::exception&) {
    name.clear();
  }
  return name.c_str();
}

extern "C" int64_t hornbeam_convolutions_kept() { return static_cast<int64_t>(convolutions().size()); }

}  // namespace hornbeam

XLA_FFI_REGISTER_STRUCT_ATTR_DECODING(hornbeam::Sliding, xla::ffi::StructMember<int64_t>("groups"),
                                      xla::ffi::StructMember<hornbeam::Numbers>("strides"),
                                      xla::ffi::StructMember<hornbeam::Numbers>("dilations"),
                                      xla::ffi::StructMember<hornbeam::Numbers>("before"),
                                      xla::ffi::StructMember<hornbeam::Numbers>("after"),
                                      xla::ffi::StructMember<bool>("in_tiles"));

#define HORNBEAM_CONVOLUTION(symbol, handler, more)                     \
  XLA_FFI_DEFINE_HANDLER_SYMBOL(symbol, handler,                        \
                                xla::ffi::Ffi::Bind()                   \
                                    .Ctx<xla::ffi::ThreadPool>()        \
                                    .Arg<xla::ffi::AnyBuffer>()         \
                                    .Arg<xla::ffi::AnyBuffer>() more    \
                                    .Ret<xla::ffi::AnyBuffer>()         \
                                    .Attrs<hornbeam::Sliding>())

HORNBEAM_CONVOLUTION(hornbeam_convolution, hornbeam::forward_handler, .RemainingArgs());
HORNBEAM_CONVOLUTION(hornbeam_convolution_relu, hornbeam::forward_handler, .RemainingArgs());
HORNBEAM_CONVOLUTION(hornbeam_convolution_to_input, hornbeam::to_input_handler, .RemainingArgs());
HORNBEAM_CONVOLUTION(hornbeam_convolution_to_input_relu, hornbeam::to_input_handler, .RemainingArgs());
HORNBEAM_CONVOLUTION(hornbeam_convolution_to_filter, hornbeam::to_filter_handler, );
