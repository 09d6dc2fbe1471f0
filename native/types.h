// The types of elements that kernels take: float32 and bfloat16, which is summed in float32.
#pragma once

#include "onednn.h"
#include "xla/ffi/api/ffi.h"

namespace hornbeam {

using Type = dnnl::memory::data_type;

inline Type type_of(xla::ffi::DataType type) { return type == xla::ffi::DataType::BF16 ? Type::bf16 : Type::f32; }

using Numbers = xla::ffi::Span<const int64_t>;  // an attribute, or sizes

inline int64_t bytes_of(Type type) { return type == Type::bf16 ? 2 : 4; }

}  // namespace hornbeam
