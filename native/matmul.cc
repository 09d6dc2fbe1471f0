// Products of matrices, and of batches of them: rows, columns or batches are cut into tasks.
#include <vector>

#include "activations.h"
#include "columns.h"
#include "onednn.h"
#include "tasks.h"
#include "types.h"

namespace hornbeam {
namespace {

using dims = dnnl::memory::dims;

// Less work than this (in floating-point operations) is not worth waking a thread for.
constexpr double kWorkOfTask = 4e6;

// Shorter pieces than this of a matrix read the other one too often: two for each thread are enough then.
constexpr int64_t kLinesOfTask = 128;

// Longer sums are left to oneDNN, which cuts them.
constexpr int64_t kInnerOfColumns = 1024;

// The operands of one product. `batch` is 1 where the matrix serves every batch of the other operand.
struct Matrix {
  int64_t batch, rows, columns;
  bool turned;  // how it lies in memory: [columns, rows]

  int64_t volume() const { return rows * columns; }
  int64_t row_stride() const { return turned ? 1 : columns; }
  int64_t column_stride() const { return turned ? rows : 1; }
};

Matrix matrix(const ffi::AnyBuffer& buffer, bool turned) {
  auto sizes = buffer.dimensions();
  Matrix found{1, 1, 1, turned};
  for (size_t i = 0; i + 2 < sizes.size(); i++) found.batch *= sizes[i];
  found.rows = sizes[sizes.size() - (turned ? 1 : 2)];
  found.columns = sizes[sizes.size() - (turned ? 2 : 1)];
  return found;
}

struct Product {
  dnnl::memory::desc a, b, y, scratch;
  dnnl::primitive primitive;
};

Cache<Product>& products() {
  static auto* kept = new Cache<Product>();  // never destroyed: threads of the pool may outlive static objects
  return *kept;
}

// A primitive for pieces of the operands: `batch` products of [rows, inner] by [inner, columns].
std::shared_ptr<const Product> product(const Matrix& a, const Matrix& b, int64_t batch, int64_t rows, int64_t columns,
                                       Type type) {
  const int64_t inner = a.columns;
  const bool a_moves = a.batch > 1, b_moves = b.batch > 1;
  Key key;
  for (int64_t n : {batch, rows, columns, inner, a.row_stride(), a.column_stride(), b.row_stride(), b.column_stride(),
                    b.columns, int64_t(a_moves), int64_t(b_moves), int64_t(type)})
    key.add(n);
  return products().get(key, [&] {
    auto layout = [&](dims sizes, dims strides) {
      if (batch == 1) {
        sizes.erase(sizes.begin());
        strides.erase(strides.begin());
      }
      return dnnl::memory::desc(sizes, type, strides);
    };
    Product made;
    made.a = layout({a_moves ? batch : 1, rows, inner}, {a.volume(), a.row_stride(), a.column_stride()});
    made.b = layout({b_moves ? batch : 1, inner, columns}, {b.volume(), b.row_stride(), b.column_stride()});
    made.y = layout({batch, rows, columns}, {a.rows * b.columns, b.columns, 1});
    dnnl::matmul::primitive_desc description(engine(), made.a, made.b, made.y, attributes());
    made.scratch = description.scratchpad_desc();
    made.primitive = dnnl::matmul(description);
    return made;
  });
}

// The product; with a bias it is added and the sum rectified as soon as a piece is there.
ffi::Error multiply(ffi::ThreadPool& pool, const ffi::AnyBuffer& a, const ffi::AnyBuffer& b, const char* bias,
                    ffi::Result<ffi::AnyBuffer>& y, bool transpose_a, bool transpose_b) {
  return guarded([&] {
    const Matrix left = matrix(a, transpose_a), right = matrix(b, transpose_b);
    const Type type = type_of(a.element_type());
    const int64_t item = bytes_of(type);
    const int64_t batch = std::max(left.batch, right.batch), rows = left.rows, columns = right.columns;
    const auto* from_a = static_cast<const char*>(a.untyped_data());
    const auto* from_b = static_cast<const char*>(b.untyped_data());
    auto* to = static_cast<char*>(y->untyped_data());

    const int threads = threads_of(pool);
    const double work = 2.0 * batch * rows * columns * left.columns;
    const int64_t wanted = std::max<int64_t>(1, std::min<int64_t>(work / kWorkOfTask, threads == 1 ? 1 : 4 * threads));
    // Batches are cut first, then the longer side of the matrices.
    const Pieces batches(batch, std::min(batch, wanted));
    const int64_t left_over = (wanted + batches.count - 1) / batches.count;
    const bool by_rows = rows >= columns;
    const int64_t longer = by_rows ? rows : columns;
    const Pieces lines(longer, std::min(left_over, std::max<int64_t>(2 * threads, longer / kLinesOfTask)), 32);
    const bool few_columns = type == Type::f32 && batch == 1 && transpose_a && !transpose_b && columns <= kFewColumns &&
                             left.columns <= kInnerOfColumns && lines.length_of(lines.count - 1) >= kRowsOfBlock;
    run_tasks(pool, batches.count * lines.count, [&](int task) {
      const int i = task / lines.count, j = task % lines.count;
      const int64_t at = lines.begin(j), length = lines.length_of(j);
      const int64_t first = batches.begin(i), many = batches.length_of(i);
      auto finish = [&] {
        for (int64_t k = first; bias && k < first + many; k++)
          add_and_rectify(type, to + (k * rows * columns + (by_rows ? at * columns : at)) * item,
                          bias + (by_rows ? 0 : at) * item, by_rows ? length : rows, by_rows ? columns : length,
                          columns);
      };
      if (few_columns) {
        turned_product(reinterpret_cast<const float*>(from_a) + at, rows, reinterpret_cast<const float*>(from_b),
                       reinterpret_cast<float*>(to) + at * columns, length, left.columns, columns);
        finish();
        return;
      }
      auto chosen = product(left, right, many, by_rows ? length : rows, by_rows ? columns : length, type);
      const int64_t a_at = (left.batch > 1 ? first * left.volume() : 0) + (by_rows ? at * left.row_stride() : 0);
      const int64_t b_at = (right.batch > 1 ? first * right.volume() : 0) + (by_rows ? 0 : at * right.column_stride());
      const int64_t y_at = first * rows * columns + (by_rows ? at * columns : at);
      run(chosen->primitive, chosen->scratch,
          {{DNNL_ARG_SRC, &chosen->a, from_a + a_at * item},
           {DNNL_ARG_WEIGHTS, &chosen->b, from_b + b_at * item},
           {DNNL_ARG_DST, &chosen->y, to + y_at * item}});
      finish();
    });
  });
}

ffi::Error matmul(ffi::ThreadPool pool, ffi::AnyBuffer a, ffi::AnyBuffer b, ffi::Result<ffi::AnyBuffer> y,
                  bool transpose_a, bool transpose_b) {
  return multiply(pool, a, b, nullptr, y, transpose_a, transpose_b);
}

ffi::Error matmul_relu(ffi::ThreadPool pool, ffi::AnyBuffer a, ffi::AnyBuffer b, ffi::AnyBuffer bias,
                       ffi::Result<ffi::AnyBuffer> y, bool transpose_a, bool transpose_b) {
  return multiply(pool, a, b, static_cast<const char*>(bias.untyped_data()), y, transpose_a, transpose_b);
}

}  // namespace
}  // namespace hornbeam

#define HORNBEAM_MATMUL(symbol, handler, arguments)          \
  XLA_FFI_DEFINE_HANDLER_SYMBOL(symbol, handler,             \
                                xla::ffi::Ffi::Bind()        \
                                    .Ctx<xla::ffi::ThreadPool>() arguments \
                                    .Ret<xla::ffi::AnyBuffer>() \
                                    .Attr<bool>("transpose_a") \
                                    .Attr<bool>("transpose_b"))
#define HORNBEAM_TWO .Arg<xla::ffi::AnyBuffer>().Arg<xla::ffi::AnyBuffer>()

HORNBEAM_MATMUL(hornbeam_matmul, hornbeam::matmul, HORNBEAM_TWO);
HORNBEAM_MATMUL(hornbeam_matmul_relu, hornbeam::matmul_relu, HORNBEAM_TWO.Arg<xla::ffi::AnyBuffer>());
