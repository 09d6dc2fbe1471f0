"""What of keras.random, keras.initializers and keras.activations is compared with Keras on JAX: expressions."""

from __future__ import annotations

_DRAWS = """
random.normal((3, 2), seed=5)
random.normal((), 1.0, 2.0, seed=5)
random.normal((0, 2), seed=5)
random.normal((4,), dtype='float16', seed=5)
random.normal((4,), dtype='bfloat16', seed=5)
random.normal((3,), seed=2**31 + 5)
random.normal((2000,), seed=1)[::97]
random.uniform((3, 2), seed=9)
random.uniform((3,), -1, 3, seed=9)
random.uniform((3,), dtype='float16', seed=9)
random.uniform((3,), np.float32(-1), np.float32([1, 2, 3]), seed=9)
random.truncated_normal((12,), seed=11)
random.truncated_normal((4,), 0.5, 2.0, seed=11)
random.randint((10,), -5, 50, seed=3)
random.randint((4,), 0, 50, dtype='uint8', seed=3)
random.categorical(np.log(np.float32([[.2, .3, .5], [.8, .1, .1]])), 8, seed=4)
random.categorical(z(2, 5), 3, dtype='int8', seed=4)
random.dropout(np.ones((4, 5), 'float32'), 0.3, seed=6)
random.dropout(np.ones((4, 5), 'float32'), 0.3, noise_shape=(4, 1), seed=6)
random.dropout(np.ones((4, 5), 'float32'), 0.3, noise_shape=(None, 1), seed=6)
random.dropout(x('float16', 4), 0.5, seed=6)
random.dropout(z(3), 0.0, seed=6)
random.shuffle(np.arange(20, dtype='int32').reshape(10, 2), seed=6)
random.shuffle(np.arange(20, dtype='int32').reshape(2, 10), axis=1, seed=6)
random.gamma((6,), 2.5, seed=8)
random.gamma((6,), 0.3, seed=8)
random.gamma((2, 3), np.float32([0.5, 1.0, 9.0]), seed=8)
random.beta((6,), 2.0, 3.0, seed=8)
random.beta((2,), np.float32([0.5, 2.0]), 1.0, seed=8)
random.binomial((8,), 40.0, 0.4, seed=8)
random.binomial((8,), 5, 0.2, seed=8)
random.binomial((3,), np.float32([5, 10, 100]), np.float32([0.1, 0.5, 0.9]), seed=8)
(lambda g: [g.next(), g.next(), g.state.value])(random.SeedGenerator(7))
(lambda g: [g.next(ordered=False), g.next(ordered=False)])(random.SeedGenerator(7))
(lambda g: [random.normal((2,), seed=g), random.uniform((2,), seed=g)])(random.SeedGenerator(7))
[set_random_seed(1), random.normal((3,)), random.uniform((2,)), random.normal((2,))]
[set_random_seed(1), initializers.GlorotUniform()((3, 4)), initializers.HeNormal()((3, 4)), random.normal((2,))]
[set_random_seed(42), random.SeedGenerator().next(), initializers.get('orthogonal')((3, 3))]
"""

_INITIALIZERS = """
initializers.RandomNormal(seed=3)((2, 3))
initializers.RandomNormal(1.0, 2.0, seed=3)((2, 3), dtype='float16')
initializers.RandomUniform(seed=3)((2, 3))
initializers.TruncatedNormal(seed=3)((2, 3))
initializers.VarianceScaling(seed=3)((2, 3))
initializers.VarianceScaling(2.0, 'fan_out', 'uniform', seed=3)((2, 3, 4))
initializers.VarianceScaling(2.0, 'fan_avg', 'untruncated_normal', seed=3)((5,))
initializers.VarianceScaling(1.0, 'fan_avg', 'normal', seed=3, input_axes=[0], output_axes=[1, 2])((2, 3, 4))
initializers.GlorotUniform(seed=3)((2, 3))
initializers.GlorotNormal(seed=3)((3, 3, 2, 4))
initializers.LecunNormal(seed=3)((2, 3))
initializers.LecunUniform(seed=3)((2, 3))
initializers.HeNormal(seed=3)((2, 3))
initializers.HeUniform(seed=3)((2, 3))
initializers.HeUniform(seed=3)(())
initializers.Orthogonal(seed=3)((3, 3))
initializers.Orthogonal(2.0, seed=3)((2, 5))
initializers.Orthogonal(seed=3)((2, 3, 4))
initializers.Constant(2.5)((2, 2))
initializers.Constant([1.0, 2.0])((3, 2))
initializers.Zeros()((2,), 'int32')
initializers.Ones()((2, 1), 'bfloat16')
initializers.Identity(2.0)((2, 3))
initializers.STFT()((8, 1, 5))
initializers.STFT('imag', None, None)((8, 1, 5))
initializers.STFT('imag', 'hamming', 'spectrum', True)((6, 1, 5))
initializers.get('zeros')((2,))
initializers.get('uniform')((0, 2))
initializers.get(np.float32([1, 2]))((2,))
initializers.GlorotUniform(seed=3).get_config()['seed']
"""

_ACTIVATIONS = """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus
sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink""".split()

_WITH_ARGUMENTS = """
activations.relu(z(9), negative_slope=0.2)
activations.relu(z(9), max_value=0.5)
activations.relu(z(9), threshold=0.3)
activations.relu(z(9), 0.2, 0.5, 0.3)
activations.relu(z(9) * 9, max_value=6)
activations.relu(z(9) * 9, max_value=6, threshold=1)
activations.relu(x('int32', 4))
activations.elu(z(9), alpha=0.5)
activations.celu(z(9), alpha=0.5)
activations.gelu(z(9), approximate=True)
activations.glu(z(4, 3), axis=0)
activations.leaky_relu(z(9), negative_slope=0.5)
activations.threshold(z(9), 0.2, -1.0)
activations.squareplus(z(9), b=2)
activations.softmax(z(3, 4), axis=0)
activations.log_softmax(z(3, 4), axis=0)
activations.sparsemax(z(3, 4), axis=0)
activations.hard_shrink(z(9), threshold=0.2)
activations.soft_shrink(z(9), threshold=0.2)
"""

CASES = [line for text in (_DRAWS, _INITIALIZERS, _WITH_ARGUMENTS) for line in text.strip().splitlines()]
CASES += [f"activations.{name}({arg})" for name in _ACTIVATIONS for arg in ("z(3, 4)", "x('bfloat16', 2, 4)")]
